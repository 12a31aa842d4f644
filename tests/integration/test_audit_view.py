"""The audit trail: for auditors of a centre, its patients only; narrowed, paged without a gap, every act opened."""

import re
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from monitoring.actions import audit, audit_sealing, patient_facts, reading
from monitoring.models import AuditEntry, AuditSeal, CareRelation, MrdSeries, ReadEntry, User
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.models.choices import RoleChoice
from tests.fhir_sender import caller
from tests.integration.typed_entry import text_of
from tests.people_at_centres import sign_in
from tests.world import World, _person

pytestmark = pytest.mark.django_db

ROW = '<tr><th scope="row"'


@pytest.fixture
def auditor(world: World) -> User:
    return _person("auditor", RoleChoice.AUDITOR, world.centre)


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient()


@pytest.fixture
def foreign(world: World) -> MrdSeries:
    """A patient for whom the auditor's centre does not care any more."""
    other = world.patient()
    CareRelation.objects.create(patient=other.patient, centre=world.elsewhere, role="TREATING", starts_on="2020-01-01")
    world.as_person(world.stranger)
    CareRelation.objects.filter(patient=other.patient, centre=world.centre).update(
        starts_on="2020-01-01", ends_on="2020-01-02"
    )
    return other


def shown(client: Client, who: User, path: str = "/audit/", **asked: Any) -> str:
    client.force_login(who)
    answer = client.get(path, asked)
    assert answer.status_code == 200, path
    return answer.content.decode()


def rows(page: str) -> list[str]:
    return page.split("<tbody>")[1].split("</tbody>")[0].split(ROW)[1:] if "<tbody>" in page else []


def correct(world: World, series: MrdSeries, number: str = "H-4711") -> AuditEntry:
    world.as_person(world.clinician)
    patient_facts.correct(
        by=world.clinician, patient=series.patient, changes={"hospital_number": number}, now=world.now,
        reason="The label of the neighbour",
    )  # fmt: skip
    return AuditEntry.objects.filter(action="patient.correct").latest("pk")


