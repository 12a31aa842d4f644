"""The patient page: who it is, the verdict with its evidence, samples, cycles, alerts, timeline, as of a day."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.actions import events, patients, results, treatments
from monitoring.domain.readings import ReportedReading
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale
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
    User,
    VenetoclaxCycle,
)
from monitoring.models.choices import MarkerChoice, TissueChoice
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def relapsed(world: World) -> MrdSeries:
    series = suspected(world)
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    return series


def shown(client: Client, world: World, series: MrdSeries, by: User | None = None, **query: str) -> str:
    """The words of the page, without tags, with plain spaces."""
    client.force_login(by or world.clinician)
    answer = client.get(f"/patients/{series.patient_id}/", query)
    assert answer.status_code == 200
    world.as_person(world.clinician)
    text = unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def event(world: World, series: MrdSeries, kind: str, on: date, **details: str) -> ClinicalEvent:
    world.as_person(world.clinician)
    row = ClinicalEvent(kind=kind, happened_on=on, **details)
    return events.record(by=world.clinician, patient=series.patient, event=row, now=world.now)


def cycle(world: World, series: MrdSeries, number: int, on: date, **facts: object) -> VenetoclaxCycle:
    world.as_person(world.clinician)
    row = VenetoclaxCycle(number=number, starts_on=on, ends_on=on + timedelta(days=27), **facts)
    return treatments.record_cycle(
        by=world.clinician, patient=series.patient, cycle=row, regimen="VEN-AZA", now=world.now
    )


def test_the_verdict_is_a_sentence_with_its_evidence_rule_and_citation(client: Client, world: World) -> None:
    page = shown(client, world, relapsed(world))
    assert (
        "Confirmed molecular relapse : NPM1 came back in the marrow at 0.02 % of ABL1 on 29 October 2026 "
        "and was still there, at 0.093 %, 18 days later."
    ) in page.replace("relapse:", "relapse :")
    assert "By ELN 2021, the rule set that raises alerts here. Relapse date 29 Oct 2026" in page
    assert "day 18 of 28 in time" in page
    assert "Rule R1, conversion." in page
    assert "doi:10.1182/blood.2021013626" in page
    assert "A marrow negative would be a response: negativity." in page


def test_a_rule_set_that_differs_is_named_with_its_reason(client: Client, world: World) -> None:
    page = shown(client, world, relapsed(world))
    assert "ELN 2025 does not agree" in page
    assert "ELN 2025 differs. It calls no relapse: low level. It calls a relapse only at 0.1 % of ABL1" in page


def test_the_banner_says_who_it_is(client: Client, world: World) -> None:
    series = world.patient()
    finding = MutationFinding(gene="DNMT3A", variant="R882H", status="PRESENT", found_on=date(2024, 6, 3))
    patients.record_finding(by=world.clinician, patient=series.patient, finding=finding, now=world.now)
    event(world, series, "HSCT", date(2026, 6, 25), donor="unrelated 10/10")
    page = shown(client, world, series)
    for words in ("P-0001", "Born 14 Mar 1967 (59 y)", "Female", "AML with mutated NPM1", "DNMT3A R882H"):
        assert words in page
    assert "HSCT 25 Jun 2026, unrelated 10/10" in page


def test_every_sample_stands_in_the_table_with_class_limit_and_signature(client: Client, world: World) -> None:
    page = shown(client, world, relapsed(world))
    table = page[page.index("Samples 3 results") : page.index("Events, treatment and findings")]
    assert "16 Nov 2026 marrow 0.093 0.0025 40,000 Low level 4.03 log confirming, day 18 Authoriser" in table
    assert "29 Oct 2026 marrow 0.02 0.0025 40,000 Low level 4.70 log index, relapse 1 Authoriser" in table
    assert "1 Jul 2026 marrow not detected 0.0025 40,000 Negative Authoriser" in table
    assert table.index("16 Nov") < table.index("29 Oct") < table.index("1 Jul") < table.index("baseline")


def test_samples_that_decide_are_marked_and_inert_ones_say_why(client: Client, world: World) -> None:
    series = relapsed(world)
    world.authorised(series, date(2026, 11, 18), not_detected(720), tissue="PB")
    world.authorised(series, date(2026, 11, 19), not_detected(6800), tissue="PB")
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/").content.decode()
    assert len(re.findall(r'<tr class="hot"', html)) == 2
    assert "ABL1 720: below 1,000" in html
    assert "ABL1 6,800: below 10,000" in html


def test_courses_are_kept_apart(client: Client, world: World) -> None:
    series = suspected(world)
    event(world, series, "HSCT", date(2026, 8, 1))
    page = shown(client, world, series)
    assert "Course 2, after HSCT, 1 Aug 2026" in page
    assert page.index("Course 2") < page.index("Course 1, from diagnosis")


def test_a_value_typed_in_per_cent_of_diagnosis_is_shown_as_typed(client: Client, world: World) -> None:
    series = world.patient()
    reading = ReportedReading(Call.DETECTED, Decimal("14.1264"), Scale.PCT_BASELINE, Decimal(40_000))
    world.authorised(series, date(2026, 10, 1), reading)
    assert "14.1264 % of diagnosis 141 % of ABL1" in shown(client, world, series)


def test_constructed_values_are_marked_at_the_value(client: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 10, 1), not_detected())
    world.as_person(world.technician)
    Sample.objects.filter(patient=series.patient_id).update(constructed=["collected_on"])
    page = shown(client, world, series)
    assert "constructed: date" in page
    assert "What is marked “constructed” is not in the source" in page


def test_nothing_is_said_of_construction_where_nothing_was(client: Client, world: World) -> None:
    assert "constructed" not in shown(client, world, suspected(world))


def test_a_made_up_patient_says_so(client: Client, world: World) -> None:
    series = world.patient()
    world.as_person(world.clinician)
    Patient.objects.filter(pk=series.patient_id).update(is_synthetic=True)
    assert "Demonstration record: no patient of this centre" in shown(client, world, series)


def test_results_that_wait_for_a_signature_are_counted_and_count_nowhere(client: Client, world: World) -> None:
    series = suspected(world)
    world.submitted(series, date(2026, 11, 16), detected("0.093"))
    page = shown(client, world, series)
    assert "1 more is entered and not yet authorised: it counts nowhere." in page
    assert "Suspected molecular relapse" in page


def test_an_amended_result_shows_its_version(client: Client, world: World) -> None:
    series = world.patient()
    first = world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.as_person(world.technician)
    draft = results.amend(by=world.technician, result=first, reading=detected("0.03"), reason="repeat")
    second = results.submit(by=world.technician, result=draft, now=world.now)
    world.as_person(world.authoriser)
    seen = results.Seen(second.version, second.submitted_at)
    results.authorise(by=world.authoriser, result=second, seen=seen, now=world.now)
    page = shown(client, world, series)
    assert "29 Oct 2026 marrow 0.03" in page
    assert "version 2" in page


def test_cycles_stand_with_dose_days_partner_and_response(client: Client, world: World) -> None:
    series = relapsed(world)
    cycle(
        world, series, 1, date(2026, 11, 17), dose_mg=400, planned_days=14, given_days=3, partner_drug="AZACITIDINE",
        partner_dose_mg_m2=Decimal(75), partner_days=7, cyp3a4="POSACONAZOLE",
    )  # fmt: skip
    page = shown(client, world, series)
    assert "VEN-AZA, for relapse 1" in page
    assert "C1 17 Nov 2026 400 3 of 14 azacitidine 75 mg/m², 7 days posaconazole" in page
    assert page.count("to be judged from 7 Dec 2026") == 2


def test_the_response_of_a_cycle_shows_the_sample_behind_it(client: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 1, 10), not_detected())
    world.authorised(series, date(2026, 2, 1), detected("0.5"))
    world.authorised(series, date(2026, 2, 15), detected("0.5"))
    cycle(world, series, 1, date(2026, 2, 20))
    world.authorised(series, date(2026, 3, 14), detected("0.05"))
    page = shown(client, world, series)
    assert "Reduction, 1 log or more" in page
    assert "0.5 % → 0.05 %, −1.00 log" in page
    assert "response against the last value before C1: marrow 0.5 %" in page


def test_a_course_without_cycles_says_so(client: Client, world: World) -> None:
    assert "No cycle is on record." in shown(client, world, world.patient())


def test_an_open_alert_offers_its_form_and_nothing_is_preselected(client: Client, world: World) -> None:
    series = relapsed(world)
    client.force_login(world.clinician)
    html = client.get(f"/patients/{series.patient_id}/").content.decode()
    assert "Not yet acknowledged" in html
    form = html[html.index("/acknowledge/") : html.index("</form>", html.index("/acknowledge/"))]
    assert "checked" not in form
    assert '<option value="" selected>' in form


def test_a_data_manager_sees_the_alert_and_no_form(client: Client, world: World) -> None:
    series = relapsed(world)
    page = shown(client, world, series, by=world.data_manager)
    assert "Not yet acknowledged" in page
    assert "Action taken" not in page


def test_the_schedule_names_the_next_sample(client: Client, world: World) -> None:
    page = shown(client, world, suspected(world))
    assert "Marrow or blood Confirming sample 26 Nov 2026 best by 12 Nov 2026 6 days left" in page


def test_an_episode_that_is_over_stays_under_earlier(client: Client, world: World) -> None:
    series = suspected(world)
    world.authorised(series, date(2026, 11, 16), not_detected())
    page = shown(client, world, series)
    assert "Negative : NPM1 was not detected" in page.replace("Negative:", "Negative :")
    assert "Earlier Molecular relapse suspected, not confirmed 29 Oct 2026, closed 16 Nov 2026." in page


def test_events_treatment_and_findings_stand_in_one_timeline(client: Client, world: World) -> None:
    series = world.patient()
    event(world, series, "DLI", date(2026, 9, 1), detail="1 × 10⁶/kg")
    page = shown(client, world, series)
    timeline = page[page.index("Events, treatment and findings") :]
    assert "1 Sep 2026 Donor lymphocytes (DLI) 1 × 10⁶/kg" in timeline
    assert "10 Jun 2024 to 6 Jan 2025 First line: 7+3" in timeline
    assert timeline.index("1 Sep 2026") < timeline.index("10 Jun 2024")


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
    patients.follow(by=world.clinician, patient=series.patient, marker=MarkerChoice.CBFB_MYH11, mutation_type="A")
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
    patients.share(by=world.clinician, patient=series.patient, relation=relation)
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
