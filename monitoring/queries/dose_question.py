"""What the form of a cycle is answered with while it is typed: warnings on its dose, days by plan and holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monitoring.domain.dosing import DosingWarning, Prescription, check
from monitoring.domain.venetoclax_days import CycleDays, HeldDays, PlannedDaysMissing, days_by_holds
from monitoring.models import DoseChange, Patient, VenetoclaxCycle
from monitoring.queries.blood_counts import limits_of, read_all_counts
from monitoring.queries.cycle_toxicity import earlier_cycles
from monitoring.queries.cycles_on_record import CycleFacts


@dataclass(frozen=True, slots=True)
class DoseAnswer:
    """The warnings, and how many of the planned days were not held; None where that cannot be said."""

    warnings: tuple[DosingWarning, ...]
    days_by_holds: int | None


def holds_of(cycle: VenetoclaxCycle) -> tuple[HeldDays, ...]:
    """Return the holds of a cycle on record."""
    rows = DoseChange.objects.filter(cycle=cycle, kind=DoseChange.Kind.HOLD).order_by("starts_on")
    return tuple(HeldDays(row.starts_on, row.ends_on) for row in rows)


def answer_dose(
    patient: Patient,
    others: Iterable[CycleFacts],
    asked: Prescription,
    day_1: date | None,
    days: CycleDays | None,
) -> DoseAnswer:
    """Return what is to be said of a cycle as it stands in the form, before anything is written."""
    counts = [one.count for one in read_all_counts(patient.pk)]
    earlier = earlier_cycles(tuple(others), counts, limits_of(patient), day_1) if day_1 else None
    try:
        by_holds = len(days_by_holds(days)) if days is not None else None
    except PlannedDaysMissing:
        by_holds = None
    return DoseAnswer(check(asked, earlier), by_holds)
