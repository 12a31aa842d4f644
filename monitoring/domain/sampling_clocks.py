"""Due dates that run from the last sample: follow-up after treatment, and after HSCT from day 100 on.

Source: Heuser et al., Blood 2021;138:2753 (ELN 2021); docs/methods/schedule.md (A7).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitoring.domain.due_samples import (
    DueSample,
    DueStatus,
    ScheduleRule,
    is_evaluable,
    overdue_days,
    status_on,
)
from monitoring.domain.results import Result
from monitoring.domain.sampling_intervals import SamplingIntervals
from monitoring.domain.schedule_phases import Phase
from monitoring.domain.terms import Marker, Tissue

MARROW, BLOOD = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD


@dataclass(frozen=True, slots=True)
class Sampling:
    """What every rule needs: marker, results up to `as_of` by date, intervals."""

    marker: Marker
    results: Sequence[Result]
    intervals: SamplingIntervals
    as_of: date

    @property
    def either_tissue(self) -> tuple[Tissue, ...]:
        """Both tissues, the one that the guideline prefers for the marker first."""
        return (BLOOD, MARROW) if self.marker.is_cbf else (MARROW, BLOOD)

    def grace_days(self, tissue: Tissue) -> int:
        """Grace period of a tissue in days."""
        of = self.intervals
        return of.marrow_grace_days if tissue is MARROW else of.blood_grace_days

    def evaluable(self, phase: Phase) -> list[Result]:
        """The results that count in a phase, by date; inert ones do not."""
        return [
            result
            for result in self.results
            if phase.counts_from <= result.collected_on <= phase.counts_until and is_evaluable(result)
        ]


LastTaken = Mapping[Tissue, date]
Clock = Callable[[LastTaken], DueSample]


def follow_up_samples(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """Return the dates of follow-up kept late or missed, and the one to come; then "individualise".

    NPM1: the later of last marrow + 91 and last blood + 42 days, either tissue satisfies. CBF: last blood + 42,
    blood only. Where nothing was taken yet the clock starts with the phase.
    """
    until = phase.began_on + timedelta(days=sampling.intervals.follow_up_days)

    def clock(last: LastTaken) -> DueSample:
        return _not_before(_follow_up_clock(sampling, last, phase.began_on), phase.began_on)

    return walk(sampling, phase, _moving(sampling, phase), clock, until)


def samples_without_end_of_treatment(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """Return the date to come where no end of treatment is recorded: the follow-up clocks, without an end."""
    last = {result.tissue: result.collected_on for result in _moving(sampling, phase)}
    if not last or phase.ended_on < sampling.as_of:
        return []
    return [as_it_stands(_follow_up_clock(sampling, last, min(last.values())), sampling.as_of)]


def walk(
    sampling: Sampling,
    phase: Phase,
    moving: Iterable[Result],
    clock: Clock,
    until: date,
    taken_before: LastTaken | None = None,
) -> list[DueSample]:
    """Return the dates of a clock that each of the `moving` results sets anew: those late, then the next."""
    last: dict[Tissue, date] = dict(taken_before or {})
    kept: list[DueSample] = []
    for result in moving:
        due = clock(last)
        if _due_by(due, until) and _is_overdue(due, result.collected_on):
            kept.append(replace(due, status=DueStatus.TAKEN_LATE, taken=result.id, taken_on=result.collected_on))
        last[result.tissue] = result.collected_on
    return kept + _to_come(sampling, phase, clock(last), until)


def individualise(sampling: Sampling, since: date) -> DueSample:
    """Return the prompt to decide for this very patient, from the day on which the guideline ends."""
    return DueSample(ScheduleRule.INDIVIDUALISE, sampling.either_tissue, None, 0, DueStatus.NO_DATE, target_on=since)


def upcoming(rule: ScheduleRule, tissues: tuple[Tissue, ...], due_on: date, grace_days: int) -> DueSample:
    """Return a due sample about which nothing is said yet."""
    return DueSample(rule, tissues, due_on, grace_days, DueStatus.UPCOMING)


def as_it_stands(due: DueSample, as_of: date) -> DueSample:
    """Return a due sample with its status as of a day."""
    if due.due_on is None:
        return due
    return replace(
        due,
        status=status_on(as_of, due.due_on, due.grace_days),
        overdue_days=overdue_days(as_of, due.due_on, due.grace_days),
    )


def _follow_up_clock(sampling: Sampling, last: LastTaken, since: date) -> DueSample:
    of = sampling.intervals
    blood_on = last.get(BLOOD, since) + timedelta(days=of.blood_days)
    if sampling.marker.is_cbf:
        return upcoming(ScheduleRule.FOLLOW_UP, (BLOOD,), blood_on, of.blood_grace_days)
    marrow_on = last.get(MARROW, since) + timedelta(days=of.marrow_days)
    if BLOOD in last and (MARROW not in last or blood_on > marrow_on):
        return upcoming(ScheduleRule.FOLLOW_UP, (BLOOD, MARROW), blood_on, of.blood_grace_days)
    return upcoming(ScheduleRule.FOLLOW_UP, (MARROW, BLOOD), marrow_on, of.marrow_grace_days)


def _moving(sampling: Sampling, phase: Phase) -> list[Result]:
    """The results that move a clock of follow-up: for CBF those of blood only."""
    return [r for r in sampling.evaluable(phase) if r.tissue is BLOOD or not sampling.marker.is_cbf]


def _to_come(sampling: Sampling, phase: Phase, due: DueSample, until: date) -> list[DueSample]:
    """The open date, or MISSED once the phase or its 24 months are over, then "individualise"."""
    over = sampling.as_of > phase.ended_on
    if _due_by(due, until) and not over and sampling.as_of <= until:
        return [as_it_stands(due, sampling.as_of)]
    missed = _due_by(due, until) and _is_overdue(due, min(sampling.as_of, phase.ended_on, until))
    kept = [replace(due, status=DueStatus.MISSED)] if missed else []
    return kept if over else [*kept, individualise(sampling, until)]


def _due_by(due: DueSample, day: date) -> bool:
    return due.due_on is not None and due.due_on <= day


def _is_overdue(due: DueSample, day: date) -> bool:
    return due.due_on is not None and status_on(day, due.due_on, due.grace_days) is DueStatus.OVERDUE


def _not_before(due: DueSample, since: date) -> DueSample:
    return due if due.due_on is None or due.due_on >= since else replace(due, due_on=since)
