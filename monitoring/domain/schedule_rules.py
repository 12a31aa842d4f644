"""Due dates that run from an event: first line, cycles of pre-emptive venetoclax, conditioning, HSCT.

Source: Heuser et al., Blood 2021;138:2753 (ELN 2021); [DESIGN] where it is silent; docs/methods/schedule.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, zip_longest

from monitoring.domain.due_samples import DueSample, ScheduleRule, Slot, settle
from monitoring.domain.sampling_clocks import (
    BLOOD,
    MARROW,
    LastTaken,
    Sampling,
    individualise,
    upcoming,
    walk,
)
from monitoring.domain.sampling_intervals import SamplingIntervals
from monitoring.domain.schedule_phases import ONE_DAY, Phase
from monitoring.domain.terms import Timepoint, Tissue
from monitoring.domain.treatment import Cycle, PreemptiveTreatment


def first_line_samples(
    sampling: Sampling, cycle_2_on: date | None, end_of_treatment: date | None, ended_on: date
) -> list[DueSample]:
    """Return blood after cycle 2 and marrow at the end of treatment, until `ended_on`, the end of first line."""
    at_the_end = [] if end_of_treatment is None else [_at_end_of_treatment(sampling.intervals, end_of_treatment)]
    if cycle_2_on is None:
        return _settled(at_the_end, sampling, ended_on)
    slot = _after_cycle_2(sampling.intervals, Cycle(2, cycle_2_on))
    later = _anything_later(slot, at_the_end[0] if at_the_end else None)
    due = settle(slot, sampling.results, sampling.as_of, ended_on, later)
    return [*([due] if due else []), *_settled(at_the_end, sampling, ended_on)]


def venetoclax_samples(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """Return marrow and blood after cycles 1 and 2, after every second cycle, and before conditioning."""
    treatment = phase.treatment
    if treatment is None:
        return []
    sampled = [
        cycle
        for cycle in treatment.cycles or (Cycle(1, treatment.started_on),)
        if _is_sampled(cycle.number, sampling.intervals)
    ]
    after_cycles = [
        due
        for tissue in Tissue
        for due in _in_turn(_after_cycles(sampling, treatment, sampled, tissue), sampling, phase.ended_on)
    ]
    return after_cycles + _settled(_before_hsct(sampling, treatment.conditioning_on), sampling, phase.ended_on)


def samples_after_hsct(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """Return the samples of days 30, 60, 100 after HSCT, then every 91 days to 24 months, either tissue."""
    of, until = sampling.intervals, phase.began_on + timedelta(days=sampling.intervals.after_hsct_until_days)
    slots = _days_after_hsct(sampling, phase.began_on, until)
    settled = _in_turn(slots, sampling, phase.ended_on)
    from_last_day = [r for r in sampling.evaluable(phase) if r.collected_on >= slots[-1].opens_on]
    if not from_last_day:
        over = until < sampling.as_of <= phase.ended_on
        return [*settled, individualise(sampling, until)] if over else settled

    def clock(last: LastTaken) -> DueSample:
        due_on = max(last.values()) + timedelta(days=of.after_hsct_every_days)
        return upcoming(ScheduleRule.AFTER_HSCT, sampling.either_tissue, due_on, slots[-1].grace_days)

    first = from_last_day[0]
    taken = {first.tissue: first.collected_on}
    return settled + walk(sampling, phase, from_last_day[1:], clock, until, taken)


def _after_cycle_2(of: SamplingIntervals, cycle_2: Cycle) -> Slot:
    return Slot(
        rule=ScheduleRule.AFTER_CYCLE_2,
        tissues=(BLOOD,),
        due_on=cycle_2.day(of.after_cycle_2_due_on_day),
        grace_days=of.blood_grace_days,
        opens_on=cycle_2.day(of.after_cycle_2_opens_on_day),
        closes_on=cycle_2.day(of.after_cycle_2_closes_on_day),
        timepoint=Timepoint.AFTER_CYCLE_2,
    )


def _anything_later(after_cycle_2: Slot, at_the_end: Slot | None) -> Slot:
    """What ends the asking for blood after cycle 2: any sample past its window, or that of the end being overdue."""
    return Slot(
        rule=ScheduleRule.END_OF_TREATMENT,
        tissues=(BLOOD, MARROW),
        due_on=at_the_end.due_on if at_the_end else date.max,
        grace_days=at_the_end.grace_days if at_the_end else 0,
        opens_on=after_cycle_2.closes_on + ONE_DAY,
    )


def _at_end_of_treatment(of: SamplingIntervals, end_of_treatment: date) -> Slot:
    return Slot(
        rule=ScheduleRule.END_OF_TREATMENT,
        tissues=(MARROW,),
        due_on=end_of_treatment,
        grace_days=of.marrow_grace_days,
        opens_on=end_of_treatment - timedelta(days=of.end_of_treatment_opens_before_days),
        closes_on=end_of_treatment + timedelta(days=of.end_of_treatment_closes_after_days),
        timepoint=Timepoint.END_OF_TREATMENT,
    )


def _is_sampled(number: int, of: SamplingIntervals) -> bool:
    after_first = number - of.venetoclax_first_cycles
    return after_first <= 0 or after_first % of.venetoclax_every_cycles == 0


def _after_cycles(
    sampling: Sampling, treatment: PreemptiveTreatment, cycles: Iterable[Cycle], tissue: Tissue
) -> list[Slot]:
    """The samples of a tissue after cycles; none where the response window is empty.

    A sample is asked for within the window, so that the response can be told; one taken later still answers the due
    date, until that of the next cycle opens.
    """
    windows = [(cycle, *treatment.window_of(cycle)) for cycle in cycles]
    slots = [
        Slot(
            rule=ScheduleRule.AFTER_VENETOCLAX_CYCLE,
            tissues=(tissue,),
            due_on=min(cycle.day(sampling.intervals.venetoclax_due_on_day), closes_on),
            grace_days=sampling.grace_days(tissue),
            opens_on=opens_on,
            number=cycle.number,
        )
        for cycle, opens_on, closes_on in windows
        if opens_on <= closes_on
    ]
    following = [replace(slot, closes_on=later.opens_on - ONE_DAY) for slot, later in pairwise(slots)]
    return [*following, *slots[-1:]]


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


def _days_after_hsct(sampling: Sampling, hsct_on: date, until: date) -> list[Slot]:
    """One slot a day of the list; each closes where the next opens, the last with the 24 months."""
    of = sampling.intervals
    opens = [hsct_on + timedelta(days=day - of.after_hsct_early_days) for day in of.after_hsct_on_days]
    closes = [*(later - ONE_DAY for later in opens[1:]), until]
    return [
        Slot(
            rule=ScheduleRule.AFTER_HSCT,
            tissues=sampling.either_tissue,
            due_on=hsct_on + timedelta(days=day),
            grace_days=sampling.grace_days(sampling.either_tissue[0]),
            opens_on=max(opens_on, hsct_on),
            closes_on=closes_on,
            number=day,
        )
        for day, opens_on, closes_on in zip(of.after_hsct_on_days, opens, closes, strict=True)
    ]


def _settled(slots: Iterable[Slot], sampling: Sampling, ended_on: date) -> list[DueSample]:
    settled = (settle(slot, sampling.results, sampling.as_of, ended_on) for slot in slots)
    return [due for due in settled if due is not None]


def _in_turn(slots: Sequence[Slot], sampling: Sampling, ended_on: date) -> list[DueSample]:
    """Settle slots of the same tissues, each of which stays open until it is answered or the next is overdue."""
    within = [result for result in sampling.results if result.collected_on <= ended_on]
    settled = (
        settle(slot, within, sampling.as_of, ended_on, following) for slot, following in zip_longest(slots, slots[1:])
    )
    return [due for due in settled if due is not None]
