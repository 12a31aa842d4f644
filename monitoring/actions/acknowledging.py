"""A clinician takes an alert on: what is done, why, and when the next sample is taken."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.actions.alert_turns import SeenAlert, Turn, lock_as_seen, take
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.models import Alert, Patient, User
from monitoring.models.choices import AlertStateChoice as State
from monitoring.models.choices import AlertStepChoice, TissueChoice

NEXT_SAMPLE_WITHIN = timedelta(days=366)  # [DESIGN] a date further ahead is a slip of the keyboard


class ActionTaken(models.TextChoices):
    """What was done about an alert."""

    PREEMPTIVE_VENETOCLAX = "PREEMPTIVE_VENETOCLAX", gettext_lazy("Pre-emptive venetoclax planned")
    TRANSPLANT_TEAM = "TRANSPLANT_TEAM", gettext_lazy("Transplant team asked (DLI, immunosuppression)")
    SAMPLE_ORDERED = "SAMPLE_ORDERED", gettext_lazy("Further sample ordered")
    WATCH = "WATCH", gettext_lazy("Watch, with reason")
    OTHER = "OTHER", gettext_lazy("Something else, see comment")


class NextSampleTissue(models.TextChoices):
    """What the next sample is to be made of; that none is planned has to be said too."""

    BOTH = "BOTH", gettext_lazy("Marrow and blood")
    BONE_MARROW = TissueChoice.BONE_MARROW.value, gettext_lazy("Marrow")
    PERIPHERAL_BLOOD = TissueChoice.PERIPHERAL_BLOOD.value, gettext_lazy("Blood")
    NONE = "NONE", gettext_lazy("No further sample planned")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided; `next_sample_on` is None only where no further sample is planned."""

    action_taken: ActionTaken
    comment: str
    next_sample_on: date | None
    next_sample_tissue: NextSampleTissue


@transaction.atomic
def acknowledge(*, by: User, alert: Alert, seen: SeenAlert, decision: Decision, now: datetime) -> Alert:
    """Acknowledge an alert that waits; raises StaleVersion where the series or the alert changed since it was seen."""
    current = lock_as_seen(by=by, alert=alert, seen=seen, states={State.RAISED})
    _check_decision(current, decision, now)
    changes = {"state": State.ACKNOWLEDGED, "acknowledged_at": now, "acknowledged_by": by, "held_by": by}
    turn = _turn(decision, seen.revision)
    return take(by=by, alert=current, action="alert.acknowledge", turn=turn, changes=changes, now=now)


def _check_decision(alert: Alert, decision: Decision, now: datetime) -> None:
    if not decision.comment.strip():
        raise ActionRefused(_("Say in a comment what was decided and why."))
    if decision.next_sample_tissue is NextSampleTissue.NONE:
        if decision.next_sample_on is not None:
            raise ImpossibleDate("next_sample_on", _("No further sample is planned, and yet there is a date."))
        return
    if decision.next_sample_on is None:
        raise ImpossibleDate("next_sample_on", _("Give the day of the next sample, or say that none is planned."))
    patient = Patient.objects.select_related("centre").get(pk=alert.patient_id)
    today = now.astimezone(patient.centre.zone).date()
    if decision.next_sample_on < today:
        raise ImpossibleDate("next_sample_on", _("The next sample lies in the past."))
    if decision.next_sample_on - today > NEXT_SAMPLE_WITHIN:
        raise ImpossibleDate("next_sample_on", _("This is more than a year ahead. Is the year right?"))


def _turn(decision: Decision, revision: int) -> Turn:
    on = decision.next_sample_on
    detail = {
        "next_sample_on": on.isoformat() if on else None,
        "next_sample_tissue": decision.next_sample_tissue.value,
        "revision": revision,
    }
    return Turn(AlertStepChoice.ACKNOWLEDGED, decision.comment, None, decision.action_taken.value, detail)
