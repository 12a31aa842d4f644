"""Provenance: who answers for each version of a result, and where it came from."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from api.fhir import filters
from api.fhir.callers import Caller
from api.fhir.codes import coding
from api.fhir.searching import Kind
from monitoring.models import MrdResult
from monitoring.queries import open_records, told_versions
from monitoring.queries.told_versions import key_of

AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ACTIVITY = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
BASIS = {
    "TWO_PEOPLE": "Signed by two people of the laboratory",
    "SENDING_LABORATORY": "Signed in the house of the sending laboratory",
}


def rows(caller: Caller) -> QuerySet[MrdResult]:
    """Return the signed versions of results that the caller sees."""
    return open_records.signed_results(caller.charts, caller.laboratories)


def shown(caller: Caller, found: Sequence[MrdResult]) -> list[dict[str, Any]]:
    """Return a Provenance for each signed version, which names the version of the Observation."""
    versions = told_versions.of_results(found)
    roots = told_versions.roots_of(found)
    told = []
    for row in found:
        each = versions[key_of(row)]
        number = next(place for place, version in enumerate(each, start=1) if version.row.pk == row.pk)
        told.append(_shown(caller, row, f"Observation/{roots[key_of(row)]}/_history/{number}", first=number == 1))
    return told


def _shown(caller: Caller, row: MrdResult, target: str, *, first: bool) -> dict[str, Any]:
    laboratory = row.assay.laboratory
    basis = row.authorisation_basis
    by_sender = basis == "SENDING_LABORATORY"
    who = f"{laboratory.name}, {laboratory.responsible_person}" if laboratory.responsible_person else laboratory.name
    signed = row.authorised_at.isoformat() if row.authorised_at else ""
    return {
        "resourceType": "Provenance",
        "id": str(row.pk),
        "target": [{"reference": target}],
        "recorded": signed,
        "policy": [f"{caller.base}/fhir/authorisation-basis/{basis}"],
        "reason": [{"text": row.reason or BASIS[basis]}],
        "activity": {"coding": [coding(ACTIVITY, "CREATE" if first else "UPDATE")]},
        "agent": [
            {"type": {"coding": [coding(AGENT, "verifier")]}, "who": {"display": who}},
            {
                "type": {"coding": [coding(AGENT, "assembler")]},
                "who": {"display": "System of the laboratory" if by_sender else "MRD review"},
            },
        ],
    }


def _target(caller: Caller, value: str) -> Q:
    told = value.removeprefix(f"{caller.base}/fhir/").partition("/_history/")[0]
    number = filters.number_in(told, "Observation")
    first = open_records.results_numbered([number]) if number is not None else []
    if not first:
        return filters.NOBODY
    sample, assay, determination = key_of(first[0])
    return Q(sample_id=sample, assay_id=assay, determination=determination)


KIND = Kind(
    name="Provenance",
    rows=rows,
    shown=shown,
    parameters={"target": ("reference", _target), "_id": filters.by_id()},
    sorts={},
)
