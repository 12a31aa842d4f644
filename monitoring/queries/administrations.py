"""Doses of venetoclax as they are on record, in periods: given, held, or given on a number of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from monitoring.domain.venetoclax_days import CycleDays, HeldDays
from monitoring.domain.venetoclax_periods import Period, PeriodKind, Reduced, periods_of_cycle
from monitoring.models import DoseChange, VenetoclaxCycle
from monitoring.queries.care import cared_for

# A number for good: that of the cycle, the day of the cycle on which the period begins, and whether it is a hold.
NUMBERS_A_CYCLE = 10_000
HOLDS_FROM = 5_000


@dataclass(frozen=True, slots=True)
class Administration:
    """One period of a cycle, begun by today at the patient's centre."""

    number: int
    patient_id: int
    cycle: int
    first: date
    period: Period
    is_ramp_up: bool
    is_running: bool
    is_last: bool
    because: str


def administrations(centres: Sequence[int], where: Q, now: datetime) -> list[Administration]:
    """Return the periods of the cycles of whom these centres care for, in two queries."""
    rows = VenetoclaxCycle.objects.filter(cared_for(centres)).filter(where)
    cycles = rows.select_related("patient__centre").prefetch_related("dose_changes")
    return [each for row in cycles for each in _of_cycle(row, now.astimezone(row.patient.centre.zone).date())]


def of_number(number: int) -> Q:
    """Return the condition for the cycle of an administration."""
    return Q(pk=number // NUMBERS_A_CYCLE)


def _of_cycle(row: VenetoclaxCycle, today: date) -> list[Administration]:
    changes = sorted(row.dose_changes.all(), key=lambda each: each.starts_on)
    holds = [each for each in changes if each.kind == DoseChange.Kind.HOLD]
    reduced = [Reduced(each.starts_on, each.ends_on, each.dose_mg) for each in changes if each.dose_mg is not None]
    days = CycleDays(
        row.starts_on, row.ends_on, row.planned_days, row.given_days,
        tuple(HeldDays(each.starts_on, each.ends_on) for each in holds),
    )  # fmt: skip
    begun = [each for each in periods_of_cycle(days, row.dose_mg, reduced) if each.first <= today]
    given = [each for each in begun if each.kind is not PeriodKind.HELD]
    reasons = {each.starts_on: each.because for each in holds}
    return [_administration(row, each, reasons, today, is_last=each in given[-1:]) for each in begun]


def _administration(
    row: VenetoclaxCycle, period: Period, reasons: dict[date, str], today: date, *, is_last: bool
) -> Administration:
    is_hold = period.kind is PeriodKind.HELD
    day = (period.first - row.starts_on).days + 1
    return Administration(
        number=row.pk * NUMBERS_A_CYCLE + (HOLDS_FROM if is_hold else 0) + day, patient_id=row.patient_id,
        cycle=row.number, first=period.first, period=period,
        is_ramp_up=bool(row.ramp_up) and period.first == row.starts_on and not is_hold,
        is_running=period.last >= today, is_last=is_last,
        because=reasons[period.first] if is_hold else row.stopped_because if is_last else "",
    )  # fmt: skip
