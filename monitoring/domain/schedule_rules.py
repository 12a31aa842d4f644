"""The sampling rule of each phase: which samples are due when.

Source: Heuser et al., Blood 2021;138:2753 (ELN 2021); [DESIGN] where ELN is silent; docs/methods/schedule.md (A7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitoring.domain.due_samples import (
    DueSample,
    DueStatus,
    ScheduleRule,
    Slot,
    is_evaluable,
    overdue_days,
    settle,
    status_on,
)
from monitoring.domain.results import Result
from monitoring.domain.sampling_intervals import SamplingIntervals
from monitoring.domain.schedule_phases import Phase
from monitoring.domain.terms import Marker, Timepoint, Tissue
from monitoring.domain.treatment import Cycle

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


@dataclass(frozen=True, slots=True)
class _Clock:
    due_on: date
    tissues: tuple[Tissue, ...]
    grace_days: int


def first_line_samples(
    sampling: Sampling, cycle_2_on: date | None, end_of_treatment: date | None, ended_on: date
) -> list[DueSample]:
    """Return blood after cycle 2 and marrow at the end of treatment; `ended_on` is the day something else began."""
    of, slots = sampling.intervals, []
    if cycle_2_on is not None:
        cycle_2 = Cycle(2, cycle_2_on)
        slots.append(
            Slot(
                rule=ScheduleRule.AFTER_CYCLE_2,
                tissues=(BLOOD,),
                due_on=cycle_2.day(of.after_cycle_2_due_on_day),
                grace_days=of.blood_grace_days,
                opens_on=cycle_2.day(of.after_cycle_2_opens_on_day),
                closes_on=cycle_2.day(of.after_cycle_2_closes_on_day),
                timepoint=Timepoint.AFTER_CYCLE_2,
            )
        )
    if end_of_treatment is not None:
        slots.append(
            Slot(
                rule=ScheduleRule.END_OF_TREATMENT,
                tissues=(MARROW,),
                due_on=end_of_treatment,
                grace_days=of.marrow_grace_days,
                opens_on=end_of_treatment - timedelta(days=of.end_of_treatment_opens_before_days),
                closes_on=end_of_treatment + timedelta(days=of.end_of_treatment_closes_after_days),
                timepoint=Timepoint.END_OF_TREATMENT,
            )
        )
    return _settled(slots, sampling, ended_on)


def follow_up_samples(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """Return the dates of follow-up that were kept late or missed, and the one to come; then "individualise".

    NPM1: the later of last marrow + 91 and last blood + 42 days, either tissue satisfies. CBF: last blood + 42,
    blood only. Where nothing was taken yet the clock starts with the phase.
    """
    until = phase.began_on + timedelta(days=sampling.intervals.follow_up_days)
    last: dict[Tissue, date] = {}
    clock = _clock(sampling, last, phase.began_on)
    late: list[DueSample] = []
    for result in _moving(sampling, phase):
        if status_on(result.collected_on, clock.due_on, clock.grace_days) is DueStatus.OVERDUE and clock.due_on <= until:
            late.append(_of_clock(clock, DueStatus.TAKEN_LATE, taken=result))
        last[result.tissue] = result.collected_on
        clock = _clock(sampling, last, phase.began_on)
    return late + _to_come(sampling, phase, clock, until)


def samples_without_end_of_treatment(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """Return the date to come where no end of treatment is recorded: the clocks of follow-up, without an end."""
    last = {result.tissue: result.collected_on for result in _moving(sampling, phase)}
    if not last or phase.ended_on < sampling.as_of:
        return []
    return [_open(sampling, _clock(sampling, last, min(last.values())))]


def venetoclax_samples(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """Return marrow and blood after cycles 1 and 2, after every second cycle, and before conditioning."""
    treatment = phase.treatment
    if treatment is None:
        return []
    cycles = treatment.cycles or (Cycle(1, treatment.started_on),)
    slots = []
    for cycle in cycles:
        opens_on, closes_on = treatment.window_of(cycle)
        if _is_sampled(cycle.number, sampling.intervals) and opens_on <= closes_on:
            due_on = min(cycle.day(sampling.intervals.venetoclax_due_on_day), closes_on)
            slots += [
                Slot(
                    rule=ScheduleRule.AFTER_VENETOCLAX_CYCLE,
                    tissues=(tissue,),
                    due_on=due_on,
                    grace_days=sampling.grace_days(tissue),
                    opens_on=opens_on,
                    closes_on=closes_on,
                    number=cycle.number,
                )
                for tissue in Tissue
            ]
    return _settled([*slots, *_before_hsct(sampling, treatment.conditioning_on)], sampling, phase.ended_on)


def samples_after_hsct(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """Return the samples of days 30, 60 and 100 after HSCT, then every 91 days up to 24 months, either tissue."""
    of, hsct_on = sampling.intervals, phase.began_on
    until = hsct_on + timedelta(days=of.after_hsct_until_days)
    opens = [hsct_on + timedelta(days=day - of.after_hsct_early_days) for day in of.after_hsct_on_days]
    closes = [later - timedelta(days=1) for later in opens[1:]] + [until]
    slots = [
        Slot(
            rule=ScheduleRule.AFTER_HSCT,
            tissues=sampling.either_tissue,
            due_on=hsct_on + timedelta(days=day),
            grace_days=sampling.grace_days(sampling.either_tissue[0]),
            opens_on=opens_on,
            closes_on=closes_on,
            number=day,
        )
        for day, opens_on, closes_on in zip(of.after_hsct_on_days, opens, closes, strict=True)
    ]
    settled = _settled(slots, sampling, phase.ended_on)
    later = [r for r in _of_phase(sampling, phase) if r.collected_on >= opens[-1]]
    if not later and sampling.as_of <= until:
        return settled
    last_on = later[-1].collected_on if later else until
    tissues = sampling.either_tissue
    clock = _Clock(last_on + timedelta(days=of.after_hsct_every_days), tissues, sampling.grace_days(tissues[0]))
    return settled + _to_come(sampling, phase, clock, until, ScheduleRule.AFTER_HSCT)


def _clock(sampling: Sampling, last: dict[Tissue, date], since: date) -> _Clock:
    of = sampling.intervals
    blood = _Clock(
        last.get(BLOOD, since) + timedelta(days=of.blood_days),
        (BLOOD,) if sampling.marker.is_cbf else (BLOOD, MARROW),
        of.blood_grace_days,
    )
    if sampling.marker.is_cbf:
        return _not_before(blood, since)
    marrow = _Clock(
        last.get(MARROW, since) + timedelta(days=of.marrow_days), (MARROW, BLOOD), of.marrow_grace_days
    )
    running = [clock for clock, tissue in ((marrow, MARROW), (blood, BLOOD)) if tissue in last] or [marrow]
    return _not_before(max(running, key=lambda clock: clock.due_on), since)


def _not_before(clock: _Clock, since: date) -> _Clock:
    return _Clock(max(clock.due_on, since), clock.tissues, clock.grace_days)


def _to_come(
    sampling: Sampling, phase: Phase, clock: _Clock, until: date, rule: ScheduleRule = ScheduleRule.FOLLOW_UP
) -> list[DueSample]:
    """The open date of a clock, MISSED once phase or 24 months are over, and "individualise" after them."""
    day = min(sampling.as_of, phase.ended_on, until)
    over = sampling.as_of > phase.ended_on
    missed = status_on(day, clock.due_on, clock.grace_days) is DueStatus.OVERDUE
    if clock.due_on <= until and not over and sampling.as_of <= until:
        return [_open(sampling, clock, rule)]
    kept = [_of_clock(clock, DueStatus.MISSED, rule)] if clock.due_on <= until and missed else []
    return kept if over else [*kept, individualise(sampling, until)]


def individualise(sampling: Sampling, since: date) -> DueSample:
    """Return the prompt to decide for this patient, from the day the guideline ends."""
    return DueSample(
        ScheduleRule.INDIVIDUALISE, sampling.either_tissue, None, 0, DueStatus.NO_DATE, target_on=since
    )


def _open(sampling: Sampling, clock: _Clock, rule: ScheduleRule = ScheduleRule.FOLLOW_UP) -> DueSample:
    status = status_on(sampling.as_of, clock.due_on, clock.grace_days)
    days = overdue_days(sampling.as_of, clock.due_on, clock.grace_days)
    return DueSample(rule, clock.tissues, clock.due_on, clock.grace_days, status, days)


def _of_clock(
    clock: _Clock,
    status: DueStatus,
    rule: ScheduleRule = ScheduleRule.FOLLOW_UP,
    taken: Result | None = None,
) -> DueSample:
    return DueSample(
        rule,
        clock.tissues,
        clock.due_on,
        clock.grace_days,
        status,
        taken=None if taken is None else taken.id,
        taken_on=None if taken is None else taken.collected_on,
    )


def _of_phase(sampling: Sampling, phase: Phase) -> list[Result]:
    return [
        result
        for result in sampling.results
        if phase.counts_from <= result.collected_on <= phase.ended_on and is_evaluable(result)
    ]


def _moving(sampling: Sampling, phase: Phase) -> list[Result]:
    """The results that move a clock of follow-up: for CBF those of blood only."""
    return [r for r in _of_phase(sampling, phase) if r.tissue is BLOOD or not sampling.marker.is_cbf]


def _is_sampled(number: int, of: SamplingIntervals) -> bool:
    after_first = number - of.venetoclax_first_cycles
    return after_first <= 0 or after_first % of.venetoclax_every_cycles == 0


def _before_hsct(sampling: Sampling, conditioning_on: date | None) -> list[Slot]:
    if conditioning_on is None:
        return []
    of = sampling.intervals
    return [
        Slot(
            rule=ScheduleRule.BEFORE_HSCT,
            tissues=(tissue,),
            due_on=conditioning_on - timedelta(days=of.before_hsct_due_before_days),
            grace_days=0,
            opens_on=conditioning_on - timedelta(days=of.before_hsct_opens_before_days),
            closes_on=conditioning_on,
        )
        for tissue in Tissue
    ]


def _settled(slots: Iterable[Slot], sampling: Sampling, ended_on: date) -> list[DueSample]:
    settled = (settle(slot, sampling.results, sampling.as_of, ended_on) for slot in slots)
    return [due for due in settled if due is not None]
