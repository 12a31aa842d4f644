"""Adding and correcting a venetoclax cycle: proposed from the last, refused at the field, nothing typed lost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.actions import treatments
from monitoring.models import AuditEntry, MrdSeries, RowHistory, VenetoclaxCycle
from tests.world import World


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.as_person(world.clinician)
    return found


def cycle(world: World, series: MrdSeries, on: date, **facts: Any) -> VenetoclaxCycle:
    world.as_person(world.clinician)
    values = {"number": 1, "starts_on": on, "ends_on": on + timedelta(days=27)} | facts
    row = VenetoclaxCycle(**values)
    return treatments.record_cycle(
        by=world.clinician, patient=series.patient, cycle=row, regimen="VEN-AZA", now=world.now
    )


TYPED = {
    "number": "1", "starts_on": "2026-10-05", "ends_on": "2026-11-01", "dose_mg": "400", "planned_days": "14",
    "given_days": "12", "ramp_up": "no", "tls_prophylaxis": "", "partner_drug": "AZACITIDINE",
    "partner_dose_mg_m2": "75,5", "partner_days": "7", "cyp3a4": "POSACONAZOLE", "cyp3a4_drug": "posaconazole",
    "g_csf": "yes", "setting": "OUTPATIENT", "stopped_because": "", "regimen": "VEN-AZA",
}  # fmt: skip


def sent(client: Client, world: World, series: MrdSeries, **changes: str) -> Any:
    client.force_login(world.clinician)
    answer = read_and_sent(client, f"/patients/{series.patient_id}/cycles/add/", TYPED | changes)
    world.as_person(world.clinician)
    return answer


def read_and_sent(client: Client, address: str, typed: dict[str, str]) -> Any:
    """Send the form, and once more with what it was answered, where there were warnings to read."""
    answer: Any = client.post(address, typed)
    if answer.status_code == 200:
        answer = client.post(address, typed | {"notes_seen": answer.context["notes_seen"]})
    return answer


def test_a_cycle_is_recorded_as_typed(client: Client, world: World, series: MrdSeries) -> None:
    answer = sent(client, world, series)
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{series.patient_id}/#cycles")
    row = VenetoclaxCycle.objects.get(patient=series.patient)
    assert (row.number, row.starts_on, row.ends_on) == (1, date(2026, 10, 5), date(2026, 11, 1))
    assert (row.dose_mg, row.planned_days, row.given_days) == (400, 14, 12)
    assert (row.ramp_up, row.tls_prophylaxis, row.g_csf) == (False, None, True)
    assert row.partner_dose_mg_m2 == Decimal("75.5")
    assert row.treatment.regimen == "VEN-AZA"
    assert AuditEntry.objects.filter(action="venetoclaxcycle.add", subject_id=row.pk).exists()


def test_the_next_cycle_is_proposed_from_the_last(client: Client, world: World, series: MrdSeries) -> None:
    cycle(
        world, series, date(2026, 10, 5), dose_mg=100, planned_days=14, given_days=9, cyp3a4="POSACONAZOLE",
        cyp3a4_drug="posaconazole", partner_drug="AZACITIDINE", partner_dose_mg_m2=Decimal(75), partner_days=7,
        liver="B", setting="OUTPATIENT",
    )  # fmt: skip
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/cycles/add/").content.decode()
    proposed = {
        "number": "2", "starts_on": "2026-11-02", "ends_on": "2026-11-29", "dose_mg": "100", "planned_days": "14",
        "partner_dose_mg_m2": "75", "partner_days": "7", "cyp3a4_drug": "posaconazole",
    }  # fmt: skip
    for name, value in proposed.items():
        assert f'name="{name}" value="{value}"' in html
    for value in ("AZACITIDINE", "OUTPATIENT", "B"):
        assert f'value="{value}" selected' in html
    assert 'name="given_days" value' not in html
    assert "Mon 2 Nov 2026" in html
    assert 'value="POSACONAZOLE" selected' in html


def test_a_next_cycle_that_has_not_begun_is_told_not_proposed(client: Client, world: World, series: MrdSeries) -> None:
    cycle(world, series, date(2026, 11, 16))
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/cycles/add/").content.decode()
    assert "By the last cycle the next one begins on 14 Dec 2026" in html
    assert 'name="starts_on" value' not in html


def test_the_first_cycle_starts_from_nothing(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/cycles/add/").content.decode()
    assert 'name="number" value="1"' in html
    assert "Proposed from the last cycle" not in html


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"starts_on": "2026-11-21", "ends_on": "2026-12-18"}, "starts_on", "This day is in the future."),
        ({"starts_on": "1960-01-01", "ends_on": "1960-01-28"}, "starts_on", "before the patient&#x27;s birth"),
        ({"ends_on": "2026-10-01"}, "ends_on", "The end is before the start."),
        ({"ends_on": "2027-11-01"}, "ends_on", "That is a cycle of 393 days. Is the year right?"),
        ({"starts_on": "05/10/2026"}, "starts_on", "Write the day as year-month-day"),
        ({"starts_on": "2026-02-30"}, "starts_on", "is no day of the calendar"),
        ({"starts_on": ""}, "starts_on", "This field is required."),
        ({"given_days": "40"}, "given_days", "The cycle has 28 days only."),
        ({"dose_mg": "4000"}, "dose_mg", "less than or equal to 1200"),
        ({"dose_mg": "-100"}, "dose_mg", "greater than or equal to 10"),
        ({"dose_mg": "NaN"}, "dose_mg", "Enter a whole number."),
        ({"partner_dose_mg_m2": "1,000"}, "partner_dose_mg_m2", "5 to 200 mg/m²; understood was 1 mg/m²"),
        ({"partner_dose_mg_m2": "-75"}, "partner_dose_mg_m2", "sign"),
        ({"number": "0"}, "number", "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
    client: Client, world: World, series: MrdSeries, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = sent(client, world, series, **changes)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html[html.index(f'id="id_{field}_error"') :][:600]
    for name, value in (TYPED | changes).items():
        if value and name not in ("partner_drug", "cyp3a4", "setting", "ramp_up", "g_csf"):
            assert f'value="{value}"' in html
    assert 'value="POSACONAZOLE" selected' in html
    assert not VenetoclaxCycle.objects.filter(patient=series.patient).exists()
    assert not series.patient.treatments.filter(kind="PRE_EMPTIVE").exists()


def test_an_overlap_names_the_other_cycle(client: Client, world: World, series: MrdSeries) -> None:
    cycle(world, series, date(2026, 9, 10))
    answer = sent(client, world, series, number="2")
    assert answer.status_code == 422
    assert "This cycle shares days with cycle 1 (10 Sep 2026 to 7 Oct 2026)." in answer.content.decode()
    assert VenetoclaxCycle.objects.filter(patient=series.patient).count() == 1


def test_a_number_that_is_taken_is_refused(client: Client, world: World, series: MrdSeries) -> None:
    cycle(world, series, date(2026, 9, 1))
    answer = sent(client, world, series, number="1")
    assert answer.status_code == 422
    assert "This course already has a cycle with this number." in answer.content.decode()


def test_a_cycle_is_corrected_with_a_reason_and_what_it_was_is_kept(
    client: Client, world: World, series: MrdSeries
) -> None:
    row = cycle(world, series, date(2026, 10, 5), given_days=14)
    client.force_login(world.clinician)
    shown = client.get(f"/cycles/{row.pk}/").content.decode()
    assert 'name="given_days" value="14"' in shown
    typed = TYPED | {"given_days": "10", "reason": "pharmacy record"}
    answer = read_and_sent(client, f"/cycles/{row.pk}/", typed)
    world.as_person(world.clinician)
    row.refresh_from_db()
    assert (answer.status_code, row.given_days) == (302, 10)
    entry = AuditEntry.objects.get(action="venetoclaxcycle.change")
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.reason, entry.before["given_days"], entry.after["given_days"]) == ("pharmacy record", 14, 10)
    assert RowHistory.objects.filter(table_name="monitoring_venetoclaxcycle", row_id=row.pk).exists()


def test_a_correction_without_a_reason_is_refused(client: Client, world: World, series: MrdSeries) -> None:
    row = cycle(world, series, date(2026, 10, 5), given_days=14)
    client.force_login(world.clinician)
    answer = client.post(f"/cycles/{row.pk}/", TYPED | {"given_days": "10"})
    assert answer.status_code == 422
    assert "Say why the cycle is corrected." in answer.content.decode()


def test_a_cycle_does_not_overlap_itself(client: Client, world: World, series: MrdSeries) -> None:
    row = cycle(world, series, date(2026, 10, 5))
    client.force_login(world.clinician)
    typed = TYPED | {"starts_on": "2026-10-06", "reason": "typing error"}
    answer = read_and_sent(client, f"/cycles/{row.pk}/", typed)
    assert answer.status_code == 302


def test_who_may_record(client: Client, world: World, series: MrdSeries) -> None:
    row = cycle(world, series, date(2026, 10, 5))
    for person, status in ((world.stranger, 404), (world.technician, 403), (world.data_manager, 200)):
        client.force_login(person)
        assert client.get(f"/patients/{series.patient_id}/cycles/add/").status_code == status
        assert client.get(f"/cycles/{row.pk}/").status_code == status


def test_a_new_cycle_asks_for_new_verdicts(client: Client, world: World, series: MrdSeries) -> None:
    before = MrdSeries.objects.get(pk=series.pk).revision
    sent(client, world, series)
    assert MrdSeries.objects.get(pk=series.pk).revision > before


def test_what_was_typed_when_the_session_ended_is_there_again(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    address = f"/patients/{series.patient_id}/cycles/add/"
    proof = client.get(address).context["typed_by"]
    client.logout()
    assert client.post(address, TYPED | {"typed_by": proof}).status_code == 302
    session = client.session
    kept = session["typed_before_sign_in"]
    client.force_login(world.clinician)
    session = client.session
    session["typed_before_sign_in"] = kept
    session.save()
    assert 'value="75,5"' in client.get(address).content.decode()
