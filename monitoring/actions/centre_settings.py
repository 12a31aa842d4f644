"""How long a centre gives its alerts, and who is called when nobody answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain.alert_times import due_at
from monitoring.domain.urgency import AcknowledgeWithin, Urgency
from monitoring.models import Alert, AlertTime, Centre, User
from monitoring.models.choices import AlertStateChoice
from monitoring.queries import alert_times, clinicians


@dataclass(frozen=True, slots=True)
class CentreSettings:
    """The times by urgency (1 to 3), and the two people by their numbers; None: nobody is named."""

    times: Mapping[Urgency, AcknowledgeWithin]
    second_clinician_id: int | None
    lead_id: int | None


def settings_of(centre: Centre) -> CentreSettings:
    """Return what holds at a centre now."""
    times = alert_times.of_centres([centre.pk])[centre.pk]
    given = {urgency: within for urgency, within in times.items() if within is not None}
    return CentreSettings(given, centre.second_clinician_id, centre.lead_id)


@transaction.atomic
def change(
    *, by: User, centre: Centre, wanted: CentreSettings, seen: CentreSettings, reason: str, now: datetime
) -> int:
    """Set times and people of a centre; return how many alerts that wait are now due at another time.

    Raises ActionRefused without a reason or for a person who is no clinician here, StaleVersion where somebody else
    changed the settings since `seen`. An alert's day is counted anew from when it was raised; how far it has gone on
    stays.
    """
    permissions.check_can_set_up_centre(by, centre)
    if not reason.strip():
        raise ActionRefused(_("Say why the settings are changed."))
    current = Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
    held = settings_of(current)
    if held != seen:
        raise StaleVersion(_("Somebody else has changed these settings since you opened the page. Nothing was saved."))
    _name(by, current, wanted, reason.strip())
    fresh = {urgency: within for urgency, within in wanted.times.items() if within != held.times.get(urgency)}
    for urgency, within in fresh.items():
        _set_time(by, current, urgency, within, reason.strip(), now)
    return _move_alerts(by, current, fresh, reason.strip())


def _name(by: User, centre: Centre, wanted: CentreSettings, reason: str) -> None:
    if (wanted.second_clinician_id, wanted.lead_id) == (centre.second_clinician_id, centre.lead_id):
        return
    able = {each.user_id for each in clinicians.of_centre(centre.pk)}
    kept = {centre.second_clinician_id, centre.lead_id}
    if {wanted.second_clinician_id, wanted.lead_id} - {None} - able - kept:
        raise ActionRefused(_("Only a clinician of this centre can be named."))
    before = audit.snapshot(centre)
    centre.second_clinician_id, centre.lead_id = wanted.second_clinician_id, wanted.lead_id
    centre.save(update_fields=["second_clinician", "lead"])
    audit.record(
        action="centre.name_clinicians", by=by, subject=centre, before=before, after=audit.snapshot(centre),
        reason=reason[:500],
    )  # fmt: skip


def _set_time(
    by: User, centre: Centre, urgency: Urgency, within: AcknowledgeWithin, reason: str, now: datetime
) -> None:
    row = AlertTime.objects.filter(centre=centre, urgency=urgency).first()
    before = audit.snapshot(row) if row else None
    values = {
        "days": within.days,
        "working_days": within.working_days,
        "because": reason[:300],
        "set_by": by,
        "set_at": now,
    }
    row, _created = AlertTime.objects.update_or_create(centre=centre, urgency=urgency, defaults=values)
    audit.record(
        action="alerttime.set", by=by, subject=row, before=before, after=audit.snapshot(row), reason=reason[:500]
    )


def _move_alerts(by: User, centre: Centre, fresh: Mapping[Urgency, AcknowledgeWithin], reason: str) -> int:
    """Count the day of what waits anew, by the times that have changed."""
    rows = Alert.objects.select_for_update(no_key=True, of=("self",)).filter(
        patient__centre=centre, state=AlertStateChoice.RAISED, urgency__in=[int(urgency) for urgency in fresh]
    )
    moved = []
    for alert in rows.order_by("pk"):
        was, alert.due_at = alert.due_at, due_at(fresh[Urgency(alert.urgency)], alert.raised_at, centre.zone)
        if was != alert.due_at:
            moved.append(alert)
    Alert.objects.bulk_update(moved, ["due_at"])
    if moved:
        audit.record(
            action="alert.move_due", by=by, subject=centre, reason=reason[:500],
            after={"alerts": {str(alert.pk): alert.due_at.isoformat() for alert in moved if alert.due_at}},
        )  # fmt: skip
    return len(moved)