def test_an_auditor_sees_who_did_what_to_whom_newest_first(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    correct(world, series)
    page = shown(client, auditor, kind="ACT")
    newest, *_older, first = rows(page)
    assert "patient&#x27;s facts corrected" in newest
    assert world.clinician.full_name in newest
    assert series.patient.pseudonym in newest
    assert "The label of the neighbour" in newest
    assert re.search(r"\d\d:\d\d:\d\d</th>", newest)
    assert "patient registered" in first or "patient.add" in first


def test_acts_readings_and_requests_stand_in_one_list_and_each_alone(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    with time_machine.travel(world.now, tick=False):
        caller(world, Kind.HOSPITAL, name="Record of the hospital").get("/Observation", {"patient": series.patient_id})
    world.as_person(world.clinician)
    reading.note(by=world.clinician, patient=series.patient, channel="web", now=world.now)
    together = len(rows(shown(client, auditor)))
    apart = {kind: rows(shown(client, auditor, kind=kind)) for kind in ("ACT", "READING", "REQUEST")}
    assert sum(map(len, apart.values())) == together
    assert "FHIR interface" in apart["REQUEST"][0]
    assert "Record of the hospital" in apart["REQUEST"][0]
    assert any("record read" in each and world.clinician.full_name in each for each in apart["READING"])


def test_an_act_opens_to_before_after_and_reason(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    entry = correct(world, series)
    told = text_of(client_page(client, auditor, f"/audit/acts/{entry.pk}/"))
    assert "Hospital number – H-4711" in " ".join(told.split())
    assert "The label of the neighbour" in told
    assert "stayed as" in told
    birth = " ".join(told.split("stayed as")[1].split())
    assert "Born 14 Mar 1967" in birth


def client_page(client: Client, person: User, path: str) -> Any:
    client.force_login(person)
    return client.get(path)


def test_what_one_did_and_what_was_done_to_one_patient_is_a_link_away(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    other = world.patient()
    page = shown(client, auditor)
    assert f'href="?person={world.clinician.pk}"' in page
    of_one = shown(client, auditor, record=series.patient_id)
    assert series.patient.pseudonym in of_one
    assert other.patient.pseudonym not in of_one
    assert rows(shown(client, auditor, patient=series.patient.pseudonym.lower())) == rows(of_one)
    assert all(world.clinician.username in row for row in rows(shown(client, auditor, person=world.clinician.pk)))
    assert rows(shown(client, auditor, person=world.second_authoriser.pk)) == []


def test_it_is_narrowed_by_act_and_by_days_of_the_centre(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    correct(world, series)
    assert len(rows(shown(client, auditor, action="patient.correct"))) == 1
    assert rows(shown(client, auditor, last_day="2020-01-01")) == []
    world.as_person(auditor)
    today = AuditEntry.objects.latest("pk").at.astimezone(world.centre.zone).date()
    assert rows(shown(client, auditor, action="patient.correct", first_day=today, last_day=today))


@pytest.mark.parametrize(
    "asked",
    [{"first_day": "01/02/2026"}, {"after": "x"}, {"kind": "NONSENSE"}, {"person": "all"},
     {"first_day": "2026-02-01", "last_day": "2026-01-01"}],
)  # fmt: skip
def test_where_the_question_cannot_be_read_nothing_is_listed_and_nothing_exported(
    client: Client, world: World, series: MrdSeries, auditor: User, asked: dict[str, str]
) -> None:
    assert rows(shown(client, auditor, **asked)) == []
    assert client.get("/audit/export.csv", asked).status_code == 302


def test_pages_follow_each_other_without_a_gap_or_a_row_twice(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    world.as_person(world.clinician)
    for number in range(70):
        audit.record(action="test.act", by=world.clinician, subject=series, patient_id=series.patient_id,
                     reason=f"number {number}.")  # fmt: skip
        if number % 2:
            ReadEntry.objects.create(
                actor_id=world.clinician.pk, patient_id=series.patient_id, quarter=number, channel="web"
            )
    seen, after = [], "0-0-0"
    for _page in range(9):
        page = shown(client, auditor, after=after)
        assert len(rows(page)) <= 50
        seen += re.findall(r"number \d+\.", page)
        found = re.search(r'href="\?after=([\d-]+)"', page)
        if found is None:
            break
        after = found.group(1)
    assert sorted(seen) == sorted(f"number {number}." for number in range(70))


def test_one_page_asks_the_same_few_questions_for_many_rows(
    client: Client, world: World, auditor: User, django_assert_max_num_queries: Any
) -> None:
    for _time in range(12):
        world.patient()
    client.force_login(auditor)
    with django_assert_max_num_queries(25):
        client.get("/audit/")


def test_reading_the_trail_is_a_reading_and_ones_own_are_left_out_until_asked_for(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    shown(client, auditor)
    world.as_person(auditor)
    assert ReadEntry.objects.filter(actor_id=auditor.pk, patient_id=series.patient_id, channel="audit").exists()
    assert rows(shown(client, auditor, person=auditor.pk)) == []
    assert len(rows(shown(client, auditor, person=auditor.pk, with_own_looks="on"))) == 1
    colleague = _person("second_auditor", RoleChoice.AUDITOR, world.centre)
    assert len(rows(shown(client, colleague, person=auditor.pk))) == 1


def test_the_patient_of_another_centre_is_not_told_of(
    client: Client, world: World, foreign: MrdSeries, series: MrdSeries, auditor: User
) -> None:
    world.as_person(world.stranger)
    theirs = AuditEntry.objects.filter(patient_id=foreign.patient_id).latest("pk")
    assert foreign.patient.pseudonym not in shown(client, auditor)
    assert rows(shown(client, auditor, patient=foreign.patient.pseudonym)) == []
    for path in (f"/audit/acts/{theirs.pk}/", f"/audit/?record={foreign.patient_id}", "/audit/acts/999999999/",
                 f"/audit/export.csv?record={foreign.patient_id}"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    elsewhere = _person("auditor_elsewhere", RoleChoice.AUDITOR, world.elsewhere)
    page = shown(client, elsewhere)
    assert foreign.patient.pseudonym in page
    assert series.patient.pseudonym not in page


def test_an_act_on_no_patient_is_seen_where_its_person_works_and_nowhere_else(
    client: Client, world: World, auditor: User
) -> None:
    for person, name in ((world.authoriser, "of here"), (world.stranger, "of elsewhere")):
        audit.record(action="lot.register", by=person, subject=person, reason=name)
    page = shown(client, auditor)
    assert "of here" in page
    assert "of elsewhere" not in page
    theirs = AuditEntry.objects.get(reason="of elsewhere")
    assert client.get(f"/audit/acts/{theirs.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["/audit/", "/audit/export.csv", "/audit/acts/1/", "/audit/sign-ins/"])
def test_nobody_else_learns_that_there_is_such_a_page(client: Client, world: World, path: str) -> None:
    administrator = _person("keeper", RoleChoice.ADMINISTRATOR, world.centre)
    for person in (world.clinician, world.technician, world.authoriser, world.data_manager, administrator):
        client.force_login(person)
        assert client.get(path).status_code == 404
    client.logout()
    assert client.get(path).status_code == 302


def test_the_patient_page_leads_an_auditor_to_who_looked_and_nobody_else(
    client: Client, world: World, series: MrdSeries, auditor: User
) -> None:
    link = f"/audit/?record={series.patient_id}"
    assert link in shown(client, auditor, f"/patients/{series.patient_id}/")
    assert "/audit/" not in shown(client, world.clinician, f"/patients/{series.patient_id}/")


def test_the_page_tells_how_the_seals_stand(client: Client, world: World, series: MrdSeries, auditor: User) -> None:
    waits = re.compile(r"At most (\d+) acts? wait")
    before = waits.search(shown(client, auditor))
    assert before is not None
    assert int(before.group(1)) >= AuditEntry.objects.count() - sum(AuditSeal.objects.values_list("entries", flat=True))
    audit_sealing.seal()
    page = shown(client, auditor)
    seal = AuditSeal.objects.latest("pk")
    assert seal.digest in page
    assert "At most 0 acts wait" in page
    call_command("verify_audit", expect_digest=seal.digest)


def test_refused_sign_ins_of_the_centre_stay_on_record_after_a_good_one(
    client: Client, world: World, auditor: User
) -> None:
    for name in ("technician", "technician", "stranger", "no-such-account"):
        sign_in(name, "wrong")
    sign_in("technician")
    page = shown(client, auditor, "/audit/sign-ins/")
    assert len(rows(page)) == 2
    assert "no-such-account" not in page
    assert world.stranger.full_name not in page
    assert "Locked out now" not in page
    for _time in range(5):
        sign_in("technician", "wrong")
    assert f"Locked out now: {world.technician.full_name}" in shown(client, auditor, "/audit/sign-ins/")
