"""What rows of the analysis set are made of: the whole records of many patients, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from monitoring.domain.cohorts.facts import ClinicalFacts, FindingStatus, GeneFinding, Happening, Line, LineKind
from monitoring.domain.cohorts.patient import CycleGiven
from monitoring.domain.toxicity import Count
from monitoring.domain.treatment import PreemptiveTreatment
from monitoring.domain.venetoclax_days import PlannedDaysMissing, last_day_given
from monitoring.models import (
    AdverseEvent,
    BloodCount,
    ClinicalEvent,
    Disease,
    DoseChange,
    MutationFinding,
    Patient,
    Transfusion,
    Treatment,
    VenetoclaxCycle,
)
from monitoring.models.choices import EventKindChoice
from monitoring.queries import series_inputs, treatment_courses
from monitoring.queries.blood_counts import limits_of
from monitoring.queries.cycle_toxicity import days_of, tell_cycles
from monitoring.queries.cycles_on_record import CycleFacts, cycles_of
from monitoring.queries.known_rows import on_record
from monitoring.queries.series_inputs import SeriesInputs

OfPatient = TypeVar(
    "OfPatient",
    AdverseEvent,
    BloodCount,
    ClinicalEvent,
    Disease,
    DoseChange,
    MutationFinding,
    Transfusion,
    Treatment,
    VenetoclaxCycle,
)


@dataclass(frozen=True, slots=True)
class AnalysisInputs:
    """One series with the courses of its patient and everything else on record up to the day at the centre."""

    inputs: SeriesInputs
    treatments: tuple[PreemptiveTreatment, ...]
    facts: ClinicalFacts
    as_of: date
    centre_id: int


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one patient up to a day."""

    patient: Patient
    as_of: date
    diseases: list[Disease]
    findings: list[MutationFinding]
    events: list[ClinicalEvent]
    treatments: list[Treatment]
    cycles: list[VenetoclaxCycle]
    changes: list[DoseChange]
    adverse: list[AdverseEvent]
    transfusions: list[Transfusion]
    counts: list[BloodCount]


def read(patient_ids: Iterable[int], *, now: datetime) -> Iterator[AnalysisInputs]:
    """Yield every series of these patients with what its row is made of, as on record now, as of today."""
    wanted = sorted(set(patient_ids))
    followed = _followed(wanted)
    courses = treatment_courses.read(wanted)
    for rows in _rows_of(wanted, now):
        facts = _facts(rows)
        for inputs in followed[rows.patient.pk]:
            yield AnalysisInputs(inputs, courses.get(rows.patient.pk, ()), facts, rows.as_of, rows.patient.centre_id)


def _followed(patient_ids: list[int]) -> Mapping[int, list[SeriesInputs]]:
    found: dict[int, list[SeriesInputs]] = defaultdict(list)
    sql = series_inputs.CURRENT.format(series=series_inputs.ALL, which="s.patient_id = ANY (%s)")
    for each in map(series_inputs.from_row, series_inputs.rows(sql, [patient_ids])):
        found[each.patient_id].append(each)
    return found


def _rows_of(wanted: list[int], now: datetime) -> Iterator[_Rows]:
    diseases = _by_patient(on_record(Disease, wanted, None))
    findings = _by_patient(on_record(MutationFinding, wanted, None))
    events = _by_patient(on_record(ClinicalEvent, wanted, None))
    treatments = _by_patient(on_record(Treatment, wanted, None))
    cycles = _by_patient(on_record(VenetoclaxCycle, wanted, None))
    changes = _by_patient(on_record(DoseChange, wanted, None))
    adverse = _by_patient(on_record(AdverseEvent, wanted, None))
    transfusions = _by_patient(on_record(Transfusion, wanted, None))
    counts = _by_patient(on_record(BloodCount, wanted, None))
    for patient in Patient.objects.filter(pk__in=wanted).select_related("centre").order_by("pk"):
        pk, as_of = patient.pk, now.astimezone(patient.centre.zone).date()
        yield _Rows(
            patient=patient,
            as_of=as_of,
            diseases=sorted(diseases[pk], key=lambda row: row.diagnosed_on),
            findings=sorted(
                (row for row in findings[pk] if row.found_on <= as_of), key=lambda row: (row.found_on, row.gene)
            ),
            events=sorted(
                (row for row in events[pk] if row.happened_on <= as_of), key=lambda row: (row.happened_on, row.pk)
            ),
            treatments=sorted(
                (row for row in treatments[pk] if row.starts_on <= as_of), key=lambda row: (row.starts_on, row.pk)
            ),
            cycles=[row for row in cycles[pk] if row.starts_on <= as_of],
            changes=[row for row in changes[pk] if row.starts_on <= as_of],
            adverse=[row for row in adverse[pk] if row.starts_on <= as_of],
            transfusions=[row for row in transfusions[pk] if row.given_on <= as_of],
            counts=[row for row in counts[pk] if row.measured_on <= as_of],
        )


