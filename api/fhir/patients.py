"""Patients: pseudonym, hospital number, birth date and sex; a name only where the record has one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from api.fhir import filters
from api.fhir.callers import Caller
from api.fhir.codes import V2_IDENTIFIER, coding
from api.fhir.searching import Kind
from monitoring.models import Patient
from monitoring.queries import open_records

GENDERS = {"F": "female", "M": "male", "O": "other", "U": "unknown"}


def rows(caller: Caller) -> QuerySet[Patient]:
    """Return the patients for whom the caller's centres care, or whose samples they measure."""
    return open_records.patients(caller.charts, caller.laboratories)


def shown(caller: Caller, found: Sequence[Patient]) -> list[dict[str, Any]]:
    """Return Patient resources."""
    return [_shown(caller, row) for row in found]


def pseudonym_system(base: str, centre_code: str) -> str:
    """Return the system of the pseudonyms of a centre."""
    return f"{base}/fhir/ids/pseudonym/{centre_code}"


def number_system(caller: Caller, row: Patient) -> str:
    """Return the system of a hospital number: the one that the machine agreed with us, or our own name for it."""
    client = caller.client
    if client is not None and client.patient_system and client.centre_id == row.centre_id:
        return str(client.patient_system)
    return f"{caller.base}/fhir/ids/hospital-number/{row.centre.code}"


def _shown(caller: Caller, row: Patient) -> dict[str, Any]:
    own = {"use": "secondary", "system": pseudonym_system(caller.base, row.centre.code), "value": row.pseudonym}
    found: dict[str, Any] = {"resourceType": "Patient", "id": str(row.pk), "identifier": [own]}
    if row.hospital_number:
        kind = {"coding": [coding(V2_IDENTIFIER, "MR")]}
        number = {"use": "usual", "type": kind, "system": number_system(caller, row), "value": row.hospital_number}
        found["identifier"].insert(0, number)
    name: dict[str, Any] = {"family": row.family_name} if row.family_name else {}
    name |= {"given": [row.given_name]} if row.given_name else {}
    if name:
        found["name"] = [name]
    return found | {
        "gender": GENDERS[row.sex],
        "birthDate": row.born_on.isoformat(),
        "managingOrganization": {"display": row.centre.name},
    }


def identified(caller: Caller, value: str) -> Q:
    """Narrow to patients of an identifier: pseudonym, hospital number, or a number that a sender gave."""
    system, code = filters.token(value)
    found = Q(pk__in=filters.rows_named(caller, "Patient", value))
    pseudonyms, numbers = f"{caller.base}/fhir/ids/pseudonym/", f"{caller.base}/fhir/ids/hospital-number/"
    if system is None:
        return found | Q(pseudonym=code) | Q(hospital_number=code)
    if system.startswith(pseudonyms):
        return found | Q(pseudonym=code, centre__code=system.removeprefix(pseudonyms))
    if system.startswith(numbers):
        return found | Q(hospital_number=code, centre__code=system.removeprefix(numbers))
    client = caller.client
    if client is not None and client.patient_system and system == client.patient_system:
        return found | Q(hospital_number=code, centre=client.centre)
    return found


KIND = Kind(
    name="Patient",
    rows=rows,
    shown=shown,
    parameters={"identifier": ("token", identified), "_id": filters.by_id()},
    sorts={},
    patient=lambda row: row.pk,
)
