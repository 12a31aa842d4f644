"""Whose result it is, from which tube: every reference is resolved before anything is written."""

from typing import Any
from urllib.parse import parse_qsl

from django.db.models import Q

from api.fhir import filters, patients
from api.fhir.callers import Caller
from api.fhir.elements import text
from api.fhir.refusals import unprocessable
from monitoring.models import ApiClient, Patient
from monitoring.queries import open_records


def patient_of(caller: Caller, client: ApiClient, reference: dict[str, Any], where: str) -> Patient:
    """Return the patient of a reference, whom the sender's centre cares for; 422 (not-found) for everybody else."""
    found = open_records.measured_patients(client.centre_id, _asked(caller, reference, where))
    if len(found) != 1:
        why = "No patient of your centre is known by this." if not found else "This is the identifier of several."
        raise unprocessable("not-found" if not found else "multiple-matches", why, where)
    return found[0]


def _asked(caller: Caller, reference: dict[str, Any], where: str) -> Q:
    told = text(reference, "reference", where).removeprefix(f"{caller.base}/fhir/")
    if not told:
        identifier = reference.get("identifier")
        system, value = (
            (text(identifier, "system", where), text(identifier, "value", where))
            if isinstance(identifier, dict)
            else ("", "")
        )
        return _identified(caller, system, value, where)
    if told.startswith("Patient?"):
        system, value = identifier_of(told.removeprefix("Patient?"), where)
        return _identified(caller, system, value, where)
    number = filters.number_in(told, "Patient") if told.startswith("Patient/") else None
    if number is None:
        raise unprocessable("value", "A reference is Patient/<id> or Patient?identifier=<system>|<value>.", where)
    return Q(pk=number)


def identifier_of(query: str, where: str) -> tuple[str, str]:
    """Return system and value of the query `identifier=<system>|<value>`; raises FhirRefused (422)."""
    pairs = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)
    system, bar, value = pairs[0][1].rpartition("|") if len(pairs) == 1 and pairs[0][0] == "identifier" else ("",) * 3
    if not bar or not system or not value:
        raise unprocessable("value", "A condition is identifier=<system>|<value>.", where)
    return system, value


def _identified(caller: Caller, system: str, value: str, where: str) -> Q:
    if not system or not value:
        raise unprocessable("required", "Neither a reference nor an identifier with its system.", where)
    return patients.identified(caller, f"{system}|{value}")
