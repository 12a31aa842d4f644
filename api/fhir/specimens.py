"""Specimens: the tubes, by accession number, with the moment of collection."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from api.fhir import filters
from api.fhir.callers import Caller
from api.fhir.codes import TISSUE_CODES, TISSUE_OF_CODE, coding
from api.fhir.searching import Kind
from monitoring.domain.terms import Tissue
from monitoring.models import Sample
from monitoring.permissions import centres_of
from monitoring.queries import external_names, open_records


def rows(caller: Caller) -> QuerySet[Sample]:
    """Return the samples of patients whose charts are open to the caller, and those of its laboratories."""
    return open_records.samples(caller.charts, caller.laboratories)


def shown(caller: Caller, found: Sequence[Sample]) -> list[dict[str, Any]]:
    """Return Specimen resources; one query for the identifiers of all."""
    names = names_of(caller, "Specimen", [row.pk for row in found])
    return [_shown(caller, row, names.get(row.pk, [])) for row in found]


def names_of(caller: Caller, type_name: str, numbers: Sequence[int]) -> Mapping[int, list[tuple[str, str]]]:
    """Return what senders at the caller's centres call these rows."""
    return external_names.names_of(centres_of(caller.user), type_name, numbers)


def collected(row: Sample) -> str:
    """Return the moment of collection with the offset of the patient's centre, or the day where no time was told."""
    if row.collected_time is None:
        return row.collected_on.isoformat()
    return datetime.combine(row.collected_on, row.collected_time, row.patient.centre.zone).isoformat()


def accession_system(base: str, laboratory_code: str) -> str:
    """Return the system of the accession numbers of a laboratory."""
    return f"{base}/fhir/ids/accession/{laboratory_code}"


def _shown(caller: Caller, row: Sample, names: Sequence[tuple[str, str]]) -> dict[str, Any]:
    accession = {"system": accession_system(caller.base, row.laboratory.code), "value": row.accession_number}
    found: dict[str, Any] = {
        "resourceType": "Specimen",
        "id": str(row.pk),
        "identifier": [{"system": system, "value": value} for system, value in names] + [accession],
        "accessionIdentifier": accession,
        "status": "unsatisfactory" if row.not_measured_because else "available",
        "type": {"coding": [coding(*each) for each in TISSUE_CODES[Tissue(row.tissue)]]},
        "subject": {"reference": f"Patient/{row.patient_id}"},
        "collection": {"collectedDateTime": collected(row)},
    }
    if row.received_on:
        found["receivedTime"] = row.received_on.isoformat()
    return found


def _identified(caller: Caller, value: str) -> Q:
    return Q(pk__in=filters.rows_named(caller, "Specimen", value)) | _accession(caller, value)


def _accession(caller: Caller, value: str) -> Q:
    system, code = filters.token(value)
    if system is None:
        return Q(accession_number=code)
    ours = accession_system(caller.base, "")
    return Q(accession_number=code, laboratory__code=system.removeprefix(ours)) if ours in system else filters.NOBODY


def _type(_caller: Caller, value: str) -> Q:
    system, code = filters.token(value)
    tissues = {tissue for (of, each), tissue in TISSUE_OF_CODE.items() if each == code and system in {None, of}}
    return Q(tissue__in=tissues)


KIND = Kind(
    name="Specimen",
    rows=rows,
    shown=shown,
    parameters={
        "patient": filters.reference("patient_id", "Patient"),
        "subject": filters.reference("patient_id", "Patient"),
        "identifier": ("token", _identified),
        "accession": ("token", _accession),
        "type": ("token", _type),
        "collected": filters.day("collected_on"),
        "_id": filters.by_id(),
    },
    sorts={"date": "collected_on", "collected": "collected_on"},
)
