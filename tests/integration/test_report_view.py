"""The report of a patient as PDF: who gets it, from which standpoint, in which language, and what it says."""

import re
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.actions import markers
from monitoring.models import ClinicalEvent, Disease, MrdSeries, Patient, ReadEntry, Treatment, VenetoclaxCycle
from monitoring.models.choices import MarkerChoice
from monitoring.reports.sheet import Report
from tests.patient_page import cycle, event, relapsed, suspected
from tests.reports import composing, pages_of, unpacked
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def composed() -> Iterator[list[Report]]:
    with composing() as found:
        yield found


def asked(client: Client, world: World, patient: Patient, **query: str) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.get(f"/patients/{patient.pk}/report.pdf", query)
    world.as_person(world.clinician)
    return answer


def test_it_is_a_pdf_for_this_person_only_named_by_pseudonym_and_day(client: Client, world: World) -> None:
    answer = asked(client, world, relapsed(world).patient)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="P-0001-2026-11-20.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")


def test_it_is_tagged_says_its_language_and_claims_pdf_ua(client: Client, world: World) -> None:
    whole = unpacked(asked(client, world, relapsed(world).patient, lang="fr").content)
    for part in (b"/StructTreeRoot", b"/Lang", b"/MarkInfo", b"/Alt", b"pdfuaid:part"):
        assert part in whole
    assert re.search(rb"/Lang\s*\(fr\)", whole)


def test_a_patient_of_few_samples_stands_on_one_page(client: Client, world: World) -> None:
    assert pages_of(asked(client, world, relapsed(world).patient).content) == 1


def test_it_says_verdict_evidence_rules_and_who_authorised(
    client: Client, world: World, composed: list[Report]
) -> None:
    asked(client, world, relapsed(world).patient)
    [sheet] = composed[0].sheets
    assert sheet.marker is not None
    assert sheet.marker.verdict.lead == "Confirmed molecular relapse"
    assert "Relapse date 29 Oct 2026" in sheet.marker.verdict.by
    assert sheet.marker.why.rule.startswith("Rule R1")
    assert "Heuser" in sheet.marker.why.source
    assert sheet.marker.rulesets[0].ruleset == "ELN 2021"
    newest = sheet.marker.samples[0].samples[0]
    assert (newest.on, newest.level, newest.authorised) == ("16 Nov 2026", "0.093", "Authoriser, 20 Nov 2026")
    assert newest.decides
    assert "Supports clinicians; never decides treatment." in sheet.foot
    assert "edition" in sheet.foot
    assert "printed 20 Nov 2026, 11:00 by Clinician" in sheet.head


def test_alerts_that_wait_stand_in_it(client: Client, world: World, composed: list[Report]) -> None:
    series = relapsed(world)
    asked(client, world, series.patient)
    marker = composed[0].sheets[0].marker
    assert marker is not None
    assert [line.alert.words for line in marker.alerts.waiting] == ["Confirmed molecular relapse, marrow, 29 Oct 2026"]


def test_cycles_stand_with_dose_days_and_the_response_of_each_tissue(
    client: Client, world: World, composed: list[Report]
) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 8, 1), detected("0.02"))
    world.authorised(series, date(2026, 8, 20), detected("0.5"))
    cycle(world, series, 1, date(2026, 9, 1), dose_mg=400, planned_days=14, given_days=12)
    world.authorised(series, date(2026, 9, 29), not_detected())
    asked(client, world, series.patient)
    marker = composed[0].sheets[0].marker
    assert marker is not None
    [line] = marker.cycles[0].cycles
    assert (line.name, line.dose, line.days) == ("C1", "400", "12 of 14")
    assert line.marrow is not None
    assert line.marrow.response.words == "Negativity"


def test_the_pseudonym_alone_stands_on_it_unless_the_person_asks(
    client: Client, world: World, composed: list[Report]
) -> None:
    patient = relapsed(world).patient
    Patient.objects.filter(pk=patient.pk).update(family_name="Martin", given_name="Ada", hospital_number="77-1")
    asked(client, world, patient)
    asked(client, world, patient, names="yes")
    without, with_name = ([fact.value for fact in report.sheets[0].facts] for report in composed)
    assert not {"Ada Martin", "77-1"} & set(without)
    assert {"Ada Martin", "77-1"} <= set(with_name)


