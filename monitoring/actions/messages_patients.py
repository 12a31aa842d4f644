"""Whose message it is: by the hospital number or a number on record, never by a name; and numbers that were merged."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from monitoring.actions import audit
from monitoring.models import ExternalIdentifier, Patient, SenderProfile
from monitoring.readers.hl7_messages import Message, Number, number_of, numbers
from monitoring.readers.hl7_results import read_day
from monitoring.readers.hl7_segments import NULL
from monitoring.readers.hl7_values import NotUnderstood, Said

RESOURCE = "Patient"
SEXES = {"F", "M", "O", "U"}


class Named(NamedTuple):
    """A number of the authority of a sender, and the patient who has it here."""

    number: str
    patient: Patient | None


def named(message: Message, profile: SenderProfile) -> Named:
    """Return the patient of PID-3; raises NotUnderstood where the authority gave none, or the number is of two."""
    return _by(numbers(message.pid, 3), profile, "PID-3")


def _by(found: Sequence[Number], profile: SenderProfile, where: str) -> Named:
    number = number_of(tuple(found), profile.identifier_authority)
    if not number:
        raise NotUnderstood(Said.IDENTIFIER_AUTHORITY, where)
    patients = {each.pk: each for each in _by_hospital_number(number, profile) + _by_identifier(number, profile)}
    if len(patients) > 1:
        raise NotUnderstood("PATIENT_AMBIGUOUS", where)
    return Named(number, next(iter(patients.values()), None))


def _by_hospital_number(number: str, profile: SenderProfile) -> list[Patient]:
    """Patients for whom the laboratory's centre cares or measures: two hospitals may give one number to two people."""
    rows = Patient.objects.filter(hospital_number=number, care_relations__centre=profile.laboratory.centre_id)
    return list(rows.select_related("centre").distinct())


def _by_identifier(number: str, profile: SenderProfile) -> list[Patient]:
    rows = _identifiers(profile, number).select_related("patient__centre")
    return [each.patient for each in rows]


def _identifiers(profile: SenderProfile, number: str) -> QuerySet[ExternalIdentifier]:
    return ExternalIdentifier.objects.filter(
        centre=profile.laboratory.centre_id, resource_type=RESOURCE, system=profile.identifier_authority, value=number
    )


def check_identity(message: Message, patient: Patient) -> None:
    """Refuse a message whose birth date or sex is another than the patient's: it may be about somebody else."""
    born, sex = message.pid.part(7), message.pid.part(8).upper()
    if born and born != NULL and read_day(born) != patient.born_on:
        raise NotUnderstood("BIRTH_DATE_DIFFERS", "PID-7")
    if sex in SEXES - {"U"} and patient.sex != "U" and sex != patient.sex:
        raise NotUnderstood("SEX_DIFFERS", "PID-8")


def names_differ(message: Message, patient: Patient) -> bool:
    """Whether a name on record is another than the one that was sent; it is told, and changed by a person only."""
    pairs = [(patient.family_name, message.pid.part(5, 1)), (patient.given_name, message.pid.part(5, 2))]
    return any(here and sent and here.casefold() != sent.casefold() for here, sent in pairs)


def merge(message: Message, profile: SenderProfile) -> tuple[Patient | None, str]:
    """Let both numbers of a merge mean one patient; two patients of ours become one by a person only.

    Returns the patient and what was noted. Raises NotUnderstood.
    """
    assert message.merged is not None  # noqa: S101 # A40 without MRG was refused when it came
    surviving, old = named(message, profile), _by(numbers(message.merged, 1), profile, "MRG-1")
    if surviving.patient and old.patient and surviving.patient.pk != old.patient.pk:
        raise NotUnderstood("MERGE_OF_TWO", "MRG-1")
    patient = surviving.patient or old.patient
    if patient is None:
        return None, "PATIENT_NOT_HERE"
    check_identity(message, patient)
    for each in (surviving, old):
        if each.patient is None:
            _remember(profile, each.number, patient)
    return patient, ""


def _remember(profile: SenderProfile, number: str, patient: Patient) -> None:
    row = ExternalIdentifier.objects.create(
        centre_id=profile.laboratory.centre_id, resource_type=RESOURCE, system=profile.identifier_authority,
        value=number, patient=patient, row_id=patient.pk,
    )  # fmt: skip
    audit.record(
        action="patient.number", by=profile.user, subject=row, patient_id=patient.pk, after=audit.snapshot(row)
    )