def _by_patient(rows: Iterable[OfPatient]) -> Mapping[int, list[OfPatient]]:
    found: dict[int, list[OfPatient]] = defaultdict(list)
    for row in rows:
        found[row.patient_id].append(row)
    return found


def _facts(rows: _Rows) -> ClinicalFacts:
    cycles = cycles_of(rows.cycles, rows.changes, rows.adverse, rows.transfusions).cycles
    counts = [Count(row.measured_on, row.neutrophils, row.platelets, row.haemoglobin) for row in rows.counts]
    first = rows.diseases[0] if rows.diseases else None
    return ClinicalFacts(
        born_on=rows.patient.born_on,
        sex=rows.patient.sex,
        diagnosed_on=first.diagnosed_on if first else None,
        eln_risk=first.eln_risk if first else "",
        research_refused_on=rows.patient.research_refused_on,
        lines=tuple(_line(row, rows, cycles, counts) for row in rows.treatments),
        events=tuple(_happening(row) for row in rows.events),
        findings=tuple(GeneFinding(row.gene, FindingStatus(row.status), row.found_on) for row in rows.findings),
        seen_on=(
            *(count.on for count in counts),
            *(row.starts_on for row in rows.adverse),
            *(row.given_on for row in rows.transfusions),
        ),
    )


def _line(row: Treatment, rows: _Rows, all_cycles: Iterable[CycleFacts], counts: list[Count]) -> Line:
    cycles = [cycle for cycle in all_cycles if cycle.treatment_id == row.pk]
    told = tell_cycles(cycles, counts, limits_of(rows.patient), _ends(row, rows)) if cycles else ()
    return Line(
        kind=LineKind(row.kind),
        regimen=row.regimen,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        cycles=tuple(_cycle(cycle) for cycle in cycles),
        toxicity={cycle.number: one.case for cycle, one in zip(cycles, told, strict=True)},
        last_given_on=_last_given_on(cycles),
    )


def _ends(row: Treatment, rows: _Rows) -> list[date]:
    """What ends the counting after the last cycle, as on the patient page: conditioning, or another treatment."""
    conditioning = [
        one.conditioning_starts_on or one.happened_on for one in rows.events if one.kind == EventKindChoice.HSCT
    ]
    return [*conditioning, *(one.starts_on for one in rows.treatments if one.starts_on > row.starts_on)]


def _last_given_on(cycles: list[CycleFacts]) -> date | None:
    if not cycles:
        return None
    try:
        return last_day_given(days_of(cycles[-1]))
    except PlannedDaysMissing:
        return None


def _cycle(cycle: CycleFacts) -> CycleGiven:
    return CycleGiven(
        number=cycle.number,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        planned_days=cycle.planned_days,
        given_days=cycle.given_days,
        dose_mg=cycle.dose_mg,
        partner=cycle.partner_drug,
        partner_days=cycle.partner_days,
        cyp3a4=cycle.cyp3a4,
        cyp3a4_drug=cycle.cyp3a4_drug,
        g_csf=cycle.g_csf,
        setting=cycle.setting,
    )


def _happening(row: ClinicalEvent) -> Happening:
    return Happening(
        kind=row.kind,
        on=row.happened_on,
        donor=row.donor,
        conditioning=row.conditioning,
        conditioning_starts_on=row.conditioning_starts_on,
        mrd_at_hsct=row.mrd_at_hsct,
        cause=row.cause,
        detail=row.detail,
    )
