"""What the form of a venetoclax cycle starts from: the next one proposed from the last, and those it must not meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from monitoring.models import Treatment, VenetoclaxCycle
from monitoring.models.choices import TreatmentKindChoice
from monitoring.queries.cycles_on_record import CycleFacts

CYCLE_DAYS = 28  # days; the usual length, where no cycle is on record


@dataclass(frozen=True, slots=True)
class ProposedCycle:
    """The next cycle as the last one suggests it; `expected_on` is told where it still lies ahead of today."""

    number: int
    starts_on: date | None
    ends_on: date | None
    expected_on: date | None
    regimen: str
    planned_days: int | None = None
    dose_mg: int | None = None
    partner_drug: str = ""
    partner_dose_mg_m2: Decimal | None = None
    partner_days: int | None = None
    cyp3a4: str = ""
    cyp3a4_drug: str = ""
    liver: str = ""
    g_csf: bool | None = None
    setting: str = ""


def propose_next(cycles: Sequence[CycleFacts], regimen: str, today: date) -> ProposedCycle:
    """Return the cycle that follows the last one: its number, dates and doses; days given are never proposed."""
    if not cycles:
        return ProposedCycle(1, None, None, None, regimen)
    last = max(cycles, key=lambda cycle: cycle.starts_on)
    length = last.ends_on - last.starts_on
    expected_on = last.ends_on + timedelta(days=1)
    has_come = expected_on <= today
    return ProposedCycle(
        number=last.number + 1,
        starts_on=expected_on if has_come else None,
        ends_on=expected_on + length if has_come else None,
        expected_on=None if has_come else expected_on,
        regimen=regimen,
        planned_days=last.planned_days,
        dose_mg=last.dose_mg,
        partner_drug=last.partner_drug,
        partner_dose_mg_m2=last.partner_dose_mg_m2,
        partner_days=last.partner_days,
        cyp3a4=last.cyp3a4,
        cyp3a4_drug=last.cyp3a4_drug,
        liver=last.liver,
        g_csf=last.g_csf,
        setting=last.setting,
    )


def latest_regimen(patient_id: int) -> str:
    """Return the regimen of the latest pre-emptive course; empty where there was none."""
    lines = Treatment.objects.filter(patient_id=patient_id, kind=TreatmentKindChoice.PRE_EMPTIVE)
    return lines.order_by("-starts_on").values_list("regimen", flat=True).first() or ""


def find_cycle(pk: int) -> VenetoclaxCycle | None:
    """Return a cycle that this transaction sees, with its patient and treatment; None for any other."""
    rows = VenetoclaxCycle.objects.select_related("patient__centre", "treatment")
    return rows.filter(pk=pk).first()
