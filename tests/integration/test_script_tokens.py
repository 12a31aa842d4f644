"""Tokens of small scripts: one can be ended alone, by the administrator of the centre, and others hold."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from knox.models import AuthToken

from monitoring.models import AuditEntry, User
from monitoring.models.choices import RoleChoice
from tests.integration.typed_entry import text_of
from tests.machines import administrator
from tests.world import World, _person


def told(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().strip()


def opens(token: str) -> bool:
    return Client().get("/api/v1/patients/", headers={"authorization": f"Bearer {token}"}).status_code == 200


@pytest.fixture
def keeper(client: Client, world: World) -> Client:
    client.force_login(administrator(world))
    return client


def digest_of(token: str) -> str:
    found: str = AuthToken.objects.get(token_key__startswith=token[:8]).pk
    return found


def test_one_of_two_is_ended_on_the_page_with_a_reason(keeper: Client, world: World) -> None:
    first, second = told("issue_token", "clinician"), told("issue_token", "clinician")
    page = text_of(keeper.get("/machines/"))
    assert f"Clinician {first[:8]}…" in page
    assert f"Clinician {second[:8]}…" in page
    assert first not in keeper.get("/machines/").content.decode()
    where = f"/machines/tokens/{digest_of(first)}/revoke/"
    assert keeper.get(where).status_code == 200
    assert keeper.post(where, {"reason": " "}).status_code == 422
    assert opens(first)
    assert keeper.post(where, {"reason": "laptop lost"}).status_code == 302
    assert (opens(first), opens(second)) == (False, True)
    entry = AuditEntry.objects.get(action="token.revoke")
    assert (entry.reason, entry.before) == ("laptop lost", {"tokens": [first[:8]]})
    assert keeper.post(where, {"reason": "again"}).status_code == 404


def test_a_token_that_has_ended_is_not_listed(keeper: Client, world: World) -> None:
    token = told("issue_token", "clinician")
    AuthToken.objects.update(expiry="2026-01-01T00:00:00Z")
    assert token[:8] not in text_of(keeper.get("/machines/"))


@pytest.mark.parametrize("who", ["clinician", "authoriser", "data_manager"])
def test_nobody_else_ends_the_token_of_another(client: Client, world: World, who: str) -> None:
    token = told("issue_token", "technician")
    client.force_login(getattr(world, who))
    assert client.post(f"/machines/tokens/{digest_of(token)}/revoke/", {"reason": "x"}).status_code == 403
    assert opens(token)


def test_tokens_of_another_centre_are_not_there(client: Client, world: World) -> None:
    token = told("issue_token", "clinician")
    elsewhere: User = _person("their_keeper", RoleChoice.ADMINISTRATOR, world.elsewhere)
    client.force_login(elsewhere)
    assert token[:8] not in text_of(client.get("/machines/"))
    assert client.post(f"/machines/tokens/{digest_of(token)}/revoke/", {"reason": "x"}).status_code == 404
    assert opens(token)


def test_by_command_one_is_ended_by_its_beginning_or_all_are(world: World) -> None:
    first, second = told("issue_token", "clinician"), told("issue_token", "clinician")
    assert {line.split("…")[0] for line in told("issue_token", "clinician", "--list").splitlines()} == {
        first[:8], second[:8],
    }  # fmt: skip
    with pytest.raises(CommandError, match="first 8 characters"):
        told("issue_token", "clinician", "--revoke", first[:3])
    assert told("issue_token", "clinician", "--revoke", first[:8]) == "1 tokens of clinician revoked."
    assert (opens(first), opens(second)) == (False, True)
    with pytest.raises(CommandError, match="no such token"):
        told("issue_token", "clinician", "--revoke", first[:8])
    told("issue_token", "clinician", "--revoke")
    assert not opens(second)