def test_constructed_days_of_the_banner_are_marked(client: Client, world: World, composed: list[Report]) -> None:
    patient = relapsed(world).patient
    world.as_person(world.clinician)
    Patient.objects.filter(pk=patient.pk).update(constructed=["born_on"])
    Disease.objects.filter(patient=patient).update(constructed=["diagnosed_on"])
    for language in ("en", "fr"):
        asked(client, world, patient, lang=language)
    english, french = ({fact.name: fact.value for fact in report.sheets[0].facts} for report in composed)
    assert english["Born"].replace("\u00a0", " ") == "14 Mar 1967, constructed (59 y)"
    assert english["Diagnosed"] == "3 Jun 2024, constructed"
    assert ", construit" in french["Diagnostic"]
    assert "Some values were constructed" in {notice.title for notice in composed[0].sheets[0].notices}


def test_it_speaks_the_language_asked_for(client: Client, world: World, composed: list[Report]) -> None:
    patient = relapsed(world).patient
    asked(client, world, patient, lang="fr")
    marker = composed[0].sheets[0].marker
    assert composed[0].language == "fr"
    assert marker is not None
    assert marker.samples[0].samples[0].level == "0,093"
    assert asked(client, world, patient, lang="xx").status_code == 404


def test_as_of_a_day_it_says_so_in_a_band_and_leaves_out_what_came_later(
    client: Client, world: World, composed: list[Report]
) -> None:
    asked(client, world, relapsed(world).patient, as_of="2026-11-10")
    [sheet] = composed[0].sheets
    assert sheet.band is not None
    assert sheet.marker is not None
    assert sheet.band.title == "The record as of 10 Nov 2026"
    assert sheet.marker.verdict.lead == "Suspected molecular relapse"
    assert "16 Nov 2026" not in {line.on for course in sheet.marker.samples for line in course.samples}
    assert "as of 10 Nov" in sheet.marker.curve.svg


def test_each_marker_has_a_page_of_its_own_or_one_alone_is_asked_for(
    client: Client, world: World, composed: list[Report]
) -> None:
    patient = relapsed(world).patient
    markers.follow(by=world.clinician, patient=patient, marker=MarkerChoice.CBFB_MYH11, mutation_type="A")
    assert pages_of(asked(client, world, patient).content) == 2
    asked(client, world, patient, marker="CBFB::MYH11")
    titles = [[sheet.marker.title for sheet in report.sheets if sheet.marker] for report in composed]
    assert titles == [["NPM1 type A", "CBFB::MYH11 type A"], ["CBFB::MYH11 type A"]]
    assert asked(client, world, patient, marker="RUNX1::RUNX1T1").status_code == 404


def test_a_patient_without_a_marker_and_one_without_a_sample_have_a_page(
    client: Client, world: World, composed: list[Report]
) -> None:
    bare = Patient.objects.create(centre=world.centre, pseudonym="P-9000", born_on=date(1970, 1, 1), sex="F")
    bare.care_relations.create(centre=world.centre, role="TREATING", starts_on=date(2024, 1, 1))
    assert pages_of(asked(client, world, bare).content) == 1
    assert composed[0].sheets[0].notices[0].title == "No marker is followed in this patient yet."
    assert pages_of(asked(client, world, world.patient().patient).content) == 1
    marker = composed[1].sheets[0].marker
    assert marker is not None
    assert marker.verdict.lead == "No evaluable result"


def test_a_death_is_the_first_thing_to_read(client: Client, world: World, composed: list[Report]) -> None:
    series = relapsed(world)
    event(world, series, "DEATH", date(2026, 11, 18), cause="relapse")
    asked(client, world, series.patient)
    assert composed[0].sheets[0].notices[0].title == "Died on 18 Nov 2026"


def test_what_people_typed_is_text_and_never_a_program(client: Client, world: World, composed: list[Report]) -> None:
    typed = '#panic("x") *_$ = \x1e\x0b </text> & <b>'
    series = suspected(world)
    event(world, series, "HSCT", date(2026, 5, 1), donor=typed)
    cycle(world, series, 1, date(2026, 11, 1), stopped_because=typed)
    Treatment.objects.filter(patient=series.patient, kind="FIRST_LINE").update(regimen=typed)
    answer = asked(client, world, series.patient)
    assert answer.status_code == 200
    sheet = composed[0].sheets[0]
    assert sheet.marker is not None
    assert any(typed in fact.value for fact in sheet.facts)
    assert any(typed in one for course in sheet.marker.cycles for line in course.cycles for one in line.happened)
    assert "<b>" not in sheet.marker.curve.svg


