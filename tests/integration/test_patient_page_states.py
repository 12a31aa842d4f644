"""The patient page in every state: nothing yet, another day, who may see it, in French, with very many samples."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.actions import markers, patients, sharing
from monitoring.models import (
    AuditEntry,
    CareRelation,
    ClinicalEvent,
    MrdResult,
    MrdSeries,
    MutationFinding,
    Patient,
    ReadEntry,
    RecomputeRequest,
    Sample,
    VenetoclaxCycle,
)
from monitoring.models.choices import MarkerChoice, TissueChoice
from tests.patient_page import cycle, event, relapsed, shown, suspected
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def test_an_empty_series_says_so(client: Client, world: World) -> None:
    page = shown(client, world, world.patient())
    assert "No evaluable result . No result is on record up to 20 November 2026." in page.replace("result.", "result .")
    assert "0 results" in page


def test_a_patient_without_a_marker_has_a_page(client: Client, world: World) -> None:
    series = world.patient()
    other = Patient.objects.create(centre=world.centre, pseudonym="P-9", born_on=date(1970, 1, 1), sex="M")
    CareRelation.objects.create(patient=other, centre=world.centre, role="TREATING", starts_on=date(2026, 1, 1))
    series.patient_id = other.pk
    assert "No marker is followed in this patient yet." in shown(client, world, series)


def test_without_a_level_at_diagnosis_the_page_says_what_is_missing(client: Client, world: World) -> None:
    series = world.patient(baseline=None)
    world.authorised(series, date(2026, 10, 1), detected("0.3"))
    page = shown(client, world, series)
    assert "No level at diagnosis is on record" in page
    assert "marrow detected; no level at diagnosis" in page


def test_the_loss_of_npm1_warns_beside_a_negative(client: Client, world: World) -> None:
    series = suspected(world)
    world.authorised(series, date(2026, 11, 16), not_detected())
    world.as_person(world.clinician)
    finding = MutationFinding(gene="NPM1", status="LOST", found_on=date(2026, 11, 1))
    patients.record_finding(by=world.clinician, patient=series.patient, finding=finding, now=world.now)
    page = shown(client, world, series)
    assert "NPM1 mutation lost, found 1 Nov 2026" in page
    assert "a negative does not exclude relapse" in page


def test_a_deceased_patient(client: Client, world: World) -> None:
    series = suspected(world)
    event(world, series, "DEATH", date(2026, 11, 10), cause="infection")
    page = shown(client, world, series)
    assert "(died at 59 y)" in page
    assert "Died 10 Nov 2026, infection" in page
    assert "The suspicion of 29 October 2026 was closed by death (10 Nov 2026)." in page
    assert "Nothing is due after death." in page


def test_a_cbf_patient_has_the_rules_of_cbf(client: Client, world: World) -> None:
    series = world.patient(marker=MarkerChoice.RUNX1_RUNX1T1, baseline="80", mutation_type="")
    page = shown(client, world, series)
    assert "RUNX1::RUNX1T1" in page.replace(":: ", "::")
    assert "ELN MRD 2021 for CBF: blood every 4 to 6 weeks, for 24 months." in page


def test_several_markers_have_a_switch(client: Client, world: World) -> None:
    series = suspected(world)
    world.as_person(world.clinician)
    markers.follow(by=world.clinician, patient=series.patient, marker=MarkerChoice.CBFB_MYH11, mutation_type="A")
    assert "NPM1 came back" in shown(client, world, series)
    page = shown(client, world, series, marker="CBFB::MYH11")
    assert "No result is on record" in page
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/", {"marker": "CBFB::MYH11"}).content.decode()
    assert "marker=CBFB%3A%3AMYH11" in html


def test_as_of_an_earlier_day_only_what_was_collected_by_then_counts(client: Client, world: World) -> None:
    series = relapsed(world)
    page = shown(client, world, series, as_of="2026-11-10")
    assert "The record as of 10 Nov 2026" in page
    assert "Suspected molecular relapse" in page
    assert "day 12 of 28, by 26 November 2026" in page
    assert "0.093" not in page
    assert "Action taken" not in page


def test_as_of_a_day_leaves_later_events_out(client: Client, world: World) -> None:
    series = suspected(world)
    event(world, series, "DEATH", date(2026, 11, 10))
    page = shown(client, world, series, as_of="2026-11-01")
    assert "Died" not in page
    assert "(59 y)" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-11-21", "This day is in the future."),
        ("12/03/2026", "Write the day as year-month-day"),
        ("2026-02-30", "is no day of the calendar"),
    ],
)
def test_a_day_that_cannot_be_is_told_at_its_field_and_the_page_is_that_of_today(
    client: Client, world: World, typed: str, said: str
) -> None:
    series = relapsed(world)
    page = shown(client, world, series, as_of=typed)
    assert said in page
    assert "Shown is 20 Nov 2026." in page
    assert "Confirmed molecular relapse" in page


def test_the_day_is_that_of_the_patients_centre(client: Client, world: World) -> None:
    series = suspected(world)
    with time_machine.travel(world.now.replace(hour=23, minute=30), tick=False):
        page = shown(client, world, series)
    assert "day 23 of 28" in page


def test_a_change_is_on_the_page_although_no_worker_ran(client: Client, world: World) -> None:
    series = relapsed(world)
    event(world, series, "HAEMATOLOGICAL_RELAPSE", date(2026, 11, 18))
    assert RecomputeRequest.objects.filter(series=series).exists()
    page = shown(client, world, series)
    assert "was still open at the haematological relapse (18 Nov 2026)" in page
    assert not RecomputeRequest.objects.filter(series=series).exists()


def test_reading_is_logged_once_in_a_quarter_of_an_hour(client: Client, world: World) -> None:
    series = world.patient()
    for _ in range(2):
        shown(client, world, series)
    entry = ReadEntry.objects.get(patient_id=series.patient_id)
    assert (entry.actor_id, entry.channel) == (world.clinician.pk, "web")


def test_reading_is_logged_also_where_the_day_asked_for_cannot_be(client: Client, world: World) -> None:
    series = world.patient()
    shown(client, world, series, as_of="nonsense")
    assert ReadEntry.objects.filter(patient_id=series.patient_id).exists()


def test_reading_writes_no_audit_entry_of_a_change(client: Client, world: World) -> None:
    series = world.patient()
    shown(client, world, series)
    before = AuditEntry.objects.count()
    shown(client, world, series)
    assert AuditEntry.objects.count() == before


def test_a_patient_of_another_centre_does_not_exist(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.stranger)
    assert client.get(f"/patients/{series.patient_id}/").status_code == 404
    assert client.get("/patients/999999/").status_code == 404


def test_a_laboratory_does_not_see_the_chart(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.technician)
    assert client.get(f"/patients/{series.patient_id}/").status_code == 403


def test_a_referral_centre_sees_the_patient_while_it_cares(client: Client, world: World) -> None:
    series = relapsed(world)
    world.as_person(world.clinician)
    relation = CareRelation(centre=world.elsewhere, role="TRANSPLANT", starts_on=date(2026, 1, 1))
    sharing.begin(by=world.clinician, patient=series.patient, relation=relation, now=world.now, reason="Donor found")
    assert "Confirmed molecular relapse" in shown(client, world, series, by=world.stranger)


def test_without_signing_in_there_is_only_the_door(client: Client, world: World) -> None:
    answer = client.get(f"/patients/{world.patient().patient_id}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_it_rejects_post(client: Client, world: World) -> None:
    series = world.patient()
    client.force_login(world.clinician)
    assert client.post(f"/patients/{series.patient_id}/").status_code == 405


def test_it_speaks_french(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    client.cookies["django_language"] = "fr"
    html = client.get(f"/patients/{series.patient_id}/").content.decode()
    assert '<html lang="fr">' in html
    assert "Rechute moléculaire confirmée" in html
    assert "est réapparu dans la moelle" in html


def queries(client: Client, world: World, series: MrdSeries) -> int:
    client.force_login(world.clinician)
    client.get(f"/patients/{series.patient_id}/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/patients/{series.patient_id}/").status_code == 200
    world.as_person(world.clinician)
    return len(captured)


def test_the_number_of_queries_does_not_depend_on_samples_cycles_and_events(client: Client, world: World) -> None:
    few, many = relapsed(world), relapsed(world)
    for series, count in ((few, 1), (many, 200)):
        crowd(world, series, count)
    at_one, at_200 = queries(client, world, few), queries(client, world, many)
    assert at_one == at_200
    assert at_200 <= 45


def crowd(world: World, series: MrdSeries, count: int) -> None:
    """So many samples, cycles and events, written by the database's own bulk insert."""
    world.as_person(world.technician)
    days = [date(2010, 1, 4) + timedelta(days=28 * place) for place in range(count)]
    world.made_up(series)
    samples = Sample.objects.bulk_create(
        Sample(
            patient=series.patient, laboratory=world.laboratory, accession_number=f"B{series.pk}-{place}",
            tissue=TissueChoice.PERIPHERAL_BLOOD, collected_on=on,
        )
        for place, on in enumerate(days)
    )  # fmt: skip
    MrdResult.objects.bulk_create(
        MrdResult(
            patient=series.patient, series=series, sample=sample, assay=world.assay, state="AUTHORISED",
            collected_on=sample.collected_on, tissue=sample.tissue, assay_key=world.assay.assay_key,
            call="NOT_DETECTED", abl1_copies=40_000, entered_by=world.technician, submitted_by=world.technician,
            submitted_at=world.now, authorised_by=world.authoriser, authorised_at=world.now,
            authorisation_basis="TWO_PEOPLE",
        )
        for sample in samples
    )  # fmt: skip
    first = cycle(world, series, 1, date(2009, 1, 5))
    VenetoclaxCycle.objects.bulk_create(
        VenetoclaxCycle(
            treatment=first.treatment, patient=series.patient, number=place + 2, starts_on=on,
            ends_on=on + timedelta(days=27),
        )
        for place, on in enumerate(days[1:])
    )  # fmt: skip
    ClinicalEvent.objects.bulk_create(
        ClinicalEvent(patient=series.patient, kind="LAST_CONTACT", happened_on=on) for on in days
    )
