"""Response: what the tables of tests/spec/response.md do not show."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from monitoring.domain.classed_results import ClassedResult, ResultMissing, in_order_of_the_rules, with_classes
from monitoring.domain.response import BelowDiagnosis, ResponseQuestion, respond
from monitoring.domain.results import Result
from monitoring.domain.terms import Call, CycleResponse, RuleSetId, SampleClass, Tissue
from monitoring.domain.treatment import Cycle, CyclesOutOfOrder, PreemptiveTreatment
from monitoring.domain.verdicts import ClassedSample, Verdict

D = Decimal
DAY_0 = date(2025, 1, 6)
BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD
LOW_LEVEL, NEGATIVE = SampleClass.LOW_LEVEL, SampleClass.NEGATIVE


def on(day: int) -> date:
    return DAY_0 + timedelta(days=day)


def sample(day: int, pct: str | None, sample_class: SampleClass, tissue: Tissue = BM) -> ClassedResult:
    call = Call.DETECTED if pct else Call.NOT_DETECTED
    name = f"{tissue} {day} {pct}"
    return ClassedResult(Result(name, on(day), tissue, call, D(pct) if pct else None), sample_class)


def treatment(*days: int) -> PreemptiveTreatment:
    return PreemptiveTreatment(DAY_0, tuple(Cycle(k, on(day)) for k, day in enumerate(days, start=1)))


def asked(*samples: ClassedResult) -> ResponseQuestion:
    return ResponseQuestion(samples, treatment(0, 28), as_of=on(400))


def test_a_trace_that_the_rule_set_calls_negative_is_negativity_with_its_true_fall() -> None:
    first, *_ = respond(asked(sample(-3, "0.5", LOW_LEVEL), sample(24, "0.0005", NEGATIVE))).by_cycle
    assert (first.response, first.log10_reduction, first.is_at_least) == (CycleResponse.NEGATIVITY, D(3), False)
    assert first.below_diagnosis is BelowDiagnosis.NEGATIVE


def test_a_negative_without_known_limit_tells_no_fall() -> None:
    first, *_ = respond(asked(sample(-3, "0.5", LOW_LEVEL), sample(24, None, NEGATIVE))).by_cycle
    assert (first.response, first.log10_reduction) == (CycleResponse.NEGATIVITY, None)


def test_a_sample_that_the_rule_set_ignores_is_not_evaluable() -> None:
    ignored = sample(24, "0.01", SampleClass.IGNORED, PB)
    answer = respond(asked(sample(-3, "0.1", SampleClass.IGNORED, PB), ignored))
    assert answer.after_c1_c2[PB] is CycleResponse.NOT_EVALUATED


def test_a_class_without_baseline_counts_as_detected() -> None:
    detected = SampleClass.DETECTED
    first, *_ = respond(asked(sample(-3, "0.5", detected), sample(24, "0.05", detected))).by_cycle
    assert first.response is CycleResponse.REDUCTION


def test_the_answer_names_sample_and_reference() -> None:
    first, *_ = respond(asked(sample(-3, "0.5", LOW_LEVEL), sample(24, "0.05", LOW_LEVEL))).by_cycle
    assert (first.result, first.reference) == ("BM 24 0.05", "BM -3 0.5")
    assert (first.reference_pct_abl1, first.on) == (D("0.5"), on(24))
    assert (first.window_opens_on, first.window_closes_on) == (on(20), on(34))


def test_a_cycle_that_has_not_begun_has_no_response() -> None:
    question = ResponseQuestion((), treatment(0, 28), as_of=on(27))
    assert {response.cycle for response in respond(question).by_cycle} == {1}


def test_a_next_cycle_within_two_weeks_leaves_an_empty_window() -> None:
    short = treatment(0, 10)
    opens_on, closes_on = short.window_of(short.cycles[0])
    assert opens_on > closes_on
    question = ResponseQuestion((sample(-3, "0.5", LOW_LEVEL), sample(17, "0.05", LOW_LEVEL)), short, on(400))
    assert respond(question).after_c1_c2[BM] is CycleResponse.NOT_EVALUATED


def test_conditioning_before_a_cycle_does_not_close_it() -> None:
    earlier = PreemptiveTreatment(DAY_0, (Cycle(1, DAY_0),), conditioning_on=on(-5))
    assert earlier.window_of(earlier.cycles[0])[1] == on(55)


@pytest.mark.parametrize(
    "cycles",
    [
        (Cycle(2, DAY_0), Cycle(1, on(28))),
        (Cycle(1, on(28)), Cycle(2, DAY_0)),
        (Cycle(1, DAY_0), Cycle(1, on(28))),
        (Cycle(1, DAY_0), Cycle(2, DAY_0)),
        (Cycle(1, on(-1)),),
        (Cycle(0, DAY_0),),
    ],
)
def test_cycles_out_of_order_are_refused(cycles: tuple[Cycle, ...]) -> None:
    with pytest.raises(CyclesOutOfOrder):
        PreemptiveTreatment(DAY_0, cycles)


@pytest.mark.parametrize(
    ("days", "comparable"),
    [((14, 14), True), ((14, 7), False), ((14,), True), ((14, None), False), ((None, 14), False), ((), False)],
)
def test_who_is_compared_by_venetoclax_days(days: tuple[int | None, ...], comparable: bool) -> None:
    cycles = tuple(Cycle(k, on(28 * k), given) for k, given in enumerate(days, start=1))
    assert PreemptiveTreatment(DAY_0, cycles).can_be_compared_by_days is comparable


def test_classes_come_from_the_verdict() -> None:
    results = [Result("a", DAY_0, BM, Call.NOT_DETECTED), Result("later", on(9), BM, Call.NOT_DETECTED)]
    verdict = Verdict(RuleSetId.ELN2021, "NEGATIVE", (ClassedSample("a", NEGATIVE),), (), ())
    assert with_classes(results, verdict) == (ClassedResult(results[0], NEGATIVE),)
    with pytest.raises(ResultMissing):
        with_classes(results[1:], verdict)


def test_samples_of_one_day_are_taken_as_the_rules_do() -> None:
    unquantified = ClassedResult(Result("u", DAY_0, BM, Call.DETECTED), LOW_LEVEL)
    in_order = [
        sample(0, "0.1", LOW_LEVEL),
        sample(0, "0.2", LOW_LEVEL),
        unquantified,
        sample(0, None, NEGATIVE),
        sample(0, "0.05", LOW_LEVEL, PB),
        sample(1, "0.01", LOW_LEVEL),
    ]
    assert in_order_of_the_rules(reversed(in_order)) == in_order
