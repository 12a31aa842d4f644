"""From a row of the synthetic cohort to samples, treatments and events; all days stand at fixed distances.

Days are counted from the diagnosis. The samples alone carry the story: the rules make the relapse, the response after
C1 +/- C2, the response before transplant and the second relapse of them, as of any patient's.
"""

from datetime import date, timedelta

from monitoring.domain.terms import Tissue
from monitoring.studies.filo2025 import SyntheticPatient
from monitoring.studies.filo2025_samples import samples_of
from monitoring.studies.leukaemia import AML_TYPES, KARYOTYPES
from monitoring.studies.records import (
    AdverseEventRecord,
    BaselineRecord,
    CountRecord,
    CycleRecord,
    EventRecord,
    FindingRecord,
    PatientRecord,
    TransfusionRecord,
    TreatmentRecord,
)

LAST_NEWS_BEFORE_TODAY = 7  # days, and as many more as the number of the patient
DAYS_PER_YEAR = 365.25
MIDDLE_OF_YEAR_OF_LIFE = 0.5
BASELINES = {Tissue.BONE_MARROW: "800", Tissue.PERIPHERAL_BLOOD: "500"}  # per cent of ABL1
BASELINE_ABL1 = 40_000  # copies a well

FIRST_LINE_FROM = 3
REMISSION_ON = 30
FIRST_LINE_TO, FIRST_LINE_AT_LEAST, BEFORE_RELAPSE = 170, 45, 91  # days from diagnosis; days before the relapse
CYCLE_DAYS = 28
DOSE_MG, DOSE_MG_WITH_POSACONAZOLE = 400, 100
AZACITIDINE_MG_M2, AZACITIDINE_DAYS = "75", 7
CONDITIONING_BEFORE = 7  # days before the transplant
SALVAGE_AFTER, SALVAGE_DAYS, SECOND_REMISSION_AFTER = 5, 30, 40  # days from the haematological relapse
TREATED_AFTER = 28  # days from a second molecular relapse, where it went away
NADIR_ON, FEVER_ON, TRANSFUSED_ON = 14, 15, 16  # days from cycle 1 day 1
USUAL_COUNTS = ((0, "2.8", "165", "11.2"), (7, "1.9", "120", "10.4"), (21, "1.6", "130", "10.8"))
FEVER_C = "38.6"


def end_of_first_line(row: SyntheticPatient) -> int:
    """Return the last day of first-line treatment."""
    return max(FIRST_LINE_AT_LEAST, min(FIRST_LINE_TO, row.diagnosis_to_relapse - BEFORE_RELAPSE))


def construct(row: SyntheticPatient, today: date) -> PatientRecord:
    """Return the whole record of a patient whose last news lies shortly before `today`."""
    relapse = row.diagnosis_to_relapse
    last_news = relapse + row.last_news
    diagnosed_on = today - timedelta(days=LAST_NEWS_BEFORE_TODAY + row.number + last_news)
    relapsed_on = diagnosed_on + timedelta(days=relapse)
    age = timedelta(days=int((row.age_at_relapse + MIDDLE_OF_YEAR_OF_LIFE) * DAYS_PER_YEAR))
    record = PatientRecord(
        pseudonym=row.pseudonym,
        sex=row.sex,
        born_on=relapsed_on - age,
        diagnosed_on=diagnosed_on,
        marker=row.marker,
        mutation_type=row.mutation_type,
        aml_type=AML_TYPES[row.marker],
        karyotype=KARYOTYPES[row.marker].format(sex="XX" if row.sex == "F" else "XY"),
        eln_risk="INTERMEDIATE" if "FLT3-ITD" in row.mutations else "FAVOURABLE",
        remission="SECOND" if row.has_second_remission else "FIRST",
        baselines=[BaselineRecord(tissue, level, BASELINE_ABL1) for tissue, level in BASELINES.items()],
        findings=[FindingRecord(gene, "", "PRESENT", 0, "NGS") for gene in row.mutations],
    )
    record.treatments = _treatments(row)
    record.events = _events(row)
    record.samples = samples_of(row, end_of_first_line(row))
    _tell_first_cycle(row, record)
    return record


