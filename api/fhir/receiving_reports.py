"""A DiagnosticReport as a laboratory sends it: it groups results that are here, and brings its conclusion."""

import hashlib
from collections.abc import Mapping
from typing import Any

from api.fhir import answers, documents, filters, reports, searching
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.elements import an_object, identifiers, objects, required, text
from api.fhir.receiving_subjects import patient_of
from api.fhir.refusals import duplicate, of_other_patient, unprocessable
from monitoring.actions import received_resources
from monitoring.actions.received_resources import Received
from monitoring.models import ApiClient, Patient
from monitoring.queries import external_names, sent_rows

WHERE = "DiagnosticReport"
STATUSES = {"final", "corrected", "amended", "appended", "partial", "preliminary"}


def take(
    caller: Caller, client: ApiClient, resource: dict[str, Any], told: str, headers: Mapping[str, str], *,
    replaces: bool,
) -> Answer:  # fmt: skip
    """Take a report in: its results lie here already, all of one specimen of one patient; raises FhirRefused."""
    required(resource, ("identifier", "status", "subject", "result"), WHERE)
    if text(resource, "status", WHERE) not in STATUSES:
        raise unprocessable("code-invalid", "This status is not taken for a report.", f"{WHERE}.status")
    patient = patient_of(caller, client, an_object(resource, "subject", WHERE), f"{WHERE}.subject")
    sample = _sample(caller, client, patient, resource)
    digest = hashlib.sha256(documents.canonical(resource).encode()).hexdigest()
    created = _name_all(caller, client, patient, sample, resource)
    received = external_names.last_received(WHERE, sample)
    if received is None or received.digest != digest:
        if received is not None and not replaces:
            raise duplicate("This report is known with another content; a correction is a PUT.", f"{WHERE}.identifier")
        next_one = Received(WHERE, sample, received.version + 1 if received else 1, told, digest)
        received_resources.keep(by=caller.user, client=client, patient=patient, received=next_one)
    row = searching.one(caller, reports.KIND, str(sample))
    return answers.of_write(
        caller.base, reports.shown(caller, [row])[0], created=created, prefer=headers.get("Prefer", "")
    )


def _sample(caller: Caller, client: ApiClient, patient: Patient, resource: dict[str, Any]) -> int:
    """Return the one specimen of all results."""
    found = set()
    for place, each in enumerate(objects(resource, "result", WHERE)):
        where = f"{WHERE}.result[{place}]"
        number = filters.number_in(text(each, "reference", where), "Observation", caller.base)
        row = sent_rows.result_of(client.laboratory, patient, number or 0)
        if row is None:
            raise unprocessable("not-found", "Your laboratory has no such result of this patient here.", where)
        found.add(row.sample_id)
    if len(found) != 1:
        raise unprocessable("business-rule", "The results of a report are those of one specimen.", f"{WHERE}.result")
    return found.pop()


def _name_all(caller: Caller, client: ApiClient, patient: Patient, sample: int, resource: dict[str, Any]) -> bool:
    """Name the report as the sender does; return whether it was not known before."""
    created = False
    for identifier in identifiers(resource, WHERE):
        known = external_names.called_exactly(client.centre_id, WHERE, identifier)
        if known is not None and known.patient_id != patient.pk:
            why = "This identifier is that of another patient's report."
            raise of_other_patient("REPORT_OF_OTHER_PATIENT", known.value, why, f"{WHERE}.identifier")
        if known is not None and known.row_id != sample:
            raise duplicate("This identifier is that of another report.", f"{WHERE}.identifier")
        if known is None:
            created = True
            received_resources.name(
                by=caller.user, client=client, patient=patient, resource_type=WHERE, row_id=sample,
                identifier=identifier,
            )  # fmt: skip
    return created
