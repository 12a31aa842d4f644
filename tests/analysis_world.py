"""A world in which the analysis set is made: treated patients, and the worker who refreshes the rows."""

from datetime import date, timedelta

from monitoring.actions import analysis_rows, treatments
from monitoring.models import MrdSeries, VenetoclaxCycle
from tests.integration.told_world import as_worker
from tests.world import NOW, World, detected, not_detected

CYCLE_1 = date(2025, 7, 1)


def refresh() -> analysis_rows.RefreshReport:
    """Do what the worker does when it is asked."""
    with as_worker():
        return analysis_rows.refresh(now=NOW)


def treated(world: World) -> MrdSeries:
    """Return a patient with a confirmed molecular relapse of 2 June 2025, and a first cycle of VEN-AZA since 1 July."""
    series = world.patient()
    world.authorised(series, date(2025, 3, 3), not_detected())
    world.authorised(series, date(2025, 6, 2), detected("0.5"))
    world.authorised(series, date(2025, 6, 16), detected("1.2"))
    world.as_person(world.clinician)
    treatments.record_cycle(by=world.clinician, patient=series.patient, cycle=cycle(1), regimen="VEN-AZA", now=NOW)
    world.authorised(series, CYCLE_1 + timedelta(days=24), detected("0.01"))
    world.as_person(world.clinician)
    return series


def cycle(number: int) -> VenetoclaxCycle:
    """Return a cycle of 28 days with 14 days of venetoclax."""
    starts_on = CYCLE_1 + timedelta(days=28 * (number - 1))
    return VenetoclaxCycle(
        number=number, starts_on=starts_on, ends_on=starts_on + timedelta(days=27), planned_days=14, given_days=14,
        dose_mg=400, partner_drug="AZACITIDINE", partner_days=7,
    )  # fmt: skip
