"""People by their numbers, and who is called about a patient."""

from dataclasses import dataclass

from monitoring.models import Patient, User


@dataclass(frozen=True, slots=True)
class Called:
    """Who is called about a patient, in this order; empty where nobody is named."""

    clinician: str
    second_clinician: str
    lead: str


def person(pk: int) -> User:
    """Return a person who is offered in a form; raises User.DoesNotExist."""
    return User.objects.get(pk=pk)


def called(patient_id: int) -> Called:
    """Return who is called about a patient: own clinicians before those of the centre, in one query."""
    named = ("clinician", "second_clinician", "centre__second_clinician", "centre__lead")
    patient = Patient.objects.select_related(*named).get(pk=patient_id)
    second = patient.second_clinician or patient.centre.second_clinician
    return Called(_name(patient.clinician), _name(second), _name(patient.centre.lead))


def _name(user: User | None) -> str:
    return user.shown_name if user else ""
