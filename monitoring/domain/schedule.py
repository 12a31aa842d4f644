"""When is the next sample due, of which tissue, and what was missed.

Source: Heuser et al., Blood 2021;138:2753 (ELN 2021), [DESIGN] where it is silent; docs/methods/schedule.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from monitoring.domain.due_samples import DueSample, DueStatus, ScheduleRule, overdue_days, status_on
from monitoring.domain.results import Result
from monitoring.domain.sampling_clocks import Sampling, follow_up_samples, samples_without_end_of_treatment
from monitoring.domain.sampling_intervals import ELN_2021_INTERVALS, SamplingIntervals
from monitoring.domain.schedule_phases import ONE_DAY, Phase, PhaseKind, phases_of
from monitoring.domain.schedule_rules import first_line_samples, samples_after_hsct, venetoclax_samples
from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import FlagCode, Marker, Tissue
from monitoring.domain.treatment import PreemptiveTreatment
from monitoring.domain.verdicts import Flag


@dataclass(frozen=True, slots=True)
class SuspectedRelapse:
    """An open candidate: date and tissue of its index sample, and the tissues that would confirm it."""

    index_on: date
    tissue: Tissue
    confirming_tissues: tuple[Tissue, ...]


@dataclass(frozen=True, slots=True)
class ScheduleQuestion:
    """Everything a schedule depends on. Results are the authorised ones; those after `as_of` take no part.

    `cycle_2_on` is day 1 of the second cycle of first-line treatment; after `as_of` it takes no part either.
    """

    marker: Marker
    as_of: date
    results: Sequence[Result] = ()
    cycle_2_on: date | None = None
    end_of_treatment: date | None = None
    treatments: Sequence[PreemptiveTreatment] = ()
    course_starts: Sequence[CourseBegin] = ()
    suspected: Sequence[SuspectedRelapse] = ()
    death_on: date | None = None
    intervals: SamplingIntervals = ELN_2021_INTERVALS


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is to be done, the confirmation of a suspected relapse first, then by date; and what is past."""

    to_come: tuple[DueSample, ...]
    past: tuple[DueSample, ...]


def sampling_schedule(question: ScheduleQuestion) -> Schedule:
    """Return the due samples of a patient and marker as of a day; nothing is due after death."""
    if question.death_on is not None and question.death_on <= question.as_of:
        return Schedule((), _by_date(_due_samples(question, question.death_on), is_open=False))
    due = _due_samples(question, question.as_of)
    confirmations = sorted((_confirmation(question, one) for one in question.suspected), key=_date_of)
    return Schedule((*confirmations, *_by_date(due, is_open=True)), _by_date(due, is_open=False))


def overdue_flags(schedule: Schedule) -> tuple[Flag, ...]:
    """Return SAMPLE_OVERDUE, dated by its due date, for every sample past its grace period.

    A confirmation that is late has a flag of its own, CONFIRMATION_OVERDUE, raised by the rule sets.
    """
    return tuple(
        Flag(FlagCode.SAMPLE_OVERDUE, due.due_on, None, due.tissues[0])
        for due in schedule.to_come
        if due.status is DueStatus.OVERDUE and due.rule is not ScheduleRule.CONFIRM_SUSPECTED_RELAPSE
    )


def _due_samples(question: ScheduleQuestion, as_of: date) -> list[DueSample]:
    results = sorted(
        (result for result in question.results if result.collected_on <= as_of), key=lambda r: r.collected_on
    )
    sampling = Sampling(question.marker, results, question.intervals, as_of)
    phases = phases_of(
        question.end_of_treatment,
        question.treatments,
        question.course_starts,
        as_of,
        question.intervals.end_of_treatment_opens_before_days,
    )
    first_line_ended_on = min(
        (phase.began_on - ONE_DAY for phase in phases if phase.kind in _AFTER_FIRST_LINE), default=date.max
    )
    cycle_2_on = question.cycle_2_on if question.cycle_2_on and question.cycle_2_on <= as_of else None
    first = first_line_samples(sampling, cycle_2_on, question.end_of_treatment, first_line_ended_on)
    by_phase = [_samples_of(sampling, phase) for phase in phases]
    for place, (phase, later) in enumerate(pairwise(phases)):
        if phase.kind is PhaseKind.VENETOCLAX and later.kind is PhaseKind.FOLLOW_UP:
            by_phase[place] = _still_asked_for(sampling, by_phase[place], later, by_phase[place + 1])
    return [*first, *(due for samples in by_phase for due in samples)]


