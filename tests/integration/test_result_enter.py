"""Entering one result: typed, read back in words, submitted."""

from datetime import date

import pytest
from django.test import Client

from monitoring.models import MrdSeries
from tests.integration.typed_entry import (
    NEW_SAMPLE,
    REPORTED,
    WELLS,
    address,
    hidden,
    nothing_was_written,
    post,
    submit,
    text_of,
    typed,
    written,
)
from tests.world import World

pytestmark = pytest.mark.usefixtures("today")


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
