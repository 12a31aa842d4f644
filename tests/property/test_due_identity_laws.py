"""Laws of the names of due samples: each its own within a series, and the same when a date moves."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify
from monitoring.domain.due_identity import Named, due_key
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.sampling_intervals import ELN_2021_INTERVALS
from monitoring.domain.schedule import ScheduleQuestion
from monitoring.domain.series import Series
from monitoring.domain.surveillance import surveil
from monitoring.domain.terms import RuleSetId
from tests.property.test_schedule_laws import questions


def keys_of(question: ScheduleQuestion, intervals: object = ELN_2021_INTERVALS) -> list[str]:
    series = Series(
        id="1", marker=question.marker, results=tuple(question.results), end_of_treatment=question.end_of_treatment,
        treatment_starts=tuple(each.started_on for each in question.treatments),
        course_starts=tuple(question.course_starts), death_on=question.death_on,
    )  # fmt: skip
    verdict = classify(series, RULESETS[RuleSetId.ELN2021], question.as_of)
    found = surveil(series, verdict, tuple(question.treatments), question.as_of, intervals)  # type: ignore[arg-type]
    named = Named(series, verdict, courses=len(found.responses))
    return [due_key(due, named) for due in found.schedule.to_come]


@given(questions)
def test_no_two_samples_that_are_due_share_a_name(question: ScheduleQuestion) -> None:
    in_order = replace(
        question,
        treatments=sorted(question.treatments, key=lambda each: each.started_on)[:1],
        course_starts=sorted(question.course_starts, key=lambda each: each.on)[:1],
        results=sorted(question.results, key=lambda each: each.collected_on),
    )
    keys = keys_of(in_order)
    assert len(keys) == len(set(keys))


@given(questions, st.integers(1, 60))
def test_other_intervals_move_dates_and_keep_names(question: ScheduleQuestion, days: int) -> None:
    asked = replace(
        question, treatments=(), course_starts=(), death_on=None, end_of_treatment=question.as_of - timedelta(10)
    )
    changed = replace(ELN_2021_INTERVALS, marrow_days=days, blood_days=days)
    assert keys_of(asked) == keys_of(asked, changed)
