"""Entering one result: found by pseudonym or accession number, typed, read back in words, submitted."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from monitoring.models import MrdResult, MrdSeries, Sample
from monitoring.models.choices import MarkerChoice
from tests.integration.typed_entry import (
    NEW_SAMPLE,
    REPORTED,
    WELLS,
    address,
    hidden,
    post,
    submit,
    text_of,
    typed,
)
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient()


@pytest.fixture
def lab(client: Client, world: World, series: MrdSeries) -> Client:
    client.force_login(world.technician)
    return client


def written(world: World) -> list[MrdResult]:
    world.as_person(world.technician)
    return list(MrdResult.objects.order_by("pk"))


def nothing_was_written(world: World) -> bool:
    return not written(world) and not Sample.objects.exists()


# finding


def test_a_patient_is_found_by_exact_pseudonym(lab: Client, series: MrdSeries) -> None:
    answer = lab.get("/laboratory/results/new/", {"pseudonym": " P-0001 "})
    assert answer["Location"] == address(series)


@pytest.mark.parametrize("pseudonym", ["P-000", "0001", "P-0002", "%"])
def test_nothing_but_the_exact_pseudonym_finds(lab: Client, pseudonym: str) -> None:
    answer = lab.get("/laboratory/results/new/", {"pseudonym": pseudonym})
    assert "No patient with exactly this pseudonym" in text_of(answer)


def test_a_patient_is_found_by_accession_number(lab: Client, world: World, series: MrdSeries) -> None:
    sample = world.sample(series, date(2026, 11, 10))
    answer = lab.get("/laboratory/results/new/", {"accession": sample.accession_number})
    assert answer["Location"] == f"{address(series)}&accession={sample.accession_number}"


def test_a_patient_with_two_markers_is_asked_about(lab: Client, world: World, series: MrdSeries) -> None:
    world.as_person(world.clinician)
    MrdSeries.objects.create(patient=series.patient, marker=MarkerChoice.CBFB_MYH11)
    page = text_of(lab.get("/laboratory/results/new/", {"pseudonym": "P-0001"}))
    assert "More than one is meant" in page


def test_a_patient_of_another_centre_is_not_there(client: Client, world: World, series: MrdSeries) -> None:
    from tests.world import _person

    elsewhere = _person("elsewhere", "LABORATORY_TECHNICIAN", world.elsewhere)  # type: ignore[arg-type]
    client.force_login(elsewhere)
    assert "No patient" in text_of(client.get("/laboratory/results/new/", {"pseudonym": "P-0001"}))
    assert client.get(address(series)).status_code == 404


@pytest.mark.parametrize("person", ["clinician", "data_manager"])
def test_only_people_of_a_laboratory_enter(client: Client, world: World, series: MrdSeries, person: str) -> None:
    client.force_login(getattr(world, person))
    assert client.get(address(series)).status_code == 403
    assert post(client, address(series), typed(world.assay), "keep").status_code == 403
    assert nothing_was_written(world)


def test_the_page_shows_who_it_is_and_preselects_no_scale(lab: Client, series: MrdSeries) -> None:
    page = lab.get(address(series)).content.decode()
    assert "P-0001" in page
    assert "14 Mar 1967" in page
    assert '<option value="" selected>choose</option>' in page.split('name="scale"')[1].split("</select>")[0]


# the way through


def test_wells_are_read_back_in_words_before_anything_is_written(lab: Client, world: World, series: MrdSeries) -> None:
    page = post(lab, address(series), typed(world.assay), "read")
    said = text_of(page)
    assert page.status_code == 200
    assert "P-0001, marrow, Monday 16 November 2026." in said
    assert "0.0937 % of ABL1, that is 93.7 copies per 100,000 ABL1; limit 0.00306 % of ABL1." in said
    assert "NPM1 in 3 of 3 wells: 34; 28; 30; mean 30.7 copies." in said
    assert nothing_was_written(world)


def test_what_was_read_back_is_submitted_with_its_sample(lab: Client, world: World, series: MrdSeries) -> None:
    answer = submit(lab, address(series), typed(world.assay))
    (result,) = written(world)
    assert answer["Location"] == f"/laboratory/results/{result.pk}/"
    assert (result.state, result.submitted_by) == ("SUBMITTED", world.technician)
    assert result.sample.accession_number == "26-99001"
    assert [str(well.copies) for well in result.wells.order_by("target", "position")] == [
        "33839", "31623", "32712", "34", "28", "30",
    ]  # fmt: skip


def test_nothing_is_submitted_without_reading_back(lab: Client, world: World, series: MrdSeries) -> None:
    page = post(lab, address(series), typed(world.assay), "submit")
    assert "Read back before you submit" in text_of(page)
    assert nothing_was_written(world)


def test_what_changed_since_reading_back_is_read_back_again(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay)
    said = hidden(post(lab, address(series), form, "read"))
    answer = post(lab, address(series), {**form, **said, "target_1": "3400"}, "submit")
    assert answer.status_code == 409
    assert "no longer what would be written" in text_of(answer)
    assert nothing_was_written(world)


def test_change_something_brings_the_form_back_as_it_was_typed(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay, comment="second spin")
    page = post(lab, address(series), form, "change").content.decode()
    assert 'value="33839"' in page
    assert 'value="second spin"' in page
    assert 'value="2026-11-16"' in page


def test_a_draft_is_kept_and_not_submitted(lab: Client, world: World, series: MrdSeries) -> None:
    post(lab, address(series), typed(world.assay), "keep")
    (draft,) = written(world)
    assert (draft.state, draft.submitted_by) == ("DRAFT", None)


def test_a_sample_on_record_needs_its_number_only(lab: Client, world: World, series: MrdSeries) -> None:
    sample = world.sample(series, date(2026, 11, 10), "PB")
    form = typed(world.assay, {"accession_number": sample.accession_number}, WELLS)
    assert "blood, Tuesday 10 November 2026" in text_of(post(lab, address(series), form, "read"))
    submit(lab, address(series), form)
    (result,) = written(world)
    assert (result.sample_id, result.tissue) == (sample.pk, "PB")


def test_facts_that_differ_from_the_record_are_asked_about(lab: Client, world: World, series: MrdSeries) -> None:
    sample = world.sample(series, date(2026, 11, 10), "PB")
    form = typed(world.assay, NEW_SAMPLE, WELLS, accession_number=sample.accession_number)
    answer = post(lab, address(series), form, "read")
    assert answer.status_code == 422
    assert "on record with: blood" in text_of(answer)
    assert "on record with: 10 Nov 2026" in text_of(answer)


@pytest.mark.parametrize("no_amplification", ["-", "ND", "0", "u"])
def test_no_amplification_in_any_way_of_writing_is_not_detected(
    lab: Client, world: World, series: MrdSeries, no_amplification: str
) -> None:
    wells = dict.fromkeys(("target_1", "target_2", "target_3"), no_amplification)
    said = text_of(post(lab, address(series), typed(world.assay, **wells), "read"))
    assert "Not detected; limit 0.00306 % of ABL1." in said
    assert "NPM1 in 0 of 3 wells: none; none; none" in said


def test_an_empty_well_was_not_measured(lab: Client, world: World, series: MrdSeries) -> None:
    said = text_of(post(lab, address(series), typed(world.assay, target_3=""), "read"))
    assert "NPM1 in 2 of 2 wells: 34; 28" in said


@pytest.mark.parametrize(
    ("value", "scale", "pct"),
    [
        ("0.093", "PCT_ABL1", "0.093"),
        ("0,093", "PCT_ABL1", "0.093"),
        ("9.3", "PER_10_4_ABL1", "0.093"),
        ("93", "PER_10_5_ABL1", "0.093"),
        ("0.00093", "RATIO", "0.093"),
        ("0.0093", "PCT_BASELINE", "0.093"),
    ],
)
def test_a_reported_value_is_brought_to_one_scale(
    lab: Client, world: World, series: MrdSeries, value: str, scale: str, pct: str
) -> None:
    submit(lab, address(series), typed(world.assay, NEW_SAMPLE, REPORTED, value=value, scale=scale))
    (result,) = written(world)
    assert float(result.pct_abl1 or 0) == float(pct)
    assert result.entered_scale == scale


def test_a_level_that_could_be_grouped_is_read_back_with_what_it_is_not(
    lab: Client, world: World, series: MrdSeries
) -> None:
    form = typed(world.assay, NEW_SAMPLE, REPORTED, value="1,234")
    assert "“1,234” is read as 1.234, not as 1234." in text_of(post(lab, address(series), form, "read"))


def test_a_copies_scale_asks_what_a_grouped_number_means(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay, NEW_SAMPLE, REPORTED, value="1,234", scale="PER_10_5_ABL1")
    asked = post(lab, address(series), form, "read")
    assert asked.status_code == 422
    assert "“1,234”: 1234, or 1.234?" in text_of(asked)
    answered = text_of(post(lab, address(series), {**form, "meant-value": "1234"}, "read"))
    assert "1.23 % of ABL1" in answered


def test_a_target_seen_in_a_poor_sample_is_said_as_an_alert(lab: Client, world: World, series: MrdSeries) -> None:
    said = text_of(post(lab, address(series), typed(world.assay, abl1_1="400", abl1_2="410", abl1_3=""), "read"))
    assert "Not evaluable: ABL1 405 copies, below 1,000; but the target was seen." in said
    assert "Transcript seen in an inadequate sample" in said
    assert "Repeat with new cDNA" in said


def test_an_assay_of_another_mutation_type_is_said_plainly(lab: Client, world: World) -> None:
    other = world.patient(mutation_type="B")
    said = text_of(post(lab, address(other), typed(world.assay), "read"))
    assert "The assay was not made for the mutation type of this patient" in said
    assert "Not evaluable" in said


def test_circumstances_of_the_sample_are_cautioned(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay, hours_to_lysis="80", anticoagulant="heparin", first_pull="no")
    said = text_of(post(lab, address(series), form, "read"))
    assert "80 hours to lysis, more than 72" in said
    assert "Heparin inhibits PCR" in said
    assert "Not the first pull" in said


# bad input: a sentence at the field, 4xx, nothing written, nothing lost


BAD = [
    ({"accession_number": ""}, "Type the accession number of the tube."),
    ({"tissue": ""}, "Say marrow or blood"),
    ({"collected_on": ""}, "Type the day of collection"),
    ({"collected_on": "2026-11-31"}, "“2026-11-31” is no day of the calendar."),
    ({"collected_on": "16/11/2026"}, "“16/11/2026” could be two days."),
    ({"collected_on": "2026-11-21"}, "This day is in the future."),
    ({"collected_on": "1966-11-16"}, "This day is before the patient's birth."),
    ({"received_on": "2026-11-15"}, "The sample was received before it was taken."),
    ({"collected_time": "25:70"}, "Write the time as 09:30."),
    ({"assay": ""}, "Choose the assay."),
    ({"abl1_1": "30.000"}, "“30.000”: 30000, or 30?"),
    ({"abl1_1": "1,000"}, "“1,000”: 1000, or 1?"),
    ({"target_1": "-5"}, "“-5” has a sign."),
    ({"target_1": "NaN"}, "“NaN” is not a number."),
    ({"target_1": "<10"}, "“<10” is a limit, not a value."),
    ({"target_1": "3.5"}, "copies are whole numbers"),
    ({"target_1": "", "target_2": "", "target_3": ""}, "Type the copies of at least one well"),
    ({"abl1_1": "", "abl1_2": "", "abl1_3": ""}, "without its control gene there is no result"),
    ({"value": "0.5"}, "Both ways are filled in."),
]
BAD_REPORT = [
    ({"scale": ""}, "Choose the scale: a number without its unit is refused."),
    ({"call": ""}, "Choose what the laboratory found."),
    ({"value": "0"}, "0 is not a level."),
    ({"value": "-0.1"}, "“-0.1” has a sign."),
    ({"value": "<0.01"}, "“<0.01” is a limit, not a value."),
    ({"value": "inf"}, "“inf” is not a number."),
    ({"call": "NOT_DETECTED"}, "A value goes with “Detected” only."),
    ({"abl1_copies": "30.000"}, "“30.000”: 30000, or 30?"),
    ({"limit": "0"}, "0 is not a level."),
    ({"scale": "PCT_BASELINE", "tissue": "PB"}, "The level at diagnosis in this tissue is not on record"),
    ({"target_1": "30"}, "Both ways are filled in."),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD)
def test_bad_input_is_answered_with_a_sentence_and_keeps_what_was_typed(
    lab: Client, world: World, series: MrdSeries, changes: dict[str, str], sentence: str
) -> None:
    form = typed(world.assay, comment="typed with care") | changes
    answer = post(lab, address(series), form, "read")
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    page = answer.content.decode()
    assert 'value="typed with care"' in page
    assert all(f'value="{value}"' in page for value in form.values() if value.isdecimal() and len(value) > 1)
    assert nothing_was_written(world)


@pytest.mark.parametrize("step", ["keep", "submit"])
def test_no_button_lets_bad_input_through(lab: Client, world: World, series: MrdSeries, step: str) -> None:
    for changes in ({"abl1_1": "30.000"}, {"collected_on": "2026-11-21"}, {"tissue": ""}):
        assert post(lab, address(series), typed(world.assay, **changes), step).status_code == 422
    assert nothing_was_written(world)


@pytest.mark.parametrize(("changes", "sentence"), BAD_REPORT)
def test_a_bad_report_is_answered_with_a_sentence(
    lab: Client, world: World, series: MrdSeries, changes: dict[str, str], sentence: str
) -> None:
    answer = post(lab, address(series), typed(world.assay, NEW_SAMPLE, REPORTED, **changes), "read")
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert nothing_was_written(world)


def test_everything_wrong_is_told_at_once(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay, tissue="", collected_on="2026-11-31", abl1_1="30.000")
    assert "3 things to correct" in text_of(post(lab, address(series), form, "read"))


def test_a_question_offers_both_readings_with_what_each_would_give(
    lab: Client, world: World, series: MrdSeries
) -> None:
    form = typed(world.assay, abl1_1="30.000", abl1_2="", abl1_3="")
    page = post(lab, address(series), form, "read")
    said, html = text_of(page), page.content.decode()
    assert "0.102 % of ABL1" in said
    assert "Not evaluable: ABL1 30 copies, below 1,000; but the target was seen." in said
    assert 'name="meant-abl1_1" value="30000"' in html
    assert "checked" not in html.split('name="meant-abl1_1"')[1].split("</fieldset>")[0]


def test_the_answer_to_a_question_is_read_back_and_submitted(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay, abl1_1="30.000", **{"meant-abl1_1": "30000"})
    assert "ABL1: 30,000; 31,623; 32,712" in text_of(post(lab, address(series), form, "read"))
    submit(lab, address(series), form)
    assert [result.state for result in written(world)] == ["SUBMITTED"]


def test_an_answer_stays_in_sight_and_can_be_changed(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay, abl1_1="30.000", **{"meant-abl1_1": "30000"})
    page = post(lab, address(series), form, "change")
    html = page.content.decode()
    assert "“30.000” is read as 30000, not as 30." in text_of(page)
    assert 'name="meant-abl1_1" value="30000" checked' in html
    assert 'name="meant-abl1_1" value="30"' in html


def test_a_sample_of_another_patient_is_refused_without_saying_whose(
    lab: Client, world: World, series: MrdSeries
) -> None:
    other = world.sample(world.patient(), date(2026, 11, 10))
    answer = post(lab, address(series), typed(world.assay, accession_number=other.accession_number), "read")
    assert answer.status_code == 422
    assert "belongs to another sample of the laboratory" in text_of(answer)
    assert "P-0002" not in answer.content.decode()
    assert not written(world)


def test_a_sample_of_a_patient_out_of_sight_is_refused_with_the_same_sentence(
    lab: Client, world: World, series: MrdSeries
) -> None:
    other = world.sample(world.patient(), date(2026, 11, 10))
    seen = text_of(post(lab, address(series), typed(world.assay, accession_number=other.accession_number), "read"))
    world.as_person(world.clinician)
    other.patient.care_relations.update(ends_on=date(2026, 1, 1), starts_on=date(2025, 1, 1))
    unseen = text_of(post(lab, address(series), typed(world.assay, accession_number=other.accession_number), "read"))
    assert seen == unseen


def test_a_second_result_of_the_same_sample_and_assay_is_a_conflict(
    lab: Client, world: World, series: MrdSeries
) -> None:
    first = world.submitted(series, date(2026, 11, 10), detected("0.1"))
    form = typed(world.assay, {"accession_number": first.sample.accession_number}, WELLS, comment="again")
    for step in ("read", "keep"):
        answer = post(lab, address(series), form, step)
        assert answer.status_code == 409
        assert "already has a result of this assay" in text_of(answer)
        assert f"/laboratory/results/{first.pk}/" in answer.content.decode()
        assert 'value="again"' in answer.content.decode()
    assert written(world) == [first]


# the preview


def test_the_preview_says_what_is_understood_and_writes_nothing(lab: Client, world: World, series: MrdSeries) -> None:
    answer = lab.post(address(series), typed(world.assay), headers={"HX-Request": "true"})
    said = text_of(answer)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "0.0937 % of ABL1" in said
    assert "New sample: marrow, Monday 16 November 2026." in said
    assert all(words in said for words in ("ELN 2021", "ELN 2025", "Tiong 2020", "copies per 10⁵ ABL1", "4.03 log"))
    assert nothing_was_written(world)


def test_the_preview_tells_what_is_missing_without_scolding(lab: Client, world: World, series: MrdSeries) -> None:
    said = text_of(lab.post(address(series), {"way": "copies"}, headers={"HX-Request": "true"}))
    assert "Still missing: Assay NPM1, well 1 ABL1, well 1" in said
    assert "refused" not in said


def test_the_preview_asks_for_the_tissue_before_it_counts_against_diagnosis(
    lab: Client, world: World, series: MrdSeries
) -> None:
    form = typed(world.assay, REPORTED, scale="PCT_BASELINE")
    said = text_of(lab.post(address(series), form, headers={"HX-Request": "true"}))
    assert "“% of diagnosis” needs the tissue" in said


def test_the_preview_puts_the_question_under_its_cell(lab: Client, world: World, series: MrdSeries) -> None:
    form = typed(world.assay, abl1_2="30.000")
    html = lab.post(address(series), form, headers={"HX-Request": "true"}).content.decode()
    cell = html.split('id="say-abl1_2"')[1].split('id="say-')[0]
    assert "hx-swap-oob" in cell
    assert 'value="30000"' in cell


def test_the_class_follows_the_series(lab: Client, world: World, series: MrdSeries) -> None:
    world.authorised(series, date(2026, 7, 1), not_detected())
    form = typed(world.assay, target_1="340000", target_2="340000", target_3="340000")
    said = text_of(lab.post(address(series), form, headers={"HX-Request": "true"}))
    assert said.count("Positive") >= 3


def test_a_french_reader_is_answered_in_french_numbers(lab: Client, world: World, series: MrdSeries) -> None:
    answer = lab.post(address(series), {**typed(world.assay), "step": "read"}, headers={"Accept-Language": "fr"})
    assert "0,0937" in answer.content.decode()


def test_reading_the_page_is_logged(lab: Client, world: World, series: MrdSeries) -> None:
    from monitoring.models import ReadEntry

    lab.get(address(series))
    world.as_person(world.technician)
    assert ReadEntry.objects.filter(actor_id=world.technician.pk, patient_id=series.patient_id).count() == 1
