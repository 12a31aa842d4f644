"""Registering machines: only public keys, only by administrators, revoked one by one."""

import json

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from monitoring.models import ApiClient, AuditEntry, Laboratory
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import caller, observation
from tests.machines import administrator, machine, new_key, public
from tests.world import World

pytestmark = pytest.mark.django_db


def form(world: World, **changes: str) -> dict[str, str]:
    told = {
        "name": "Ward system", "kind": "HOSPITAL", "centre": str(world.centre.pk), "jwks_url": "",
        "jwks": json.dumps(public(new_key())), "issuer": "", "patient_system": "", "cors_origin": "", "laboratory": "",
        "responsible_person": "",
    }  # fmt: skip
    return {**told, **changes}


def register(client: Client, world: World, **changes: str) -> str:
    client.force_login(administrator(world))
    answer = client.post(reverse("client-add"), form(world, **changes))
    if answer.status_code == 302:
        return "registered"
    assert answer.status_code == 422
    page: str = answer.content.decode()
    return page


def test_a_machine_is_registered_with_an_account_of_its_own(client: Client, world: World) -> None:
    assert register(client, world) == "registered"
    made = ApiClient.objects.get()
    assert not made.user.has_usable_password()
    assert "system/DetectedIssue.rs" in made.scopes
    assert "system/Observation.crus" not in made.scopes
    assert made.client_id in client.get(reverse("client", args=[made.pk])).content.decode()
    assert "Ward system" in client.get(reverse("client-list")).content.decode()
    assert AuditEntry.objects.filter(action="client.register").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"jwks": ""}, "Give either the keys or their address."),
        ({"jwks": "{}"}, "This is no JSON Web Key Set."),
        ({"jwks": '{"keys": []}'}, "Keys are of the kind EC (P-384) or RSA."),
        ({"jwks": '{"keys": [{"kty": "oct", "k": "AAAA"}]}'}, "Keys are of the kind EC (P-384) or RSA."),
        ({"jwks": "", "jwks_url": "http://x.example.org/jwks"}, "Only https:// addresses are taken."),
        ({"kind": "RECORD"}, "This kind of machine needs it."),
        ({"kind": "LABORATORY"}, "This kind of machine needs it."),
        ({"cors_origin": "https://x.example.org/page"}, "An origin is https://host, without a path."),
    ],
)
def test_what_will_not_do_is_said_at_its_field(
    client: Client, world: World, changes: dict[str, str], said: str
) -> None:
    assert said in register(client, world, **changes)
    assert not ApiClient.objects.exists()


def test_a_private_key_is_refused(client: Client, world: World) -> None:
    private = {"keys": [new_key().as_dict(private=True)]}
    assert "There is a private key in it" in register(client, world, jwks=json.dumps(private))


def test_a_laboratory_is_registered_with_the_hours_after_which_its_silence_is_told(
    client: Client, world: World
) -> None:
    told = {"laboratory": str(world.laboratory.pk), "responsible_person": "Dr P. Keller", "silent_after_hours": "36"}
    assert register(client, world, kind="LABORATORY", **told) == "registered"
    assert register(client, world, kind="HOSPITAL", **told) == "registered"
    found = ApiClient.objects.order_by("pk").values_list("kind", "silent_after_hours")
    assert list(found) == [("LABORATORY", 36), ("HOSPITAL", None)]


def test_a_laboratory_of_another_centre_is_refused(client: Client, world: World) -> None:
    other = Laboratory.objects.create(centre=world.elsewhere, code="SBL", name="Southbank laboratory")
    page = register(client, world, kind="LABORATORY", laboratory=str(other.pk), responsible_person="Dr P. Keller")
    assert "Select a valid choice" in page


def test_a_machine_is_revoked_with_a_reason(client: Client, world: World) -> None:
    made = machine(world, Kind.LABORATORY).client
    client.force_login(administrator(world))
    assert client.post(reverse("client-revoke", args=[made.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("client-revoke", args=[made.pk]), {"reason": "replaced"}).status_code == 302
    made.refresh_from_db()
    assert made.revoked_at is not None
    assert not made.user.is_active
    again = client.post(reverse("client-revoke", args=[made.pk]), {"reason": "again"}, follow=True)
    assert "revoked already" in again.content.decode()


def test_new_keys_are_taken(client: Client, world: World) -> None:
    made, keys = machine(world).client, public(new_key())
    client.force_login(administrator(world))
    assert client.post(reverse("client", args=[made.pk]), {"jwks": json.dumps(keys), "jwks_url": ""}).status_code == 302
    made.refresh_from_db()
    assert made.jwks == keys


def test_nobody_else_sees_machines(client: Client, world: World) -> None:
    made = machine(world).client
    for person in (world.clinician, world.technician, world.stranger):
        client.force_login(person)
        for address in (reverse("client-list"), reverse("client-add"), reverse("client", args=[made.pk])):
            assert client.get(address).status_code == 403


def test_the_list_tells_when_a_laboratory_sent_its_last_result(client: Client, world: World) -> None:
    sender = caller(world)
    client.force_login(administrator(world))
    with time_machine.travel(world.now, tick=False):
        assert "none yet" in client.get(reverse("client-list")).content.decode()
        assert sender.post("/Observation", observation(world.patient())).status_code == 201
        page = client.get(reverse("client-list")).content.decode()
    assert "none yet" not in page
    assert "20 Nov 2026" in page
    assert 'href="/api/v1/docs"' in page
