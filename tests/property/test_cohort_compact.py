"""What the analysis set keeps is what was written, exactly, whatever it holds."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.domain.cohorts.compact import read_course, read_selection, write_course, write_selection
from monitoring.domain.cohorts.patient import Course, Doubling, Level, ResponseAt, Selection
from monitoring.domain.terms import Tissue

LEVELS = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9)
FLOATS = st.floats(allow_nan=False, allow_infinity=False, min_value=0)
TISSUES = st.sampled_from(Tissue)
RESPONSES = st.builds(ResponseAt, reference_pct_abl1=st.none() | LEVELS, log10_reduction=st.none() | LEVELS)
LEVELS_ON = st.builds(Level, pct_abl1=st.none() | LEVELS)
SELECTIONS = st.builds(Selection)
COURSES = st.builds(
    Course,
    responses=st.lists(RESPONSES, max_size=3).map(tuple),
    before_transplant=st.dictionaries(TISSUES, RESPONSES),
    last_news=st.dictionaries(TISSUES, LEVELS_ON),
    levels=st.lists(LEVELS_ON, max_size=3).map(tuple),
    doubling=st.none() | st.builds(Doubling, days=FLOATS, low=FLOATS, high=st.none() | FLOATS),
)


@given(SELECTIONS)
@settings(max_examples=25)
def test_a_selection_comes_back_as_it_was(selection: Selection) -> None:
    text = json.dumps(write_selection(selection), allow_nan=False)
    again = read_selection(json.loads(text))
    assert again == selection
    assert selection == again
    assert hash(again) == hash(selection)
    assert json.dumps(write_selection(again), allow_nan=False) == text


@given(COURSES)
@settings(max_examples=25)
def test_a_course_comes_back_as_it_was(course: Course) -> None:
    again = read_course(json.loads(json.dumps(write_course(course), allow_nan=False)))
    assert again == course
    assert replace(again, died_on=None) == replace(course, died_on=None)
    # equal decimals may be written differently: 0.10 stays 0.10
    assert [str(level.pct_abl1) for level in again.levels] == [str(level.pct_abl1) for level in course.levels]


@given(COURSES, COURSES)
@settings(max_examples=25)
def test_two_courses_are_equal_after_reading_where_they_were_before(one: Course, other: Course) -> None:
    assert (read_course(write_course(one)) == read_course(write_course(other))) == (one == other)
    assert read_course(write_course(one)) == one


def test_a_course_that_was_read_has_no_field_that_it_has_not() -> None:
    again = read_course([])
    assert again == Course()
    with pytest.raises(AttributeError):
        _ = again.remission_on  # type: ignore[attr-defined]
