"""The toxicity of P-0007 as the story tells it: computed from the counts of the demonstration, never typed."""

from datetime import date
from decimal import Decimal

from monitoring.domain.ctcae import Lineage
from monitoring.domain.toxicity import Count, LineageToxicity, counted_cycles, cycle_toxicity
from monitoring.studies.p0007 import story

TOLD_ON = date(2026, 11, 20)


def told(lineage: Lineage) -> list[str]:
    patient = story(TOLD_ON)
    counts = [
        Count(patient.on(c.day), Decimal(c.neutrophils), Decimal(c.platelets), Decimal(c.haemoglobin))
        for c in patient.counts
    ]
    course = patient.treatments[-1]
    transplant = next(patient.on(event.day) for event in patient.events if event.kind == "HSCT")
    cycles = counted_cycles([(cycle.number, patient.on(cycle.starts)) for cycle in course.cycles], [transplant])
    return [_said(cycle_toxicity(cycle, counts)[lineage]) for cycle in cycles]


def _said(found: LineageToxicity) -> str:
    days = f", {found.grade_4.days} d" if found.grade_4 else ""
    return f"{found.nadir} (G{found.grade}{days})"


def test_neutrophils_by_cycle() -> None:
    assert told(Lineage.NEUTROPHILS) == ["0.6 (G3)", "0.4 (G4, 6 d)", "0.3 (G4, 9 d)", "0.4 (G4, 5 d)"]


def test_platelets_by_cycle() -> None:
    assert told(Lineage.PLATELETS) == ["61 (G2)", "44 (G3)", "38 (G3)", "22 (G4, 5 d)"]
