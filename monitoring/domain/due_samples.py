"""A sample that is, was or will be due, and what became of it.

Source: docs/methods/schedule.md (A7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from monitoring.domain.results import Result
from monitoring.domain.sample_classes import INERT_CLASSES, class_of_call
from monitoring.domain.terms import Timepoint, Tissue


class ScheduleRule(StrEnum):
    """Why a sample is due."""

    CONFIRM_SUSPECTED_RELAPSE = "CONFIRM_SUSPECTED_RELAPSE"
    AFTER_CYCLE_2 = "AFTER_CYCLE_2"
    END_OF_TREATMENT = "END_OF_TREATMENT"
    FOLLOW_UP = "FOLLOW_UP"
    AFTER_VENETOCLAX_CYCLE = "AFTER_VENETOCLAX_CYCLE"
    BEFORE_HSCT = "BEFORE_HSCT"
    AFTER_HSCT = "AFTER_HSCT"
    INDIVIDUALISE = "INDIVIDUALISE"
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"


class DueStatus(StrEnum):
    """Where a due sample stands on the day asked for."""

    UPCOMING = "UPCOMING"
    IN_GRACE = "IN_GRACE"
    OVERDUE = "OVERDUE"
    NO_DATE = "NO_DATE"  # a decision for a person: individualise
    TAKEN = "TAKEN"
    TAKEN_LATE = "TAKEN_LATE"
    MISSED = "MISSED"  # its time is over; kept


OPEN_STATUSES = frozenset({DueStatus.UPCOMING, DueStatus.IN_GRACE, DueStatus.OVERDUE, DueStatus.NO_DATE})


@dataclass(frozen=True, slots=True)
class DueSample:
    """One due date: any one of `tissues` satisfies it, the preferred first.

    `number` is the cycle, or the day after HSCT. `overdue_days` counts from `due_on`, 0 within the grace period;
    `target_on` is the day to aim at where the due date is a limit, or the day a guideline ended.
    """

    rule: ScheduleRule
    tissues: tuple[Tissue, ...]
    due_on: date | None
    grace_days: int
    status: DueStatus
    overdue_days: int = 0
    number: int | None = None
    target_on: date | None = None
    taken: str | None = None
    taken_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether someone still has to do something."""
        return self.status in OPEN_STATUSES


@dataclass(frozen=True, slots=True)
class Slot:
    """A due date before anyone has looked whether a sample was taken.

    A sample between `opens_on` and `closes_on` satisfies it, and so does one marked with its time point.
    """

    rule: ScheduleRule
    tissues: tuple[Tissue, ...]
    due_on: date
    grace_days: int
    opens_on: date = date.min
    closes_on: date = date.max
    number: int | None = None
    timepoint: Timepoint | None = None


def is_evaluable(result: Result) -> bool:
    """Say whether a result can satisfy a due date: one that is inert in every rule set cannot."""
    return class_of_call(result) not in INERT_CLASSES


def settle(
    slot: Slot, results: Sequence[Result], as_of: date, ended_on: date = date.max, following: Slot | None = None
) -> DueSample | None:
    """Return what became of a slot as of a day; None where its phase ended before anything was overdue.

    `ended_on` is the last day of the phase of treatment that the slot belongs to. `following` is the next slot of these
    tissues: a sample that nobody took stays overdue until that one is taken or overdue itself. Were it only missed when
    its own time is over, nothing would be overdue between the two.
    """
    taken = _taken(slot, results)
    if taken is not None:
        late = taken.collected_on > slot.due_on + timedelta(days=slot.grace_days)
        return _due(slot, DueStatus.TAKEN_LATE if late else DueStatus.TAKEN, taken=taken)
    is_over = as_of > slot.closes_on and slot.closes_on <= ended_on
    if is_over and (following is None or _takes_over(following, results, as_of)):
        return _due(slot, DueStatus.MISSED)
    status = status_on(min(as_of, ended_on), slot.due_on, slot.grace_days)
    if as_of > ended_on:
        return _due(slot, DueStatus.MISSED) if status is DueStatus.OVERDUE else None
    return _due(slot, status, overdue_days=overdue_days(as_of, slot.due_on, slot.grace_days))


def status_on(day: date, due_on: date, grace_days: int) -> DueStatus:
    """Return UPCOMING up to the due date, IN_GRACE up to the end of the grace period, then OVERDUE."""
    if day <= due_on:
        return DueStatus.UPCOMING
    return DueStatus.IN_GRACE if (day - due_on).days <= grace_days else DueStatus.OVERDUE


def overdue_days(day: date, due_on: date, grace_days: int) -> int:
    """Return the days since the due date once the grace period is over, else 0."""
    days = (day - due_on).days
    return days if days > grace_days else 0


def _takes_over(following: Slot, results: Sequence[Result], as_of: date) -> bool:
    is_overdue = status_on(as_of, following.due_on, following.grace_days) is DueStatus.OVERDUE
    return is_overdue or _taken(following, results) is not None


def _taken(slot: Slot, results: Iterable[Result]) -> Result | None:
    fitting = [result for result in results if result.tissue in slot.tissues and is_evaluable(result)]
    marked = [r for r in fitting if slot.timepoint is not None and r.timepoint is slot.timepoint]
    within = [result for result in fitting if slot.opens_on <= result.collected_on <= slot.closes_on]
    return min(marked or within, key=lambda result: result.collected_on, default=None)


def _due(slot: Slot, status: DueStatus, *, overdue_days: int = 0, taken: Result | None = None) -> DueSample:
    return DueSample(
        rule=slot.rule,
        tissues=slot.tissues,
        due_on=slot.due_on,
        grace_days=slot.grace_days,
        status=status,
        overdue_days=overdue_days,
        number=slot.number,
        taken=None if taken is None else taken.id,
        taken_on=None if taken is None else taken.collected_on,
    )
