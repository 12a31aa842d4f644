"""Venetoclax cycles course by course, each with its toxicity and the response that its samples show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.ctcae import NORMAL, LowerLimits
from monitoring.domain.response import BestResponse, TissueResponse, TreatmentResponse
from monitoring.domain.surveillance import treated_relapse_on
from monitoring.domain.toxicity_table import ToxicityRow, toxicity_table
from monitoring.domain.treatment_free import IntervalEnd, TreatmentFreeInterval, treatment_free
from monitoring.domain.venetoclax_days import PlannedDaysMissing, last_day_given
from monitoring.domain.verdicts import Episode, Verdict
from monitoring.models.choices import EventKindChoice
from monitoring.queries.cycle_toxicity import ToldCycle, days_of, tell_cycles
from monitoring.queries.cycles_on_record import CycleFacts
from monitoring.queries.patient_record import PatientRecord, TreatmentLine

CYCLE_DAYS = 28  # days; the usual length, from which a late start is counted


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One cycle with the response of each tissue; `decided_by` is the sample that decided, where one did.

    `days_late` counts from day 29 of the cycle before, 0 for the first and for one in time.
    """

    facts: CycleFacts
    responses: Mapping[str, TissueResponse]
    decided_by: Mapping[str, ClassedResult]
    days_late: int
    told: ToldCycle


@dataclass(frozen=True, slots=True)
class CourseOfCycles:
    """One pre-emptive course: its line of treatment, the episode it treats, its cycles, and the best response.

    `references` are the values before treatment, % of ABL1, against which the responses were measured. `table` counts
    cycles. `interval` is None while the course goes on, or where nobody knows its last day of venetoclax.
    """

    line: TreatmentLine
    episode: Episode | None
    cycles: tuple[CycleRow, ...]
    best: Mapping[str, BestResponse]
    references: Mapping[str, Decimal]
    table: tuple[ToxicityRow, ...]
    interval: TreatmentFreeInterval | None


def courses_of_cycles(
    record: PatientRecord,
    verdict: Verdict,
    samples: Iterable[ClassedResult],
    responses: Mapping[date, TreatmentResponse],
    limits: LowerLimits = NORMAL,
) -> tuple[CourseOfCycles, ...]:
    """Return the pre-emptive courses with cycles, latest first; `responses` by the first day of treatment."""
    by_id = {sample.result.id: sample for sample in samples}
    found = []
    for line in record.treatments:
        cycles = [cycle for cycle in record.cycles if cycle.treatment_id == line.treatment_id]
        if cycles:
            told = tell_cycles(cycles, [one.count for one in record.counts], limits, _ends(record, line))
            interval = _interval(record, verdict, line, cycles, by_id.values())
            episode = _treated(verdict, line)
            found.append(_course(line, cycles, told, responses.get(line.starts_on), episode, interval, by_id))
    return tuple(sorted(found, key=lambda course: course.line.starts_on, reverse=True))


def _course(
    line: TreatmentLine,
    cycles: list[CycleFacts],
    told: tuple[ToldCycle, ...],
    response: TreatmentResponse | None,
    episode: Episode | None,
    interval: TreatmentFreeInterval | None,
    by_id: Mapping[str, ClassedResult],
) -> CourseOfCycles:
    by_cycle = response.by_cycle if response else ()
    before: list[CycleFacts | None] = [None, *cycles]
    return CourseOfCycles(
        line=line,
        episode=episode,
        cycles=tuple(
            _row(cycle, earlier, own, by_cycle, by_id)
            for earlier, cycle, own in zip(before, cycles, told, strict=False)
        ),
        best={tissue.value: best for tissue, best in response.best.items()} if response else {},
        references={
            each.tissue.value: each.reference_pct_abl1
            for each in reversed(by_cycle)
            if each.reference_pct_abl1 is not None
        },
        table=toxicity_table([each.case for each in told]),
        interval=interval,
    )


def _ends(record: PatientRecord, line: TreatmentLine) -> list[date]:
    """What ends the counting after the last cycle: conditioning, or another treatment."""
    conditioning = [one.conditioning_starts_on or one.happened_on for one in record.transplants]
    return [*conditioning, *(one.starts_on for one in record.treatments if one.starts_on > line.starts_on)]


def _interval(
    record: PatientRecord,
    verdict: Verdict,
    line: TreatmentLine,
    cycles: list[CycleFacts],
    samples: Iterable[ClassedResult],
) -> TreatmentFreeInterval | None:
    try:
        last_on = last_day_given(days_of(cycles[-1]))
    except PlannedDaysMissing:
        return None
    kinds = {
        EventKindChoice.HAEMATOLOGICAL_RELAPSE: IntervalEnd.HAEMATOLOGICAL_RELAPSE,
        EventKindChoice.DEATH: IntervalEnd.DEATH,
    }
    ends = [(IntervalEnd.NEXT_TREATMENT, on) for on in _ends(record, line)]
    ends += [(kinds[EventKindChoice(one.kind)], one.happened_on) for one in record.events if one.kind in kinds]
    ends += [(IntervalEnd.MOLECULAR_RELAPSE, one.relapse_on) for one in verdict.episodes if one.number is not None]
    seen = [one.happened_on for one in record.events] + [sample.collected_on for sample in samples]
    found = treatment_free(last_on, ends, max([last_on, *seen, *(one.measured_on for one in record.counts)]))
    return found if line.ends_on is not None or found.end is not IntervalEnd.ONGOING else None


def _treated(verdict: Verdict, line: TreatmentLine) -> Episode | None:
    """The episode that was open when the treatment started; None for persistence or suspicion."""
    relapse_on = treated_relapse_on(verdict, line.starts_on)
    numbered = [one for one in verdict.episodes if one.number is not None and one.relapse_on == relapse_on]
    return numbered[-1] if numbered else None


def _row(
    cycle: CycleFacts,
    earlier: CycleFacts | None,
    told: ToldCycle,
    by_cycle: Iterable[TissueResponse],
    by_id: Mapping[str, ClassedResult],
) -> CycleRow:
    own = {each.tissue.value: each for each in by_cycle if each.cycle == cycle.number}
    late = (cycle.starts_on - earlier.starts_on).days - CYCLE_DAYS if earlier else 0
    return CycleRow(
        facts=cycle,
        responses=own,
        decided_by={tissue: by_id[each.result] for tissue, each in own.items() if each.result},
        days_late=max(0, late),
        told=told,
    )
