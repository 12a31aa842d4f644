"""A clinician takes an alert on: what is done, why, and when the next sample is taken."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.models import Alert, AlertChange, MrdSeries, Patient, User
from monitoring.models.choices import AlertStateChoice as State
from monitoring.models.choices import TissueChoice

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
class SeenAlert:
    """What the person had before their eyes: the revision of the series, and when the alert last changed."""

    revision: int
    changed_at: datetime


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
    permissions.check_can_acknowledge(by, alert.patient_id)
    series = MrdSeries.objects.select_for_update().get(pk=alert.series_id)
    current = Alert.objects.select_for_update().get(pk=alert.pk)
    if (series.revision, current.changed_at) != (seen.revision, seen.changed_at) or current.state != State.RAISED:
        raise StaleVersion(_("This alert or its samples have changed since you opened the page. Nothing was saved."))
    _check_decision(current, decision, now)
    before = audit.snapshot(current)
    current.state, current.acknowledged_at, current.acknowledged_by = State.ACKNOWLEDGED, now, by
    current.changed_at = now
    current.save(update_fields=["state", "acknowledged_at", "acknowledged_by", "changed_at"])
    _note(current, by, decision, series.revision, now)
    audit.record(
        action="alert.acknowledge", by=by, subject=current, patient_id=current.patient_id,
        before=before, after=audit.snapshot(current), reason=decision.comment[:500],
    )  # fmt: skip
    return current


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


def _note(alert: Alert, by: User, decision: Decision, revision: int, now: datetime) -> None:
    on = decision.next_sample_on
    AlertChange.objects.bulk_create(
        [
            AlertChange(
                alert=alert,
                patient_id=alert.patient_id,
                kind=State.ACKNOWLEDGED,
                at=now,
                by=by,
                action_taken=decision.action_taken.value,
                comment=decision.comment.strip(),
                detail={
                    "next_sample_on": on.isoformat() if on else None,
                    "next_sample_tissue": decision.next_sample_tissue.value,
                    "revision": revision,
                },
            )
        ]
    )
