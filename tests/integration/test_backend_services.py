"""A machine proves who it is and gets a token; every way around that is refused."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from monitoring.actions import client_scopes as scopes
from monitoring.actions import clients
from monitoring.models import AccessToken, ApiClient, UsedAssertion
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.queries import clients as queries
from tests.machines import Machine, administrator, machine, new_key, public
from tests.world import World

pytestmark = pytest.mark.django_db
TOKEN = "http://testserver/auth/token"


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def ask(client: Client, assertion: str, **changes: str) -> Any:
    form = {
        "grant_type": "client_credentials", "scope": "system/DetectedIssue.rs", "client_assertion": assertion,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }  # fmt: skip
    return client.post("/auth/token", {**form, **changes})


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
def test_a_signed_assertion_gets_a_token_of_five_minutes(client: Client, world: World, algorithm: str) -> None:
    caller = machine(world, algorithm=algorithm)
    answer = ask(client, caller.statement(TOKEN, world.now))
    told = answer.json()
    assert (answer.status_code, told["token_type"], told["expires_in"]) == (200, "bearer", 300)
    assert told["scope"] == "system/DetectedIssue.rs"
    assert "no-store" in answer["Cache-Control"]
    found = queries.by_token(clients.digest_of(told["access_token"]), world.now)
    assert found is not None
    assert found.client == caller.client
    assert told["access_token"] not in str(AccessToken.objects.values_list("digest", flat=True))


def test_the_same_assertion_twice_is_a_replay(client: Client, world: World) -> None:
    assertion = machine(world).statement(TOKEN, world.now)
    assert ask(client, assertion).status_code == 200
    again = ask(client, assertion)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.example.org/auth/token"}, {"aud": None}, {"sub": "somebody else"}, {"exp": None},
        {"exp": 0}, {"jti": None}, {"jti": ""}, {"jti": "x" * 201}, {"iss": "nobody"}, {"exp": "tomorrow"},
        {"exp": 4_000_000_000},
    ],
)  # fmt: skip
def test_an_assertion_that_says_something_else_is_refused(client: Client, world: World, claims: dict[str, Any]) -> None:
    answer = ask(client, machine(world).statement(TOKEN, world.now, **claims))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert not AccessToken.objects.exists()


def test_an_assertion_of_yesterday_is_refused(client: Client, world: World) -> None:
    caller = machine(world)
    assert ask(client, caller.statement(TOKEN, world.now, exp=int(world.now.timestamp()) - 61)).status_code == 401


def test_another_key_is_refused(client: Client, world: World) -> None:
    caller = machine(world)
    forged = Machine(caller.client, new_key())
    assert ask(client, forged.statement(TOKEN, world.now)).status_code == 401


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.", "ä" * 20_000])
def test_what_is_no_assertion_is_refused(client: Client, world: World, assertion: str) -> None:
    assert ask(client, assertion).status_code == 401


def test_an_assertion_signed_by_nothing_is_refused(client: Client, world: World) -> None:
    import base64

    caller = machine(world)
    parts = caller.statement(TOKEN, world.now).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    assert ask(client, f"{header}.{parts[1]}.").status_code == 401


def test_a_revoked_machine_gets_no_token_and_its_tokens_end(client: Client, world: World) -> None:
    caller = machine(world)
    token = ask(client, caller.statement(TOKEN, world.now)).json()["access_token"]
    clients.revoke(by=administrator(world), client=caller.client, reason="replaced", now=world.now)
    assert queries.by_token(clients.digest_of(token), world.now) is None
    assert ask(client, caller.statement(TOKEN, world.now)).status_code == 401


def test_new_keys_end_what_the_old_ones_signed(client: Client, world: World) -> None:
    caller, key = machine(world), new_key()
    keeper = administrator(world)
    clients.replace_keys(by=keeper, client=caller.client, jwks={"keys": [key.as_dict(private=False)]}, jwks_url="")
    assert ask(client, caller.statement(TOKEN, world.now)).status_code == 401
    assert ask(client, Machine(caller.client, key).statement(TOKEN, world.now)).status_code == 200


def test_a_token_has_an_end(client: Client, world: World) -> None:
    caller = machine(world)
    token = ask(client, caller.statement(TOKEN, world.now)).json()["access_token"]
    assert queries.by_token(clients.digest_of(token), world.now + clients.TOKEN_LIFE) is None


def test_only_what_is_allowed_is_granted(client: Client, world: World) -> None:
    caller = machine(world)
    told = ask(client, caller.statement(TOKEN, world.now), scope="system/Observation.crus system/Nothing.r").json()
    assert told["scope"] == "system/Observation.rs"
    nothing = ask(client, caller.statement(TOKEN, world.now), scope="user/Observation.rs")
    assert (nothing.status_code, nothing.json()["error"]) == (400, "invalid_scope")


def test_another_grant_is_refused(client: Client, world: World) -> None:
    assert ask(client, "", grant_type="password").json()["error"] == "unsupported_grant_type"
    assert ask(client, "", client_assertion_type="password").json()["error"] == "invalid_client"


def test_only_an_administrator_of_the_centre_registers_machines(world: World) -> None:
    client = ApiClient(name="x", kind=Kind.HOSPITAL, centre=world.centre)
    for person in (world.clinician, world.technician, world.stranger):
        with pytest.raises(PermissionDenied):
            clients.register(by=person, client=client, now=world.now)


def test_assertions_that_have_expired_are_forgotten(client: Client, world: World) -> None:
    caller = machine(world)
    ask(client, caller.statement(TOKEN, world.now))
    with time_machine.travel(world.now.replace(hour=20), tick=False):
        ask(client, caller.statement(TOKEN, world.now.replace(hour=20)))
    assert UsedAssertion.objects.count() == 1


def test_scopes_keep_their_order_and_leave_nonsense_out() -> None:
    assert scopes.granted("system/*.rs", "system/Observation.crus system/Flag.r") == (
        "system/Observation.rs system/Flag.r"
    )
    assert scopes.parse("system/Observation.sr system/Observation. launch openid") == []
    assert scopes.allows("system/Observation.rs", "Observation", "s")
    assert not scopes.allows("system/Observation.rs", "Observation", "c")
    assert "c" not in str(scopes.parse(scopes.possible(Kind.HOSPITAL))[2])


@pytest.fixture
def key_server() -> Iterator[dict[str, Any]]:
    """A server of public keys, as a machine runs one: what it gives is changed by the test."""
    given: dict[str, Any] = {"status": 200, "body": b"{}", "cache": "max-age=600", "asked": 0}

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given["asked"] += 1
            self.send_response(given["status"])
            self.send_header("Cache-Control", given["cache"])
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(given["body"])

        def log_message(self, *_parts: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    given["url"] = f"http://127.0.0.1:{server.server_port}/jwks"
    yield given
    server.shutdown()
    server.server_close()


def at_address(world: World, given: dict[str, Any]) -> Machine:
    caller = machine(world, jwks=None, jwks_url=given["url"])
    given["body"] = json.dumps(public(caller.key)).encode()
    return caller


def test_keys_at_an_address_are_fetched_and_kept_as_long_as_they_may(
    client: Client, world: World, settings: Any, key_server: dict[str, Any]
) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.1"]
    caller = at_address(world, key_server)
    for _time in range(2):
        assert ask(client, caller.statement(TOKEN, world.now)).status_code == 200
    assert key_server["asked"] == 1
    key_server["cache"] = "no-store"
    with time_machine.travel(world.now + timedelta(minutes=11), tick=False):
        for _time in range(2):
            assert ask(client, caller.statement(TOKEN, world.now + timedelta(minutes=11))).status_code == 200
    assert key_server["asked"] == 3


@pytest.mark.parametrize(
    "changes", [{"status": 500}, {"status": 302}, {"body": b"x" * 70_000}, {"body": b"no keys"}, {"body": b"[]"}]
)
def test_an_address_that_gives_no_keys_lets_nobody_in(
    client: Client, world: World, settings: Any, key_server: dict[str, Any], changes: dict[str, Any]
) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.1"]
    caller = at_address(world, key_server)
    key_server.update(changes)
    assert ask(client, caller.statement(TOKEN, world.now)).status_code == 401


def test_keys_are_never_fetched_from_inside_the_network(
    client: Client, world: World, key_server: dict[str, Any]
) -> None:
    caller = at_address(world, key_server)
    assert ask(client, caller.statement(TOKEN, world.now)).status_code == 401
    assert key_server["asked"] == 0
