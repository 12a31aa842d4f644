"""Bad input while one result is entered: a sentence at the field, 4xx, nothing written, nothing lost."""

from datetime import date

import pytest
from django.test import Client

from monitoring.models import MrdSeries
from tests.integration.typed_entry import (
    NEW_SAMPLE,
    REPORTED,
    WELLS,
    address,
    nothing_was_written,
    post,
    submit,
    text_of,
    typed,
    written,
)
from tests.world import World, detected

pytestmark = pytest.mark.usefixtures("today")


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
