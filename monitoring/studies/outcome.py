"""What happens to simulated patients beside the marker: transplant, haematological relapse, death.

Every share and interval without a source is constructed.
"""

from dataclasses import replace
from random import Random

from monitoring.domain.terms import Marker
from monitoring.studies.clone import UNDETECTABLE, Clone
from monitoring.studies.records import EventRecord, FindingRecord, PatientRecord, TreatmentRecord

HSCT_AFTER_LAST_CYCLE = (7, 28)  # days
CONDITIONING_BEFORE = 7  # days
DONORS = ("unrelated 10/10", "unrelated 9/10", "sibling", "haploidentical")
CONDITIONINGS = ("FB2", "FluTreo", "TBF", "BuCy")
DAYS_TO_CLEAR = 20  # days in which conditioning clears the marker
LOW_LEVEL_FROM, POSITIVE_FROM = -3.0, 0.3  # log10 % of ABL1: what is told as MRD at HSCT; low level ends at 2 %
GVHD_SHARE, GVHD_DAYS = 0.35, (20, 150)
RELAPSE_AFTER_HSCT_SHARE = 0.25
MEAN_RELAPSE_AFTER_HSCT = 180.0  # days
SALVAGES = ("FLAG-Ida + venetoclax", "gilteritinib", "FLAG-Ida", "azacitidine + venetoclax")
SALVAGE_DAYS = 35
MARKER_LOST_SHARE = 0.03  # of NPM1 relapses; FILO 2025: one patient
SALVAGE_HSCT_SHARE = 0.4
DEATH_AFTER_RELAPSE_SHARE, DEATH_AFTER_HSCT_SHARE = 0.5, 0.07
DEATH_AFTER_LAST_SAMPLE = (3, 45)  # days


def transplant(rng: Random, patient: PatientRecord, clone: Clone, last_treated: int) -> int:
    """Transplant after the last day of treatment; return the day of HSCT."""
    day = last_treated + rng.randint(*HSCT_AFTER_LAST_CYCLE)
    patient.events.append(
        EventRecord(
            "HSCT",
            day,
            donor=rng.choice(DONORS),
            conditioning=rng.choice(CONDITIONINGS),
            conditioning_starts=day - CONDITIONING_BEFORE,
            mrd_at_hsct=_mrd_at_hsct(clone.level(day)),
        )
    )
    clone.fall_to(day, UNDETECTABLE, day + DAYS_TO_CLEAR)
    if rng.random() < GVHD_SHARE:
        patient.events.append(EventRecord("GVHD", day + rng.randint(*GVHD_DAYS), detail="acute, grade II"))
    return day


def _mrd_at_hsct(level: float) -> str:
    """MRD at transplant as the form keeps it."""
    if level >= POSITIVE_FROM:
        return "POSITIVE"
    return "LOW_LEVEL" if level >= LOW_LEVEL_FROM else "NEGATIVE"


def draw_relapse_after_hsct(rng: Random, hsct_day: int) -> int | None:
    """Return the day on which the marker comes back after HSCT; None for most."""
    if rng.random() >= RELAPSE_AFTER_HSCT_SHARE:
        return None
    return hsct_day + DAYS_TO_CLEAR + int(rng.expovariate(1.0 / MEAN_RELAPSE_AFTER_HSCT))


def relapse_overtly(rng: Random, patient: PatientRecord, clone: Clone, day: int) -> None:
    """Haematological relapse on a day, salvage, remission, and HSCT for some; rarely the marker is lost."""
    patient.events.append(EventRecord("HAEMATOLOGICAL_RELAPSE", day))
    salvage = TreatmentRecord("SALVAGE", rng.choice(SALVAGES), day + 1, day + SALVAGE_DAYS)
    patient.treatments.append(salvage)
    patient.events.append(EventRecord("REMISSION", day + SALVAGE_DAYS, detail="second remission"))
    clone.fall_to(day + 1, UNDETECTABLE, day + SALVAGE_DAYS)
    if patient.marker is Marker.NPM1 and rng.random() < MARKER_LOST_SHARE:
        variant = f"type {patient.mutation_type}"
        patient.findings.append(FindingRecord("NPM1", variant, "LOST", day, "NGS"))
    if rng.random() < SALVAGE_HSCT_SHARE:
        transplant(rng, patient, clone, day + SALVAGE_DAYS)


def draw_death(rng: Random, patient: PatientRecord) -> EventRecord | None:
    """Return a death after the last sample; None for those who live."""
    kinds = {event.kind for event in patient.events}
    after = patient.samples[-1].day + rng.randint(*DEATH_AFTER_LAST_SAMPLE)
    if "HAEMATOLOGICAL_RELAPSE" in kinds and rng.random() < DEATH_AFTER_RELAPSE_SHARE:
        return EventRecord("DEATH", after, cause="relapse of AML")
    if "HSCT" in kinds and rng.random() < DEATH_AFTER_HSCT_SHARE:
        return EventRecord("DEATH", after, cause="non-relapse mortality after HSCT")
    return None


def ended_by(death: EventRecord, record: PatientRecord) -> PatientRecord:
    """Return the record of a patient who died: what was going on ended with death."""
    treatments = [
        line if line.ends is not None else replace(line, ends=death.day, stopped_because="death")
        for line in record.treatments
    ]
    return replace(record, treatments=treatments, events=[*record.events, death])
