"""Schedule: what the tables of tests/spec/schedule.md do not show."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from monitoring.domain.due_samples import DueSample, DueStatus, ScheduleRule
from monitoring.domain.results import Result
from monitoring.domain.sampling_intervals import IntervalsRefused, SamplingIntervals
from monitoring.domain.schedule import ScheduleQuestion, SuspectedRelapse, overdue_flags, sampling_schedule
from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import Call, CourseStart, FlagCode, Marker, Tissue
from monitoring.domain.treatment import Cycle, PreemptiveTreatment

DAY_0 = date(2025, 1, 6)
BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD


def on(day: int) -> date:
    return DAY_0 + timedelta(days=day)


def negative(day: int, tissue: Tissue = BM) -> Result:
    return Result(f"{tissue}{day}", on(day), tissue, Call.NOT_DETECTED, abl1_copies=Decimal(40_000))


def asked(as_of: int, *results: Result) -> ScheduleQuestion:
    return ScheduleQuestion(Marker.NPM1, on(as_of), results, end_of_treatment=DAY_0)


def to_come(question: ScheduleQuestion) -> list[tuple[ScheduleRule, date | None]]:
    return [(due.rule, due.due_on) for due in sampling_schedule(question).to_come]


def test_an_overdue_sample_is_flagged_by_its_due_date() -> None:
    schedule = sampling_schedule(asked(106, negative(0)))
    (flag,) = overdue_flags(schedule)
    assert (flag.code, flag.on, flag.result, flag.tissue) == (FlagCode.SAMPLE_OVERDUE, on(91), None, BM)


def test_a_sample_within_grace_is_not_flagged() -> None:
    assert overdue_flags(sampling_schedule(asked(105, negative(0)))) == ()


def test_a_missed_sample_is_kept_but_no_longer_flagged() -> None:
    schedule = sampling_schedule(asked(61, negative(30, PB)))
    assert [due.status for due in schedule.past] == [DueStatus.MISSED]
    assert overdue_flags(schedule) == ()


def test_an_overdue_confirmation_has_another_flag() -> None:
    suspected = (SuspectedRelapse(on(91), BM, (BM,)),)
    schedule = sampling_schedule(replace(asked(130, negative(0), negative(91)), suspected=suspected))
    assert schedule.to_come[0].status is DueStatus.OVERDUE
    assert overdue_flags(schedule) == ()


def test_the_earliest_confirmation_comes_first() -> None:
    suspected = (SuspectedRelapse(on(95), BM, (BM,)), SuspectedRelapse(on(91), PB, (PB, BM)))
    schedule = sampling_schedule(replace(asked(96, negative(0)), suspected=suspected))
    assert [due.due_on for due in schedule.to_come[:2]] == [on(119), on(123)]


def test_hsct_before_the_recorded_end_of_treatment_keeps_its_own_schedule() -> None:
    question = replace(asked(20), course_starts=(CourseBegin(on(-10), CourseStart.HSCT),))
    assert {rule for rule, _ in to_come(question)} == {ScheduleRule.AFTER_HSCT}


def test_relapse_and_hsct_on_one_day_are_followed_as_hsct() -> None:
    starts = (CourseBegin(on(50), CourseStart.HSCT), CourseBegin(on(50), CourseStart.HAEMATOLOGICAL_RELAPSE))
    rules = {rule for rule, _ in to_come(replace(asked(60, negative(0)), course_starts=starts))}
    assert rules == {ScheduleRule.AFTER_HSCT}


def test_a_second_treatment_takes_over_from_the_first() -> None:
    first = PreemptiveTreatment(on(10), (Cycle(1, on(10)),), other_treatment_on=on(40))
    second = PreemptiveTreatment(on(40), (Cycle(1, on(40)),))
    due = sampling_schedule(replace(asked(50, negative(0)), treatments=(first, second))).to_come
    assert {(one.rule, one.due_on) for one in due} == {(ScheduleRule.AFTER_VENETOCLAX_CYCLE, on(67))}


def test_follow_up_does_not_resume_in_the_middle_of_a_second_treatment() -> None:
    first = PreemptiveTreatment(on(10), (Cycle(1, on(10)),))
    second = PreemptiveTreatment(on(40), (Cycle(1, on(40)), Cycle(2, on(68))))
    rules = {rule for rule, _ in to_come(replace(asked(80, negative(0)), treatments=(first, second)))}
    assert rules == {ScheduleRule.AFTER_VENETOCLAX_CYCLE}


def test_after_treatment_24_months_begin_anew() -> None:
    treated = PreemptiveTreatment(on(600), (Cycle(1, on(600)),))
    question = replace(asked(800, negative(0), negative(780)), treatments=(treated,))
    assert to_come(question) == [(ScheduleRule.FOLLOW_UP, on(871))]


def test_a_sample_long_before_the_end_of_treatment_leaves_the_next_due_at_once() -> None:
    cycles = tuple(Cycle(k, on(28 * k)) for k in range(1, 8))
    treated = PreemptiveTreatment(on(28), cycles)
    question = replace(asked(260, negative(0), negative(52)), treatments=(treated,))
    (due,) = (one for one in sampling_schedule(question).to_come if one.rule is ScheduleRule.FOLLOW_UP)
    assert due.due_on == on(252)


def test_an_end_of_treatment_in_the_future_has_its_date_and_nothing_more() -> None:
    question = ScheduleQuestion(Marker.NPM1, on(-20), (), end_of_treatment=DAY_0)
    assert to_come(question) == [(ScheduleRule.END_OF_TREATMENT, DAY_0)]


def test_an_event_of_the_very_day_counts() -> None:
    hsct_today = replace(asked(50, negative(0)), course_starts=(CourseBegin(on(50), CourseStart.HSCT),))
    assert {rule for rule, _ in to_come(hsct_today)} == {ScheduleRule.AFTER_HSCT}
    treated_today = replace(asked(50, negative(0)), treatments=(PreemptiveTreatment(on(50)),))
    assert {rule for rule, _ in to_come(treated_today)} == {ScheduleRule.AFTER_VENETOCLAX_CYCLE}


@pytest.mark.parametrize(("next_cycle_on", "asked_for"), [(14, True), (13, False)])
def test_a_window_of_one_day_is_a_window(next_cycle_on: int, asked_for: bool) -> None:
    cycles = (Cycle(1, on(50)), Cycle(2, on(50 + next_cycle_on)))
    question = replace(asked(60, negative(0)), treatments=(PreemptiveTreatment(on(50), cycles),))
    numbers = {due.number for due in sampling_schedule(question).to_come}
    assert (1 in numbers) is asked_for


def test_follow_up_resumes_the_day_after_day_56() -> None:
    treated = PreemptiveTreatment(on(50), (Cycle(1, on(50)),))
    last, next_day = (
        {rule for rule, _ in to_come(replace(asked(day, negative(0)), treatments=(treated,)))} for day in (105, 106)
    )
    assert last == {ScheduleRule.AFTER_VENETOCLAX_CYCLE}
    assert next_day == {ScheduleRule.AFTER_VENETOCLAX_CYCLE, ScheduleRule.FOLLOW_UP}  # nobody took the first


def test_an_event_after_the_day_asked_for_changes_nothing() -> None:
    question = asked(50, negative(0))
    later = replace(
        question,
        course_starts=(CourseBegin(on(51), CourseStart.HSCT),),
        treatments=(PreemptiveTreatment(on(51)),),
        death_on=on(51),
    )
    assert sampling_schedule(later) == sampling_schedule(question)


def test_the_end_of_treatment_marrow_is_not_asked_for_after_hsct() -> None:
    question = replace(asked(20), course_starts=(CourseBegin(on(5), CourseStart.HSCT),))
    assert ScheduleRule.END_OF_TREATMENT not in {rule for rule, _ in to_come(question)}


def test_the_730th_day_after_hsct_is_still_within_24_months() -> None:
    question = replace(asked(735), course_starts=(CourseBegin(on(5), CourseStart.HSCT),))
    assert [due.number for due in sampling_schedule(question).to_come] == [100]


def test_after_hsct_without_any_sample_for_24_months() -> None:
    question = replace(asked(800), course_starts=(CourseBegin(on(5), CourseStart.HSCT),))
    schedule = sampling_schedule(question)
    assert [due.status for due in schedule.past if due.rule is ScheduleRule.AFTER_HSCT] == [DueStatus.MISSED] * 3
    assert [due.rule for due in schedule.to_come] == [ScheduleRule.INDIVIDUALISE]


@pytest.mark.parametrize(
    "change",
    [
        {"marrow_days": -1},
        {"after_hsct_on_days": (60, 30)},
        {"after_hsct_on_days": ()},
        {"venetoclax_every_cycles": 0},
    ],
)
def test_impossible_intervals_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(IntervalsRefused):
        replace(SamplingIntervals(), **change)


def test_a_centre_may_do_without_grace() -> None:
    strict = replace(SamplingIntervals(), marrow_grace_days=0, after_hsct_early_days=0)
    (due,) = (
        one
        for one in sampling_schedule(replace(asked(92, negative(0)), intervals=strict)).to_come
        if one.rule is ScheduleRule.FOLLOW_UP
    )
    assert (due.status, due.overdue_days) == (DueStatus.OVERDUE, 1)


def test_a_patient_may_have_other_days_after_hsct() -> None:
    of = replace(SamplingIntervals(), after_hsct_on_days=(28, 84))
    question = replace(asked(10), course_starts=(CourseBegin(on(0), CourseStart.HSCT),), intervals=of)
    due: list[DueSample] = list(sampling_schedule(question).to_come)
    assert [one.number for one in due if one.rule is ScheduleRule.AFTER_HSCT] == [28, 84]
