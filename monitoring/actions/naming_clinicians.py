"""Who is responsible for a patient, and who is called when that person does not answer."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.models import Patient, User
from monitoring.queries import clinicians


@dataclass(frozen=True, slots=True)
class Named:
    """The two clinicians of a patient, by their numbers; None: nobody is named."""

    clinician_id: int | None
    second_clinician_id: int | None

    @classmethod
    def of(cls, patient: Patient) -> "Named":
        """Return who is on record."""
        return cls(patient.clinician_id, patient.second_clinician_id)


@transaction.atomic
def name(*, by: User, patient: Patient, named: Named, seen: Named) -> Patient:
    """Name the clinicians of a patient; raises StaleVersion where somebody else did since `seen`.

    Who is named now stands by the alerts of the past too: the alert list asks for the present names.
    """
    permissions.check_can_record(by, patient.pk)
    current = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if Named.of(current) != seen:
        raise StaleVersion(_("Somebody else has named clinicians since you opened this page. Nothing was saved."))
    _check(current, named)
    before = audit.snapshot(current)
    current.clinician_id, current.second_clinician_id = named.clinician_id, named.second_clinician_id
    current.save(update_fields=["clinician", "second_clinician"])
    audit.record(
        action="patient.name_clinicians", by=by, subject=current, patient_id=current.pk,
        before=before, after=audit.snapshot(current),
    )  # fmt: skip
    return current


def _check(patient: Patient, named: Named) -> None:
    wanted = {pk for pk in (named.clinician_id, named.second_clinician_id) if pk is not None}
    if named.clinician_id is not None and named.clinician_id == named.second_clinician_id:
        raise ActionRefused(_("The second clinician is called when the first does not answer: name two people."))
    kept = {patient.clinician_id, patient.second_clinician_id}
    able = clinicians.by_patient([patient.pk]).get(patient.pk, frozenset())
    if wanted - able - kept:
        raise ActionRefused(_("Only a clinician of a centre that cares for this patient can be named."))