def _treatments(row: SyntheticPatient) -> list[TreatmentRecord]:
    start = row.diagnosis_to_relapse + row.relapse_to_venetoclax
    cycles = [_cycle(row, number, start + CYCLE_DAYS * (number - 1)) for number in range(1, row.cycles + 1)]
    lines = [
        TreatmentRecord("FIRST_LINE", "7+3, intermediate-dose cytarabine", FIRST_LINE_FROM, end_of_first_line(row)),
        TreatmentRecord("PRE_EMPTIVE", "VEN-AZA", start, _end_of_venetoclax(row, cycles), cycles=cycles),
    ]
    if row.has_second_remission and row.haematological_relapse is not None:
        salvage = row.diagnosis_to_relapse + row.haematological_relapse + SALVAGE_AFTER
        lines.append(TreatmentRecord("SALVAGE", "FLAG-Ida", salvage, salvage + SALVAGE_DAYS))
    return lines


def _end_of_venetoclax(row: SyntheticPatient, cycles: list[CycleRecord]) -> int:
    """The end of the last cycle, or the day before what ended it."""
    stops = [row.haematological_relapse, row.last_news + 1]
    if row.transplanted is not None:
        stops.append(row.transplanted - CONDITIONING_BEFORE)
    ends = [row.diagnosis_to_relapse + stop - 1 for stop in stops if stop is not None]
    return min(cycles[-1].ends, *ends)


def _cycle(row: SyntheticPatient, number: int, starts: int) -> CycleRecord:
    days = row.venetoclax_days_c1 if number == 1 else row.venetoclax_days_c2
    return CycleRecord(
        number=number,
        starts=starts,
        ends=starts + CYCLE_DAYS - 1,
        planned_days=days,
        given_days=days,
        dose_mg=DOSE_MG_WITH_POSACONAZOLE if row.has_posaconazole else DOSE_MG,
        partner_drug="AZACITIDINE",
        partner_dose_mg_m2=AZACITIDINE_MG_M2,
        partner_days=AZACITIDINE_DAYS,
        cyp3a4="POSACONAZOLE" if row.has_posaconazole else "",
        cyp3a4_drug="posaconazole" if row.has_posaconazole else "",
        setting="OUTPATIENT" if row.is_outpatient or number > 1 else "INPATIENT",
        g_csf=row.g_csf,
    )


def _events(row: SyntheticPatient) -> list[EventRecord]:
    relapse = row.diagnosis_to_relapse
    events = [EventRecord("REMISSION", min(REMISSION_ON, end_of_first_line(row) - 1))]
    if row.transplanted is not None:
        day = relapse + row.transplanted
        events.append(
            EventRecord(
                "HSCT",
                day,
                donor=row.donor,
                conditioning=row.conditioning,
                conditioning_starts=day - CONDITIONING_BEFORE,
            )
        )
    if row.haematological_relapse is not None:
        day = relapse + row.haematological_relapse
        events.append(EventRecord("HAEMATOLOGICAL_RELAPSE", day))
        if row.has_second_remission:
            events.append(EventRecord("REMISSION", day + SECOND_REMISSION_AFTER))
    last = relapse + row.last_news
    if row.not_transplanted_because:
        events.append(EventRecord("NOT_TRANSPLANTED", last, detail=row.not_transplanted_because))
    if row.cause_of_death:
        return [*events, EventRecord("DEATH", last, cause=row.cause_of_death)]
    return [*events, EventRecord("LAST_DISEASE_ASSESSMENT", last), EventRecord("LAST_CONTACT", last)]


def _tell_first_cycle(row: SyntheticPatient, record: PatientRecord) -> None:
    """Counts, fever and transfusions of cycle 1."""
    start = row.diagnosis_to_relapse + row.relapse_to_venetoclax
    if row.lowest_neutrophils:
        lowest = (NADIR_ON, row.lowest_neutrophils, "84", "9.6")
        record.counts = [CountRecord(start + day, *values) for day, *values in sorted([*USUAL_COUNTS, lowest])]
    if row.has_febrile_neutropenia:
        fever = start + FEVER_ON
        record.adverse_events = [
            AdverseEventRecord(start, "Febrile neutropenia", 3, fever, fever + 4, "FEBRILE_NEUTROPENIA", FEVER_C, False)
        ]
    given = {"RED_CELLS": row.red_cell_units, "PLATELETS": row.platelet_units}
    record.transfusions = [
        TransfusionRecord(start, product, units, start + TRANSFUSED_ON) for product, units in given.items() if units
    ]