def test_a_long_table_goes_on_over_the_page(client: Client, world: World) -> None:
    world.crowd(1, [(date(2024, 7, 1) + timedelta(days=14 * n), "0.02" if n % 3 else None) for n in range(60)])
    patient = Patient.objects.get(pseudonym__startswith="C-")
    assert pages_of(asked(client, world, patient).content) == 2


def test_the_number_of_queries_does_not_grow_with_the_record(client: Client, world: World) -> None:
    few, many = relapsed(world), relapsed(world)
    cycle(world, few, 1, date(2026, 3, 1))
    event(world, few, "GVHD", date(2026, 1, 1))
    for number in range(1, 6):
        cycle(world, many, number, date(2026, 3, 1) + timedelta(days=28 * number))
        world.authorised(many, date(2026, 2, 1) + timedelta(days=7 * number), not_detected())
        event(world, many, "GVHD", date(2026, 1, 1) + timedelta(days=number))
    for series in (few, many):
        asked(client, world, series.patient)

    def count(series: MrdSeries) -> int:
        with CaptureQueriesContext(connection) as captured:
            asked(client, world, series.patient)
        return len(captured)

    assert count(few) == count(many)


def test_a_patient_of_sixty_samples_sixteen_cycles_and_twenty_events_comes_out_at_once(
    client: Client, world: World
) -> None:
    """Measured at 0.2 s on two quiet cores; the margin is wide on purpose."""
    world.crowd(1, [(date(2024, 7, 1) + timedelta(days=14 * n), "0.02" if n % 3 else None) for n in range(60)])
    patient = Patient.objects.get(pseudonym__startswith="C-")
    line = patient.treatments.create(kind="PRE_EMPTIVE", regimen="VEN-AZA", starts_on=date(2025, 3, 1))
    for number in range(1, 17):
        day_1 = date(2025, 3, 1) + timedelta(days=28 * (number - 1))
        VenetoclaxCycle.objects.create(
            patient=patient, treatment=line, number=number, starts_on=day_1, ends_on=day_1 + timedelta(days=27),
            dose_mg=400, planned_days=14, given_days=14,
        )  # fmt: skip
    for number in range(20):
        ClinicalEvent.objects.create(
            patient=patient, kind="GVHD", happened_on=date(2025, 1, 1) + timedelta(days=30 * number)
        )
    asked(client, world, patient)
    start = time.perf_counter()
    assert asked(client, world, patient).status_code == 200
    took = time.perf_counter() - start
    assert took < 10  # s


def test_reading_it_is_logged_as_reading_the_chart(client: Client, world: World) -> None:
    patient = relapsed(world).patient
    asked(client, world, patient)
    assert ReadEntry.objects.filter(patient_id=patient.pk, actor_id=world.clinician.pk, channel="pdf").count() == 1


def test_a_stranger_and_a_laboratory_get_none(client: Client, world: World) -> None:
    patient = relapsed(world).patient
    for person, status in ((world.stranger, 404), (world.technician, 403)):
        client.force_login(person)
        assert client.get(f"/patients/{patient.pk}/report.pdf").status_code == status
    client.logout()
    assert client.get(f"/patients/{patient.pk}/report.pdf").status_code == 302


@pytest.mark.parametrize("query", [{"as_of": "2027-01-01"}, {"known_at": "2027-01-01 10:00"}, {"known_at": "soon"}])
def test_what_cannot_be_asked_is_told_at_its_field_without_the_record(
    client: Client, world: World, query: dict[str, str]
) -> None:
    answer = asked(client, world, relapsed(world).patient, **query)
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/html")
    assert "0.093" not in answer.content.decode()


def test_the_page_leads_to_it_from_its_own_standpoint(client: Client, world: World) -> None:
    patient = relapsed(world).patient
    client.force_login(world.clinician)
    page = client.get(f"/patients/{patient.pk}/", {"as_of": "2026-11-10"}).content.decode()
    assert f'href="/patients/{patient.pk}/report.pdf?as_of=2026-11-10"' in page
    assert 'name="names"' not in page


def test_where_a_name_is_on_record_the_page_asks_whether_it_is_printed(client: Client, world: World) -> None:
    patient = relapsed(world).patient
    Patient.objects.filter(pk=patient.pk).update(family_name="Martin")
    client.force_login(world.clinician)
    page = client.get(f"/patients/{patient.pk}/", {"as_of": "2026-11-10"}).content.decode()
    form = page[page.index(f'action="/patients/{patient.pk}/report.pdf"') :].partition("</form>")[0]
    assert 'name="as_of" value="2026-11-10"' in form
    assert 'type="checkbox" id="report_names" name="names" value="yes">' in form
