"""An administrator registers and revokes hospital records, and unlinks people."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from monitoring.actions import launch_issuers, launches
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.models import AuditEntry, LaunchIssuer, LaunchPerson, User
from tests.hospital_record import HospitalRecord
from tests.integration.launch_world import registered
from tests.machines import administrator
from tests.world import World

pytestmark = pytest.mark.django_db
TOLD = {
    "name": "Northfield record", "issuer": "https://ehr.example.org/fhir/", "client_id": "mrd-review",
    "patient_system": "https://hospital.example.org/ids/mrn", "frame_origin": "https://EHR.example.org",
}  # fmt: skip


@pytest.fixture
def keeper(world: World, client: Client) -> User:
    person = administrator(world)
    client.force_login(person)
    return person


def issuer(world: World) -> LaunchIssuer:
    return registered(world, HospitalRecord(1))


def test_a_record_is_registered_with_what_it_has_to_be_told(client: Client, keeper: User, world: World) -> None:
    asked = client.get("/machines/records/register/").content.decode()
    for address in ("/smart/launch", "/smart/callback", "/smart/jwks.json"):
        assert f"http://testserver{address}" in asked
    answer = client.post("/machines/records/register/", {**TOLD, "centre": world.centre.pk})
    made = LaunchIssuer.objects.get()
    assert answer["Location"] == f"/machines/records/{made.pk}/"
    assert (made.issuer, made.frame_origin) == ("https://ehr.example.org/fhir", "https://ehr.example.org")
    assert "https://ehr.example.org/fhir" in client.get(answer["Location"]).content.decode()
    assert "Northfield record" in client.get("/machines/records/").content.decode()
    act = AuditEntry.objects.get(action="launch_issuer.register")
    assert (act.actor_name, act.after["client_id"]) == ("keeper", "mrd-review")  # type: ignore[index]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "http://ehr.example.org/fhir"), ("issuer", "ehr.example.org"), ("issuer", "https://a@b.example/"),
        ("issuer", "https://ehr.example.org/fhir?x=1"), ("issuer", ""), ("issuer", "javascript:alert(1)"),
        ("frame_origin", "https://ehr.example.org/path"), ("frame_origin", "*"), ("frame_origin", "https://*.example"),
        ("frame_origin", "https://ehr.example.org; script-src *"), ("frame_origin", "http://ehr.example.org"),
        ("frame_origin", "https://a.example https://b.example"), ("client_id", ""), ("patient_system", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_registered_is_said_at_its_field(
    client: Client, keeper: User, world: World, field: str, value: str
) -> None:
    answer = client.post("/machines/records/register/", {**TOLD, "centre": world.centre.pk, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not LaunchIssuer.objects.exists()


def test_a_record_is_registered_once_at_a_time(client: Client, keeper: User, world: World) -> None:
    row = issuer(world)
    again = LaunchIssuer(name="x", centre=world.centre, issuer=f"{row.issuer}/", client_id="y", patient_system="z")
    with pytest.raises(ActionRefused):
        launch_issuers.register(by=keeper, issuer=again)
    launch_issuers.revoke(by=keeper, issuer=row, reason="contract ended", now=world.now)
    assert launch_issuers.register(by=keeper, issuer=again).pk


def test_a_record_is_revoked_with_a_reason_and_once(client: Client, keeper: User, world: World) -> None:
    row = issuer(world)
    address = f"/machines/records/{row.pk}/"
    assert client.post(f"{address}revoke/", {"reason": ""}).status_code == 422
    client.post(f"{address}revoke/", {"reason": "contract ended"})
    assert "Revoked by Keeper" in client.get(address).content.decode()
    act = AuditEntry.objects.get(action="launch_issuer.revoke")
    assert act.reason == "contract ended"
    with pytest.raises(WrongState):
        launch_issuers.revoke(by=keeper, issuer=row, reason="again", now=world.now)


def test_a_person_is_unlinked_with_a_reason(client: Client, keeper: User, world: World) -> None:
    row = issuer(world)
    person = launches.link(by=world.clinician, issuer=row, subject="practitioner-7", fhir_user="", now=world.now)
    address = f"/machines/records/{row.pk}/"
    assert "practitioner-7" in client.get(address).content.decode()
    assert client.post(f"{address}people/{person.pk}/unlink/", {"reason": " "}).status_code == 422
    assert client.post(f"{address}people/{person.pk + 1}/unlink/", {"reason": "left"}).status_code == 404
    client.post(f"{address}people/{person.pk}/unlink/", {"reason": "left the hospital"})
    assert LaunchPerson.objects.get().unlinked_by == keeper
    assert "unlinked by Keeper" in client.get(address).content.decode()
    with pytest.raises(WrongState):
        launches.unlink(by=keeper, person=person, reason="again", now=world.now)


@pytest.mark.parametrize("name", ["clinician", "technician", "stranger"])
def test_only_an_administrator_of_the_centre_decides(client: Client, world: World, name: str) -> None:
    row, person = issuer(world), getattr(world, name)
    client.force_login(person)
    assert client.get("/machines/records/").status_code == 403
    assert client.get(f"/machines/records/{row.pk}/").status_code == 403
    assert client.post(f"/machines/records/{row.pk}/revoke/", {"reason": "x"}).status_code == 403
    with pytest.raises(PermissionDenied):
        launch_issuers.revoke(by=person, issuer=row, reason="x", now=world.now)
    with pytest.raises(PermissionDenied):
        launch_issuers.register(by=person, issuer=LaunchIssuer(centre=world.centre, issuer="https://x"))


def test_records_of_another_centre_are_not_there(client: Client, keeper: User, world: World) -> None:
    row = issuer(world)
    LaunchIssuer.objects.update(centre=world.elsewhere)
    assert client.get(f"/machines/records/{row.pk}/").status_code == 404
    assert "Northfield record" not in client.get("/machines/records/").content.decode()


def test_what_is_missing_before_a_launch_is_told(client: Client, keeper: User) -> None:
    shown = client.get("/machines/records/").content.decode()
    assert "No signing key is set (MRD_SMART_KEYS_FILE)" in shown
    assert "reached without TLS" in shown


def test_the_list_asks_the_same_number_of_questions_for_many(client: Client, keeper: User, world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for total in (1, 10):
        while LaunchIssuer.objects.count() < total:
            registered(world, HospitalRecord(LaunchIssuer.objects.count() + 1))
        with CaptureQueriesContext(connection) as asked:
            client.get("/machines/records/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
