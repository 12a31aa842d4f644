"""DiagnosticReports: the results of one specimen together, with the conclusion that its laboratory sent."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from api.fhir import codes, documents, filters, results, specimens
from api.fhir.callers import Caller
from api.fhir.codes import coding
from api.fhir.searching import Kind
from monitoring.models import Sample
from monitoring.queries import external_names, open_records


def rows(caller: Caller) -> QuerySet[Sample]:
    """Return the samples that have a signed result."""
    return open_records.reported_samples(caller.charts, caller.laboratories)


def shown(caller: Caller, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Return DiagnosticReport resources; three queries for all of them."""
    numbers = [row.pk for row in found]
    names = specimens.names_of(caller, "DiagnosticReport", numbers)
    roots: dict[int, list[int]] = defaultdict(list)
    found_results: Any = results.rows(caller).filter(sample__in=numbers).order_by("pk")  # annotated with their root
    for sample, root in found_results.values_list("sample_id", "root"):
        roots[sample].append(root)
    bodies = external_names.last_bodies("DiagnosticReport", numbers)
    conclusions = {pk: str(documents.read(body).get("conclusion", "")) for pk, body in bodies.items()}
    return [_shown(caller, row, names.get(row.pk, []), roots[row.pk], conclusions.get(row.pk, "")) for row in found]


def _shown(
    caller: Caller, row: Any, names: Sequence[tuple[str, str]], roots: Sequence[int], conclusion: str
) -> dict[str, Any]:
    own = (f"{caller.base}/fhir/ids/report/{row.laboratory.code}", row.accession_number)
    found = {
        "resourceType": "DiagnosticReport",
        "id": str(row.pk),
        "identifier": [{"system": system, "value": value} for system, value in (*names, own)],
        "status": _status(row),
        "category": [{"coding": [coding(codes.V2_SECTION, "GE", "Genetics")]}],
        "code": {"text": "AML MRD report (RT-qPCR)"},
        "subject": {"reference": f"Patient/{row.patient_id}"},
        "effectiveDateTime": specimens.collected(row),
        "issued": row.issued.isoformat(),
        "performer": [{"display": row.laboratory.name}],
        "specimen": [{"reference": f"Specimen/{row.pk}"}],
        "result": [{"reference": f"Observation/{root}"} for root in roots],
    }
    return found | ({"conclusion": conclusion} if conclusion else {})


def _status(row: Any) -> str:
    if not row.counts:
        return "entered-in-error"
    return "corrected" if row.corrected else "final"


def _by_status(_caller: Caller, value: str) -> Q:
    _system, code = filters.token(value)
    return {
        "final": Q(counts=True, corrected=False),
        "corrected": Q(counts=True, corrected=True),
        "entered-in-error": Q(counts=False),
    }.get(code, filters.NOBODY)


def _identified(caller: Caller, value: str) -> Q:
    system, code = filters.token(value)
    found = Q(pk__in=filters.rows_named(caller, "DiagnosticReport", value))
    own = f"{caller.base}/fhir/ids/report/"
    if system is None:
        return found | Q(accession_number=code)
    return found | Q(accession_number=code, laboratory__code=system.removeprefix(own)) if own in system else found


def _result(caller: Caller, value: str) -> Q:
    number = filters.number_in(value, "Observation", caller.base)
    return Q(results__pk=number) if number is not None else filters.NOBODY


KIND = Kind(
    name="DiagnosticReport",
    rows=rows,
    shown=shown,
    parameters={
        "patient": filters.reference("patient_id", "Patient"),
        "subject": filters.reference("patient_id", "Patient"),
        "identifier": ("token", _identified),
        "code": filters.always(),
        "date": filters.day("collected_on"),
        "status": ("token", _by_status),
        "result": ("reference", _result),
        "_lastUpdated": filters.moment("issued"),
        "_id": filters.by_id(),
    },
    sorts={"date": "collected_on", "_lastUpdated": "issued"},
)
