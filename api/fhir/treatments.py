"""Cycles as MedicationStatements, transplants as Procedures, the leukaemia as a Condition: as clinicians recorded them.

No rule writes any of these.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from api.fhir import codes, filters
from api.fhir.callers import Caller
from api.fhir.codes import coding
from api.fhir.searching import Kind
from monitoring.models import ClinicalEvent, Disease, VenetoclaxCycle
from monitoring.queries import open_records

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
PATIENT = {
    "patient": filters.reference("patient_id", "Patient"),
    "subject": filters.reference("patient_id", "Patient"),
    "_id": filters.by_id(),
}


def cycles(caller: Caller) -> QuerySet[VenetoclaxCycle]:
    """Return the venetoclax cycles of patients whose charts are open to the caller."""
    return open_records.cycles(caller.charts, caller.now)


def show_cycles(caller: Caller, found: Sequence[VenetoclaxCycle]) -> list[dict[str, Any]]:
    """Return one MedicationStatement for each cycle."""
    return [_cycle(caller, row) for row in found]


def _cycle(caller: Caller, row: VenetoclaxCycle) -> dict[str, Any]:
    days = f", days 1-{row.given_days}" if row.given_days else ""
    found: dict[str, Any] = {
        "resourceType": "MedicationStatement",
        "id": str(row.pk),
        "identifier": [{"system": f"{caller.base}/fhir/ids/cycle", "value": f"{row.patient_id}-ven-C{row.number}"}],
        "status": _cycle_status(row, row.day_there),  # type: ignore[attr-defined] # of the query
        "medicationCodeableConcept": {"coding": [coding(*codes.VENETOCLAX)], "text": "venetoclax"},
        "subject": {"reference": f"Patient/{row.patient_id}"},
        "effectivePeriod": {"start": row.starts_on.isoformat(), "end": row.ends_on.isoformat()},
        "note": [{"text": f"Cycle {row.number}{days}"}],
    }
    if row.dose_mg:
        found["dosage"] = [{"text": f"{row.dose_mg} mg a day"}]
    return found


def _cycle_status(row: VenetoclaxCycle, today: date) -> str:
    if row.stopped_because:
        return "stopped"
    if row.starts_on > today:
        return "intended"
    return "completed" if row.ends_on < today else "active"


def _cycle_in_status(_caller: Caller, value: str) -> Q:
    _system, code = filters.token(value)
    today, whole = F("day_there"), Q(stopped_because="")
    return {
        "stopped": ~whole,
        "intended": whole & Q(starts_on__gt=today),
        "completed": whole & Q(starts_on__lte=today, ends_on__lt=today),
        "active": whole & Q(starts_on__lte=today, ends_on__gte=today),
    }.get(code, filters.NOBODY)


def transplants(caller: Caller) -> QuerySet[ClinicalEvent]:
    """Return the transplants of patients whose charts are open to the caller."""
    return open_records.transplants(caller.charts)


def show_transplants(_caller: Caller, found: Sequence[ClinicalEvent]) -> list[dict[str, Any]]:
    """Return one Procedure for each transplant; its day is day 0."""
    return [
        {
            "resourceType": "Procedure",
            "id": str(row.pk),
            "status": "completed",
            "code": {"coding": [coding(*codes.TRANSPLANT)], "text": "HSCT"},
            "subject": {"reference": f"Patient/{row.patient_id}"},
            "performedDateTime": row.happened_on.isoformat(),
        }
        for row in found
    ]


def diseases(caller: Caller) -> QuerySet[Disease]:
    """Return the leukaemias of patients whose charts are open to the caller."""
    return open_records.diseases(caller.charts)


def show_diseases(_caller: Caller, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Return one Condition for each leukaemia, with what a clinician said of it."""
    return [
        {
            "resourceType": "Condition",
            "id": str(row.pk),
            "clinicalStatus": {"coding": [coding(CLINICAL, _clinical(row))]},
            "verificationStatus": {"coding": [coding(VERIFICATION, "confirmed")]},
            "category": [{"coding": [coding(CONDITION_CATEGORY, "problem-list-item")]}],
            "code": {"coding": [coding(*codes.AML)], "text": row.aml_type},
            "subject": {"reference": f"Patient/{row.patient_id}"},
            "onsetDateTime": row.diagnosed_on.isoformat(),
        }
        for row in found
    ]


def _clinical(row: Any) -> str:
    if row.relapsed and row.remission != "SECOND":
        return "relapse"
    return "remission" if row.remission else "active"


def _in_clinical_status(_caller: Caller, value: str) -> Q:
    _system, code = filters.token(value)
    relapse = Q(relapsed=True) & ~Q(remission="SECOND")
    return {
        "relapse": relapse,
        "remission": ~Q(remission="") & ~relapse,
        "active": Q(remission="") & ~relapse,
    }.get(code, filters.NOBODY)


MEDICATION_STATEMENT = Kind(
    name="MedicationStatement",
    rows=cycles,
    shown=show_cycles,
    parameters=PATIENT
    | {
        "effective": filters.day("starts_on"),
        "status": ("token", _cycle_in_status),
        "code": filters.always((codes.ATC, "L01XX52")),
    },
    sorts={"date": "starts_on", "effective": "starts_on"},
)
PROCEDURE = Kind(
    name="Procedure",
    rows=transplants,
    shown=show_transplants,
    parameters=PATIENT
    | {"date": filters.day("happened_on"), "code": filters.always((codes.SNOMED, codes.TRANSPLANT[1]))},
    sorts={"date": "happened_on"},
)
CONDITION = Kind(
    name="Condition",
    rows=diseases,
    shown=show_diseases,
    parameters=PATIENT
    | {
        "code": filters.always((codes.SNOMED, codes.AML[1])),
        "clinical-status": ("token", _in_clinical_status),
        "onset-date": filters.day("diagnosed_on"),
    },
    sorts={"onset-date": "diagnosed_on"},
)
