"""Laws of schedule and response, for any patient."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.due_samples import DueStatus, ScheduleRule
from monitoring.domain.response import ResponseQuestion, TreatmentResponse, respond
from monitoring.domain.results import Result
from monitoring.domain.schedule import ScheduleQuestion, overdue_flags, sampling_schedule
from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import Call, CourseStart, Marker, SampleClass, Tissue
from monitoring.domain.treatment import Cycle, PreemptiveTreatment

DAY_0 = date(2025, 1, 6)
days = st.integers(-200, 1200)
dates = days.map(lambda day: DAY_0 + timedelta(days=day))
tissues = st.sampled_from(list(Tissue))
results = st.lists(
    st.builds(
        lambda number, on, tissue, call, abl1: Result(f"s{number}", on, tissue, call, abl1_copies=Decimal(abl1)),
        st.integers(0, 10**6),
        dates,
        tissues,
        st.sampled_from([Call.DETECTED, Call.NOT_DETECTED, Call.INDETERMINATE]),
        st.sampled_from([500, 5_000, 50_000]),
    ),
    max_size=12,
)
treatments = st.builds(
    lambda start, gaps: PreemptiveTreatment(
        start, tuple(Cycle(k + 1, start + timedelta(days=sum(gaps[:k]))) for k in range(len(gaps)))
    ),
    dates,
    st.lists(st.integers(14, 60), max_size=6),
)
questions = st.builds(
    ScheduleQuestion,
    marker=st.sampled_from(list(Marker)),
    as_of=dates,
    results=results,
    cycle_2_on=st.none() | dates,
    end_of_treatment=st.none() | dates,
    treatments=st.lists(treatments, max_size=2),
    course_starts=st.lists(st.builds(CourseBegin, dates, st.sampled_from(list(CourseStart))), max_size=2),
    death_on=st.none() | dates,
)


@given(questions)
def test_every_question_has_an_answer_in_order(question: ScheduleQuestion) -> None:
    schedule = sampling_schedule(question)
    dated = [due.due_on for due in schedule.to_come if due.due_on is not None]
    assert dated == sorted(dated)
    assert all(due.is_open for due in schedule.to_come)
    assert not any(due.is_open for due in schedule.past)


@given(questions)
def test_overdue_means_past_the_grace_period(question: ScheduleQuestion) -> None:
    for due in sampling_schedule(question).to_come:
        if due.due_on is not None:
            days_past = (question.as_of - due.due_on).days
            assert (due.status is DueStatus.OVERDUE) == (days_past > due.grace_days)
            assert due.overdue_days == (days_past if due.status is DueStatus.OVERDUE else 0)


@given(questions, st.randoms())
def test_the_order_of_entry_does_not_matter(question: ScheduleQuestion, chance: object) -> None:
    by_date = sorted(question.results, key=lambda one: (one.collected_on, one.id))
    shuffled = sorted(by_date, key=lambda _: chance.random())  # type: ignore[attr-defined]
    due = [(one.rule, one.due_on, one.status) for one in sampling_schedule(replace(question, results=by_date)).to_come]
    other = [
        (one.rule, one.due_on, one.status) for one in sampling_schedule(replace(question, results=shuffled)).to_come
    ]
    assert due == other


@given(questions, st.sampled_from([500, 5_000]), tissues)
def test_an_inert_sample_today_changes_nothing(question: ScheduleQuestion, abl1: int, tissue: Tissue) -> None:
    inert = Result("inert", question.as_of, tissue, Call.NOT_DETECTED, abl1_copies=Decimal(abl1))
    with_it = replace(question, results=[*question.results, inert])
    assert sampling_schedule(with_it) == sampling_schedule(question)


@given(questions, tissues)
def test_a_result_of_tomorrow_changes_nothing(question: ScheduleQuestion, tissue: Tissue) -> None:
    tomorrow = question.as_of + timedelta(days=1)
    later = Result("later", tomorrow, tissue, Call.NOT_DETECTED, abl1_copies=Decimal(50_000))
    with_it = replace(question, results=[*question.results, later])
    assert sampling_schedule(with_it) == sampling_schedule(question)


@given(questions)
def test_marrow_and_blood_today_leave_nothing_overdue_that_they_can_satisfy(question: ScheduleQuestion) -> None:
    today = [
        Result(f"today {tissue}", question.as_of, tissue, Call.NOT_DETECTED, abl1_copies=Decimal(50_000))
        for tissue in Tissue
    ]
    schedule = sampling_schedule(replace(question, results=[*question.results, *today]))
    assert overdue_flags(schedule) == ()


@given(questions)
def test_a_living_patient_with_an_end_of_treatment_always_has_something_to_come(question: ScheduleQuestion) -> None:
    if question.end_of_treatment is None:
        return
    kept = replace(question, death_on=None, as_of=max(question.as_of, question.end_of_treatment))
    open_rules = {due.rule for due in sampling_schedule(kept).to_come}
    on_treatment = any(treatment.started_on <= kept.as_of for treatment in kept.treatments)
    assert open_rules or on_treatment
    assert ScheduleRule.CONFIRM_SUSPECTED_RELAPSE not in open_rules


levels = st.integers(1, 10**7).map(lambda n: Decimal(n) / 10**5)
classed = st.builds(
    lambda number, on, tissue, level: ClassedResult(
        Result(f"s{number}", on, tissue, Call.DETECTED, level, Decimal(50_000)), SampleClass.LOW_LEVEL
    ),
    st.integers(0, 10**6),
    st.integers(-90, 120).map(lambda day: DAY_0 + timedelta(days=day)),
    tissues,
    levels,
)


def answered(samples: list[ClassedResult]) -> TreatmentResponse:
    cycles = tuple(Cycle(k + 1, DAY_0 + timedelta(days=28 * k)) for k in range(4))
    return respond(ResponseQuestion(samples, PreemptiveTreatment(DAY_0, cycles), DAY_0 + timedelta(days=300)))


def categories(answer: TreatmentResponse) -> list[str]:
    return [response.response.value for response in answer.by_cycle]


@given(st.lists(classed, max_size=10), st.sampled_from([Decimal("0.001"), Decimal(7), Decimal(1000)]))
def test_a_response_does_not_depend_on_the_scale(samples: list[ClassedResult], factor: Decimal) -> None:
    rescaled = [
        replace(one, result=replace(one.result, pct_abl1=one.result.pct_abl1 * factor))
        for one in samples
        if one.result.pct_abl1 is not None
    ]
    assert categories(answered(rescaled)) == categories(answered(samples))


@given(st.lists(classed, max_size=10), tissues)
def test_the_other_tissue_never_changes_a_response(samples: list[ClassedResult], tissue: Tissue) -> None:
    alone = [one for one in samples if one.tissue is tissue]
    of_tissue = [r for r in answered(samples).by_cycle if r.tissue is tissue]
    assert of_tissue == [r for r in answered(alone).by_cycle if r.tissue is tissue]


@given(st.lists(classed, max_size=10))
def test_the_order_of_samples_never_changes_a_response(samples: list[ClassedResult]) -> None:
    assert categories(answered(samples[::-1])) == categories(answered(samples))
