"""A clinician hands an alert over to another: it then waits for that person, and its clock runs on."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions.alert_turns import SeenAlert, Turn, lock_as_seen, take
from monitoring.actions.refusals import ActionRefused
from monitoring.models import Alert, User
from monitoring.models.choices import AlertStateChoice as State
from monitoring.models.choices import AlertStepChoice
from monitoring.queries import clinicians


class NotToThisPerson(ActionRefused):
    """Who was named cannot take the alert on."""


@transaction.atomic
def hand_over(*, by: User, alert: Alert, seen: SeenAlert, to: User, comment: str, now: datetime) -> Alert:
    """Hand an alert that waits, or is in hand, to a clinician of a centre that cares for the patient.

    The day by which it is to be acknowledged stays, so that nobody can push an alert away by handing it on. Raises
    NotToThisPerson, ActionRefused without a comment, StaleVersion where it changed since it was seen.
    """
    current = lock_as_seen(by=by, alert=alert, seen=seen, states={State.RAISED, State.ACKNOWLEDGED})
    if not comment.strip():
        raise ActionRefused(_("Say in a comment why it is handed over, and what is still to be done."))
    if to.pk == by.pk:
        raise NotToThisPerson(_("This is you. An alert is handed over to somebody else."))
    if to.pk == current.held_by_id:
        raise NotToThisPerson(_("This person has the alert already."))
    if to.pk not in clinicians.by_patient([current.patient_id]).get(current.patient_id, frozenset()):
        raise NotToThisPerson(_("Only a clinician of a centre that cares for this patient can take the alert on."))
    turn = Turn(AlertStepChoice.HANDED_OVER, comment, to, detail={"revision": seen.revision})
    return take(by=by, alert=current, action="alert.hand_over", turn=turn, changes={"held_by": to}, now=now)
