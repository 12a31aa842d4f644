"""The patient page: who it is, the verdict with its evidence, samples, cycles, alerts, timeline."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from monitoring.actions import patients
from monitoring.domain.readings import ReportedReading
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale
from monitoring.models import (
    MutationFinding,
    Patient,
    Sample,
)
from tests.patient_page import cycle, event, relapsed, shown, suspected
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


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
    assert "A marrow negative would end it as resolved without treatment" in page


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


def test_a_constructed_birth_date_is_marked_at_the_date(client: Client, world: World) -> None:
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(constructed=["born_on"])
    page = shown(client, world, series)
    assert "Born 14 Mar 1967 constructed (59 y)" in page
    assert "What is marked “constructed” is not in the source" in page
    html = client.get(f"/patients/{series.patient_id}/").content.decode()
    assert '14 Mar 1967 <span class="mark-c">constructed</span>' in html.replace("\u00a0", " ")
    client.cookies["django_language"] = "fr"
    assert "14 mars 1967 construit (59 ans)" in shown(client, world, series)


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
    world.amended(first, detected("0.03"))
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
    assert "Best response, marrow: Reduction, 1 log or more in cycle 1, 22 days after the start." in page


def test_low_positive_is_said_beside_the_response(client: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 1, 10), not_detected())
    world.authorised(series, date(2026, 2, 1), detected("0.5"))
    world.authorised(series, date(2026, 2, 15), detected("0.5"))
    cycle(world, series, 1, date(2026, 2, 20))
    world.authorised(series, date(2026, 3, 14), detected("0.02"))
    assert "low positive: 4 log or more below diagnosis" in shown(client, world, series)


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
