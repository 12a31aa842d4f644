"""What somebody is named for at a centre: what nobody does any more once their role as a clinician ends."""

from dataclasses import dataclass

from django.db.models import Q

from monitoring.models import Alert, Centre, Patient, User
from monitoring.models.choices import AlertStateChoice

IN_HAND = (AlertStateChoice.RAISED, AlertStateChoice.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """How many patients name the person, how many alerts they hold, and what they are for the centre."""

    patients: int
    alerts: int
    is_lead: bool
    is_second_clinician: bool

    @property
    def is_anything(self) -> bool:
        """Whether somebody else has to be named."""
        return bool(self.patients or self.alerts or self.is_lead or self.is_second_clinician)


def by(person: User, centre: Centre) -> LeftBehind:
    """Return what the person is named for at the centre, among the patients that this transaction sees."""
    named = Patient.objects.filter(Q(clinician=person) | Q(second_clinician=person), care_relations__centre=centre)
    held = Alert.objects.filter(held_by=person, patient__care_relations__centre=centre)
    return LeftBehind(
        named.distinct().count(), held.filter(state__in=IN_HAND).distinct().count(),
        centre.lead_id == person.pk, centre.second_clinician_id == person.pk,
    )  # fmt: skip