def _still_asked_for(
    sampling: Sampling, on_treatment: list[DueSample], follow_up: Phase, after: Sequence[DueSample]
) -> list[DueSample]:
    """Return the samples of a treatment; the last that nobody took is overdue until one of follow-up is, or is taken.

    The end of treatment takes no date away: the clock of follow-up begins anew, and would be silent for three months.
    """
    is_answered = any(result.collected_on >= follow_up.began_on for result in sampling.evaluable(follow_up))
    if is_answered or sampling.as_of > follow_up.ended_on or any(due.status is DueStatus.OVERDUE for due in after):
        return on_treatment
    by_date = sorted(on_treatment, key=_date_of)
    last = {due.tissues: due for due in by_date if due.rule is ScheduleRule.AFTER_VENETOCLAX_CYCLE}
    return [_overdue(due, sampling.as_of) if due is last.get(due.tissues) else due for due in on_treatment]


def _overdue(due: DueSample, as_of: date) -> DueSample:
    if due.status is not DueStatus.MISSED or due.due_on is None:
        return due
    return replace(due, status=DueStatus.OVERDUE, overdue_days=(as_of - due.due_on).days)


_AFTER_FIRST_LINE = frozenset({PhaseKind.HAEMATOLOGICAL_RELAPSE, PhaseKind.AFTER_HSCT, PhaseKind.VENETOCLAX})


def _samples_of(sampling: Sampling, phase: Phase) -> list[DueSample]:
    match phase.kind:
        case PhaseKind.FOLLOW_UP:
            return follow_up_samples(sampling, phase)
        case PhaseKind.WITHOUT_END_OF_TREATMENT:
            return samples_without_end_of_treatment(sampling, phase)
        case PhaseKind.VENETOCLAX:
            return venetoclax_samples(sampling, phase)
        case PhaseKind.AFTER_HSCT:
            return samples_after_hsct(sampling, phase)
        case PhaseKind.HAEMATOLOGICAL_RELAPSE:
            return _after_haematological_relapse(sampling, phase)


def _after_haematological_relapse(sampling: Sampling, phase: Phase) -> list[DueSample]:
    """No molecular schedule exists in haematological relapse: a person decides."""
    if sampling.as_of > phase.ended_on:
        return []
    return [
        DueSample(
            ScheduleRule.HAEMATOLOGICAL_RELAPSE,
            sampling.either_tissue,
            None,
            0,
            DueStatus.NO_DATE,
            target_on=phase.began_on,
        )
    ]


def _confirmation(question: ScheduleQuestion, suspected: SuspectedRelapse) -> DueSample:
    """The confirming sample, before everything else: aimed at 14 days, due by 28, no grace."""
    of = question.intervals
    due_on = suspected.index_on + timedelta(days=of.confirmation_limit_days)
    return DueSample(
        rule=ScheduleRule.CONFIRM_SUSPECTED_RELAPSE,
        tissues=suspected.confirming_tissues,
        due_on=due_on,
        grace_days=0,
        status=status_on(question.as_of, due_on, 0),
        overdue_days=overdue_days(question.as_of, due_on, 0),
        target_on=suspected.index_on + timedelta(days=of.confirmation_target_days),
    )


def _by_date(due: Sequence[DueSample], *, is_open: bool) -> tuple[DueSample, ...]:
    return tuple(sorted((one for one in due if one.is_open is is_open), key=_date_of))


def _date_of(due: DueSample) -> tuple[date, str]:
    return due.due_on or date.max, due.tissues[0].value
