"""Holds, adverse events, transfusions and findings: added, corrected, removed; each refusal at its field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.models import (
    AdverseEvent,
    AuditEntry,
    BloodCount,
    DoseChange,
    MrdSeries,
    MutationFinding,
    Transfusion,
    VenetoclaxCycle,
)
from tests.patient_page import cycle, shown
from tests.world import World


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def first(world: World) -> VenetoclaxCycle:
    series = world.patient()
    return cycle(world, series, 1, date(2026, 10, 5), dose_mg=400, planned_days=28)


def sent(client: Client, world: World, address: str, typed: dict[str, str], **headers: str) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post(address, typed, headers=headers)
    world.as_person(world.clinician)
    return answer


HOLD = {"kind": "HOLD", "starts_on": "2026-10-12", "ends_on": "2026-10-14", "because": "neutropenia"}
EVENT = {"kind": "FEBRILE_NEUTROPENIA", "grade": "3", "starts_on": "2026-10-13", "temperature_c": "38,6"}
UNITS = {"given_on": "2026-10-13", "product": "RED_CELLS", "units": "2"}
FINDING = {"gene": "NPM1", "status": "PRESENT", "found_on": "2026-10-13", "vaf_pct": "41,5", "tissue": "BM"}


def test_a_hold_is_recorded_corrected_and_removed(client: Client, world: World, first: VenetoclaxCycle) -> None:
    assert sent(client, world, f"/cycles/{first.pk}/dose-changes/add/", HOLD).status_code == 302
    change = DoseChange.objects.get()
    assert (change.cycle, change.kind, change.ends_on) == (first, "HOLD", date(2026, 10, 14))
    corrected = HOLD | {"ends_on": "", "reason": "not taken up again", "seen": change.recorded_at.isoformat()}
    assert sent(client, world, f"/dose-changes/{change.pk}/", corrected).status_code == 302
    change.refresh_from_db()
    assert change.ends_on is None
    assert sent(client, world, f"/dose-changes/{change.pk}/remove/", {"reason": "slip"}).status_code == 302
    assert not DoseChange.objects.exists()
    assert set(AuditEntry.objects.filter(action__startswith="dosechange").values_list("action", flat=True)) == {
        "dosechange.add", "dosechange.change", "dosechange.remove",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_on": "2026-12-01", "ends_on": ""}, "This day is not within the cycle."),
        ({"ends_on": "2026-10-01"}, "The end is before the start."),
        ({"dose_mg": "100"}, "While venetoclax is held there is no dose."),
        ({"kind": "REDUCTION"}, "Type the dose to which it was reduced."),
        ({"kind": "REDUCTION", "dose_mg": "400"}, "That is not less than the dose of the cycle."),
        ({"because": " "}, "Say why: counts, infection, interaction, or something else."),
        ({"kind": ""}, "This field is required."),
    ],
)
def test_a_hold_that_cannot_be_is_refused(
    client: Client, world: World, first: VenetoclaxCycle, changes: dict[str, str], sentence: str
) -> None:
    answer = sent(client, world, f"/cycles/{first.pk}/dose-changes/add/", HOLD | changes)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not DoseChange.objects.exists()


def test_days_held_already_are_refused(client: Client, world: World, first: VenetoclaxCycle) -> None:
    sent(client, world, f"/cycles/{first.pk}/dose-changes/add/", HOLD)
    again = sent(client, world, f"/cycles/{first.pk}/dose-changes/add/", HOLD | {"starts_on": "2026-10-14"})
    assert (again.status_code, "for some of these days" in again.content.decode()) == (422, True)


def counted(first: VenetoclaxCycle, neutrophils: str) -> None:
    BloodCount.objects.create(patient=first.patient, measured_on=date(2026, 10, 12), neutrophils=Decimal(neutrophils))


def test_the_grade_of_febrile_neutropenia_is_computed_where_none_is_typed(
    client: Client, world: World, first: VenetoclaxCycle
) -> None:
    counted(first, "0.3")
    answer = sent(client, world, f"/patients/{first.patient_id}/adverse-events/add/", EVENT | {"grade": ""})
    assert answer.status_code == 302
    event = AdverseEvent.objects.get()
    assert (event.grade, event.cycle, event.term) == (3, first, "Febrile neutropenia")
    assert event.temperature_c == Decimal("38.6")


def test_a_grade_that_cannot_be_computed_has_to_be_chosen(client: Client, world: World, first: VenetoclaxCycle) -> None:
    answer = sent(client, world, f"/patients/{first.patient_id}/adverse-events/add/", EVENT | {"grade": ""})
    assert (answer.status_code, "Choose the grade." in answer.content.decode()) == (422, True)
    assert not AdverseEvent.objects.exists()


def test_a_typed_grade_is_compared_with_count_and_temperature(
    client: Client, world: World, first: VenetoclaxCycle
) -> None:
    counted(first, "1.4")
    address = f"/patients/{first.patient_id}/adverse-events/add/"
    live = sent(client, world, address, EVENT, **{"HX-Request": "true"}).content.decode()
    assert "no febrile neutropenia by CTCAE 5.0" in live
    assert not AdverseEvent.objects.exists()
    sent(client, world, address, EVENT)
    series = MrdSeries.objects.get(patient=first.patient)
    assert "38.6 °C, neutrophils 1.4: no febrile neutropenia by CTCAE 5.0" in shown(client, world, series)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_on": "2026-11-21"}, "This day is in the future."),
        ({"ends_on": "2026-10-01"}, "The end is before the start."),
        ({"temperature_c": "386"}, "outside of what can be measured"),
        ({"kind": "", "term": ""}, "Choose a kind, or write the term of CTCAE."),
        ({"grade": "6"}, "Select a valid choice"),
    ],
)
def test_an_adverse_event_that_cannot_be_is_refused(
    client: Client, world: World, first: VenetoclaxCycle, changes: dict[str, str], sentence: str
) -> None:
    answer = sent(client, world, f"/patients/{first.patient_id}/adverse-events/add/", EVENT | changes)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not AdverseEvent.objects.exists()


def test_an_adverse_event_moves_to_the_cycle_of_its_day(client: Client, world: World, first: VenetoclaxCycle) -> None:
    sent(client, world, f"/patients/{first.patient_id}/adverse-events/add/", EVENT)
    event = AdverseEvent.objects.get()
    typed = EVENT | {"starts_on": "2026-09-01", "reason": "slip", "seen": event.recorded_at.isoformat()}
    assert sent(client, world, f"/adverse-events/{event.pk}/", typed).status_code == 302
    event.refresh_from_db()
    assert event.cycle is None
    assert sent(client, world, f"/adverse-events/{event.pk}/remove/", {"reason": "slip"}).status_code == 302
    assert not AdverseEvent.objects.exists()


def test_a_transfusion_is_recorded_corrected_and_removed(client: Client, world: World, first: VenetoclaxCycle) -> None:
    assert sent(client, world, f"/patients/{first.patient_id}/transfusions/add/", UNITS).status_code == 302
    given = Transfusion.objects.get()
    assert (given.cycle, given.units) == (first, 2)
    stale = UNITS | {"units": "3", "reason": "slip", "seen": "2020-01-01T00:00:00+00:00"}
    assert sent(client, world, f"/transfusions/{given.pk}/", stale).status_code == 409
    fresh = stale | {"seen": given.recorded_at.isoformat()}
    assert sent(client, world, f"/transfusions/{given.pk}/", fresh).status_code == 302
    given.refresh_from_db()
    assert given.units == 3
    assert sent(client, world, f"/transfusions/{given.pk}/remove/", {"reason": "slip"}).status_code == 302
    assert not Transfusion.objects.exists()


@pytest.mark.parametrize("changes", [{"units": "0"}, {"units": "21"}, {"product": ""}, {"given_on": "2026-11-21"}])
def test_a_transfusion_that_cannot_be_is_refused(
    client: Client, world: World, first: VenetoclaxCycle, changes: dict[str, str]
) -> None:
    answer = sent(client, world, f"/patients/{first.patient_id}/transfusions/add/", UNITS | changes)
    assert answer.status_code == 422
    assert not Transfusion.objects.exists()


def test_a_finding_is_recorded_corrected_and_removed(client: Client, world: World, first: VenetoclaxCycle) -> None:
    assert sent(client, world, f"/patients/{first.patient_id}/findings/add/", FINDING).status_code == 302
    finding = MutationFinding.objects.get()
    assert (finding.gene, finding.vaf_pct, finding.tissue) == ("NPM1", Decimal("41.5"), "BM")
    lost = FINDING | {"status": "LOST", "vaf_pct": "", "reason": "NGS", "seen": finding.recorded_at.isoformat()}
    live = sent(client, world, f"/findings/{finding.pk}/", lost, **{"HX-Request": "true"}).content.decode()
    assert "from now on a negative does not exclude relapse" in live
    assert sent(client, world, f"/findings/{finding.pk}/", lost).status_code == 302
    assert "NPM1 mutation lost" in shown(client, world, MrdSeries.objects.get(patient=first.patient))
    assert sent(client, world, f"/findings/{finding.pk}/remove/", {"reason": "another"}).status_code == 302
    assert not MutationFinding.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"vaf_pct": "101"}, "outside of what can be measured"),
        ({"status": "LOST"}, "What is not there has no level."),
        ({"found_on": "2026-11-21"}, "This day is in the future."),
        ({"gene": ""}, "This field is required."),
    ],
)
def test_a_finding_that_cannot_be_is_refused(
    client: Client, world: World, first: VenetoclaxCycle, changes: dict[str, str], sentence: str
) -> None:
    answer = sent(client, world, f"/patients/{first.patient_id}/findings/add/", FINDING | changes)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not MutationFinding.objects.exists()


def test_who_may_write_parts_of_a_record(client: Client, world: World, first: VenetoclaxCycle) -> None:
    change = DoseChange.objects.create(
        cycle=first, patient=first.patient, kind="HOLD", starts_on=date(2026, 10, 6), because="fever"
    )
    addresses = [
        f"/cycles/{first.pk}/remove/",
        f"/cycles/{first.pk}/dose-changes/add/",
        f"/dose-changes/{change.pk}/",
        f"/dose-changes/{change.pk}/remove/",
        f"/patients/{first.patient_id}/adverse-events/add/",
        f"/patients/{first.patient_id}/transfusions/add/",
        f"/patients/{first.patient_id}/findings/add/",
    ]
    for person, status in ((world.stranger, 404), (world.technician, 403), (world.data_manager, 200)):
        client.force_login(person)
        assert {client.get(address).status_code for address in addresses} == {status}


def test_counts_of_a_cycle_stand_in_the_table_as_of_a_day(client: Client, world: World, first: VenetoclaxCycle) -> None:
    values = [(date(2026, 10, 5), "3"), (date(2026, 10, 16), "0.4"), (date(2026, 10, 22), "0.8")]
    for on, value in values:
        BloodCount.objects.create(patient=first.patient, measured_on=on, neutrophils=Decimal(value))
    series = MrdSeries.objects.get(patient=first.patient)
    page = shown(client, world, series)
    assert "0.4 (G4, 6 d)" in page
    assert "Neutropenia, grade 4 1 of 1 100 % 6 days" in page
    assert "0.4 (G4, at least 1 d)" in shown(client, world, series, as_of="2026-10-20")
    assert "0.4" not in shown(client, world, series, as_of="2026-10-15")
