"""Response to pre-emptive treatment, cycle by cycle, marrow and blood always apart.

Source: Higué et al., Blood Cancer J 2025;15:141 (FILO), after Jimenez-Chillon et al., Blood Adv 2024;8:343;
minor response and low positive: Tiong et al., Br J Haematol 2020; docs/methods/response.md (A5).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.response_reference import reference_for
from monitoring.domain.terms import CycleResponse, FlagCode, SampleClass, Tissue
from monitoring.domain.treatment import Cycle, PreemptiveTreatment
from monitoring.domain.units import fell_by_logs, log10_reduction, rose_by_logs
from monitoring.domain.verdicts import Flag

RESPONSE_LOGS = 1  # log10 below the reference for REDUCTION, above it for PROGRESSION; FILO 2025
MINOR_RESPONSE_BELOW_LOGS = 2  # log10; a minor response is 1 to less than 2; Tiong 2020
LOW_POSITIVE_LOGS = 4  # log10 below diagnosis and more; Tiong 2020, figure S1; exactly 4 is low positive [DESIGN]
JUDGED_CYCLES = (2, 1)  # "after C1 +/- C2": the later one that was evaluated

BEST_FIRST = (
    CycleResponse.NEGATIVITY,
    CycleResponse.REDUCTION,
    CycleResponse.STABLE,
    CycleResponse.PROGRESSION,
)
NO_RESPONSE = frozenset({CycleResponse.STABLE, CycleResponse.PROGRESSION})
# Of several samples of one day the most serious decides, and detected comes before negative (A9).
MOST_SERIOUS_FIRST = (
    CycleResponse.PROGRESSION,
    CycleResponse.STABLE,
    CycleResponse.REDUCTION,
    CycleResponse.NOT_EVALUATED,
    CycleResponse.NEGATIVITY,
)

Window = tuple[date, date]  # first and last day, both included


class BelowDiagnosis(StrEnum):
    """How far a sample lies below the diagnosis sample of its tissue."""

    NEGATIVE = "NEGATIVE"
    LOW_POSITIVE = "LOW_POSITIVE"
    POSITIVE = "POSITIVE"
    NOT_EVALUABLE = "NOT_EVALUABLE"


class FirstLineResponse(StrEnum):
    """Best molecular response in haematological remission of first line, the inclusion rule of FILO 2025."""

    CR_MRD = "CR_MRD"
    CR_MRD_LL = "CR_MRD_LL"
    NOT_REACHED = "NOT_REACHED"
    NOT_EVALUATED = "NOT_EVALUATED"


@dataclass(frozen=True, slots=True)
class TissueResponse:
    """Response of one tissue after one cycle, with the sample that decided and its reference.

    `log10_reduction` is that from the reference; where the sample has only a limit the true fall is at least
    this (`is_at_least`). It is None where reference or limit is unknown.
    """

    cycle: int
    tissue: Tissue
    response: CycleResponse
    window_opens_on: date
    window_closes_on: date
    result: str | None = None
    on: date | None = None
    reference: str | None = None
    reference_pct_abl1: Decimal | None = None
    log10_reduction: Decimal | None = None
    is_at_least: bool = False
    is_minor_response: bool = False
    below_diagnosis: BelowDiagnosis = BelowDiagnosis.NOT_EVALUABLE


@dataclass(frozen=True, slots=True)
class BestResponse:
    """Best response of a tissue over all cycles, and days from start of treatment to its first sample."""

    response: CycleResponse
    cycle: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class TreatmentResponse:
    """Everything the samples say about one pre-emptive treatment."""

    by_cycle: tuple[TissueResponse, ...]
    after_c1_c2: Mapping[Tissue, CycleResponse]
    best: Mapping[Tissue, BestResponse]
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class ResponseQuestion:
    """What a response depends on: the classed samples of one rule set and the treatment.

    `index_on` is the relapse date of the episode treated, None for persistence; samples before
    `course_began_on` (HSCT, haematological relapse) give no reference; baselines are in per cent of ABL1.
    """

    samples: Sequence[ClassedResult]
    treatment: PreemptiveTreatment
    as_of: date
    index_on: date | None = None
    course_began_on: date | None = None
    baseline_pct_abl1: Mapping[Tissue, Decimal] = field(default_factory=dict)


def respond(question: ResponseQuestion) -> TreatmentResponse:
    """Return the response after each cycle begun by `as_of`, after C1 +/- C2, the best, and NO_RESPONSE."""
    cycles = [cycle for cycle in question.treatment.cycles if cycle.day_1 <= question.as_of]
    by_cycle = tuple(_after_cycle(question, cycle, tissue) for cycle in cycles for tissue in Tissue)
    started_on = question.treatment.started_on
    return TreatmentResponse(
        by_cycle=by_cycle,
        after_c1_c2={tissue: after_first_two_cycles(by_cycle, tissue) for tissue in Tissue},
        best={tissue: best_response(by_cycle, tissue, started_on) for tissue in Tissue},
        flags=tuple(flag for tissue in Tissue for flag in no_response_flags(by_cycle, tissue, question.as_of)),
    )


def after_first_two_cycles(by_cycle: Iterable[TissueResponse], tissue: Tissue) -> CycleResponse:
    """Return the response of a tissue "after C1 +/- C2": that of the later of the two that was evaluated."""
    judged = _judged(by_cycle, tissue)
    return judged[0].response if judged else CycleResponse.NOT_EVALUATED


def best_response(by_cycle: Iterable[TissueResponse], tissue: Tissue, started_on: date) -> BestResponse:
    """Return the best response of a tissue over all cycles, and when it was first reached."""
    of_tissue = [response for response in by_cycle if response.tissue is tissue]
    for wanted in BEST_FIRST:
        for response in of_tissue:
            if response.response is wanted and response.on is not None:
                return BestResponse(wanted, response.cycle, (response.on - started_on).days)
    return BestResponse(CycleResponse.NOT_EVALUATED)


def no_response_flags(by_cycle: Iterable[TissueResponse], tissue: Tissue, as_of: date) -> tuple[Flag, ...]:
    """Return NO_RESPONSE for a tissue STABLE or in PROGRESSION after C2.

    Where the window of C2 closed unused, C1 decides. A tissue never evaluated raises none: there the missing
    sample is the alert.
    """
    by_cycle = tuple(by_cycle)
    second = next((r for r in by_cycle if r.tissue is tissue and r.cycle == JUDGED_CYCLES[0]), None)
    judged = _judged(by_cycle, tissue)
    if second is None or not judged or judged[0].response not in NO_RESPONSE:
        return ()
    decided = judged[0] is second or as_of > second.window_closes_on
    return (Flag(FlagCode.NO_RESPONSE, judged[0].on, judged[0].result, tissue),) if decided else ()


def best_first_line_response(
    samples: Iterable[ClassedResult], remission_on: date, first_line_until: date
) -> FirstLineResponse:
    """Return CR_MRD or CR_MRD_LL if reached in either tissue during first line in haematological remission.

    Both days, of remission and of the end of first line, belong to it; FILO 2025.
    """
    within = [s for s in samples if s.is_evaluable and remission_on <= s.collected_on <= first_line_until]
    classes = {sample.sample_class for sample in within}
    if SampleClass.NEGATIVE in classes:
        return FirstLineResponse.CR_MRD
    if SampleClass.LOW_LEVEL in classes:
        return FirstLineResponse.CR_MRD_LL
    return FirstLineResponse.NOT_REACHED if within else FirstLineResponse.NOT_EVALUATED


def _judged(by_cycle: Iterable[TissueResponse], tissue: Tissue) -> tuple[TissueResponse, ...]:
    """The one response of cycle 2, else of cycle 1, that was evaluated, or nothing."""
    evaluated = {
        response.cycle: response
        for response in by_cycle
        if response.tissue is tissue and response.response is not CycleResponse.NOT_EVALUATED
    }
    return tuple(evaluated[number] for number in JUDGED_CYCLES if number in evaluated)[:1]


def before_transplant(question: ResponseQuestion, conditioning_on: date) -> Mapping[Tissue, TissueResponse]:
    """Return the last response of each tissue before conditioning began, that day included.

    From day 21 of the last cycle that had come so far by then, from the start of treatment where none had, without
    the other ends of a window of A5: a bridge to transplant is judged however long it took. FILO 2025.
    """
    cycles = [cycle for cycle in question.treatment.cycles if question.treatment.window_of(cycle)[0] <= conditioning_on]
    number = cycles[-1].number if cycles else 0
    opens_on = question.treatment.window_of(cycles[-1])[0] if cycles else question.treatment.started_on
    return {tissue: _latest_within(question, number, tissue, (opens_on, conditioning_on)) for tissue in Tissue}


def _after_cycle(question: ResponseQuestion, cycle: Cycle, tissue: Tissue) -> TissueResponse:
    return _latest_within(question, cycle.number, tissue, question.treatment.window_of(cycle))


def _latest_within(question: ResponseQuestion, number: int, tissue: Tissue, window: Window) -> TissueResponse:
    opens_on, closes_on = window
    last = min(closes_on, question.as_of)
    within = [
        sample
        for sample in question.samples
        if sample.tissue is tissue and sample.is_evaluable and opens_on <= sample.collected_on <= last
    ]
    latest_on = max((sample.collected_on for sample in within), default=None)
    judged = [_judge(question, number, window, sample) for sample in within if sample.collected_on == latest_on]
    if not judged:
        return TissueResponse(number, tissue, CycleResponse.NOT_EVALUATED, opens_on, closes_on)
    return min(judged, key=_most_serious_first)


def _most_serious_first(response: TissueResponse) -> tuple[int, Decimal]:
    fall = response.log10_reduction
    return MOST_SERIOUS_FIRST.index(response.response), Decimal(0) if fall is None else fall


def _judge(question: ResponseQuestion, number: int, window: Window, sample: ClassedResult) -> TissueResponse:
    opens_on, closes_on = window
    reference = reference_for(
        sample, question.samples, question.treatment.started_on, question.index_on, question.course_began_on
    )
    level = None if reference is None else reference.quantified
    response = _response(sample, level)
    shown = _shown_level(sample)
    return TissueResponse(
        cycle=number,
        tissue=sample.tissue,
        response=response,
        window_opens_on=opens_on,
        window_closes_on=closes_on,
        result=sample.result.id,
        on=sample.collected_on,
        reference=None if reference is None else reference.result.id,
        reference_pct_abl1=level,
        log10_reduction=None if level is None or shown is None else log10_reduction(level, shown),
        is_at_least=sample.result.pct_abl1 is None,
        is_minor_response=_is_minor(response, sample, level),
        below_diagnosis=_below_diagnosis(sample, question.baseline_pct_abl1.get(sample.tissue)),
    )


def _response(sample: ClassedResult, reference: Decimal | None) -> CycleResponse:
    """The category of A5, in its order; an unquantified sample is compared by its limit of quantification."""
    if sample.is_negative:
        return CycleResponse.NEGATIVITY
    if reference is None:
        return CycleResponse.NOT_EVALUATED
    value = sample.quantified
    compared = value if value is not None else sample.result.loq_pct_abl1
    if compared is not None and fell_by_logs(reference, compared, RESPONSE_LOGS):
        return CycleResponse.REDUCTION
    if value is not None and rose_by_logs(reference, value, RESPONSE_LOGS):
        return CycleResponse.PROGRESSION
    return CycleResponse.STABLE


def _shown_level(sample: ClassedResult) -> Decimal | None:
    """The value, else the limit below which the true value lies."""
    if sample.result.pct_abl1 is not None:
        return sample.result.pct_abl1
    return sample.limit_pct_abl1 if sample.is_negative else sample.result.loq_pct_abl1


def _is_minor(response: CycleResponse, sample: ClassedResult, reference: Decimal | None) -> bool:
    if response is not CycleResponse.REDUCTION or sample.quantified is None or reference is None:
        return False
    return not fell_by_logs(reference, sample.quantified, MINOR_RESPONSE_BELOW_LOGS)


def _below_diagnosis(sample: ClassedResult, baseline: Decimal | None) -> BelowDiagnosis:
    if sample.is_negative:
        return BelowDiagnosis.NEGATIVE
    shown = _shown_level(sample)
    if baseline is None or shown is None:
        return BelowDiagnosis.NOT_EVALUABLE
    if fell_by_logs(baseline, shown, LOW_POSITIVE_LOGS):
        return BelowDiagnosis.LOW_POSITIVE
    # below a limit that is itself less than 4 log down, the sample may be either
    return BelowDiagnosis.POSITIVE if sample.quantified is not None else BelowDiagnosis.NOT_EVALUABLE
