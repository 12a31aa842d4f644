"""An alert that nobody acknowledged in time goes on: to the second clinician, then to the centre's lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from monitoring import scope
from monitoring.actions import audit
from monitoring.domain.alert_times import next_escalation
from monitoring.domain.urgency import ESCALATION, Escalation, Urgency
from monitoring.models import Alert, AlertChange
from monitoring.models.choices import AlertStateChoice as State
from monitoring.models.choices import AlertStepChoice
from monitoring.queries import alert_times, clinicians
from monitoring.queries.alert_times import TimesOf

BATCH = 200  # alerts; each batch is a transaction of its own


@dataclass(frozen=True, slots=True)
class _Ladder:
    """What decides when an alert goes on and who can take it."""

    times: TimesOf
    people: Mapping[int, frozenset[int]]
    now: datetime


def escalate(*, now: datetime) -> int:
    """Let every alert go on whose time is over; return how many steps were taken.

    A step for each level that is over, so that a worker that was dead catches up, and none twice: an alert that
    another worker holds at the moment is left to it.
    """
    after, taken = 0, 0
    while True:
        with transaction.atomic():
            scope.enter_all_centres()
            batch = _claim(after, now)
            taken += _batch(batch, now)
        if len(batch) < BATCH:
            return taken
        after = batch[-1].pk


def _claim(after: int, now: datetime) -> list[Alert]:
    """Lock the next alerts that are past their day and have somebody left to go to."""
    left = Q()
    for urgency, levels in ESCALATION.items():
        left |= Q(urgency=urgency, escalation__lt=len(levels))
    rows = Alert.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(
        left, state=State.RAISED, due_at__lte=now, pk__gt=after
    )
    return list(rows.select_related("patient__centre").order_by("pk")[:BATCH])


def _batch(alerts: Sequence[Alert], now: datetime) -> int:
    patients = {alert.patient_id for alert in alerts}
    if not patients:
        return 0
    ladder = _Ladder(alert_times.of_patients(patients), clinicians.by_patient(patients), now)
    return sum(_go_on(alert, ladder) for alert in alerts)


def _go_on(alert: Alert, ladder: _Ladder) -> int:
    taken = 0
    while (step := _next(alert, ladder)) is not None:
        whom, due_at = step
        _write(alert, whom, due_at, ladder)
        taken += 1
    return taken


def _next(alert: Alert, ladder: _Ladder) -> tuple[Escalation, datetime] | None:
    urgency, zone = Urgency(alert.urgency), alert.patient.centre.zone
    within = ladder.times[alert.patient_id][urgency]
    step = next_escalation(urgency, within, alert.due_at, alert.escalation, zone)
    return step if step is not None and step[1] <= ladder.now else None


def _write(alert: Alert, whom: Escalation, due_at: datetime, ladder: _Ladder) -> None:
    before = audit.snapshot(alert)
    alert.escalation += 1
    alert.escalated_at = ladder.now
    alert.save(update_fields=["escalation", "escalated_at"])
    to_id = _named(alert, whom, ladder.people.get(alert.patient_id, frozenset()))
    detail = {"level": alert.escalation, "whom": whom.value, "due_at": due_at.isoformat()}
    step = AlertChange(
        alert=alert, patient_id=alert.patient_id, kind=AlertStepChoice.ESCALATED, at=ladder.now, to_id=to_id,
        detail=detail,
    )  # fmt: skip
    AlertChange.objects.bulk_create([step])
    audit.record(
        action="alert.escalate", by=None, subject=alert, patient_id=alert.patient_id,
        before=before, after=audit.snapshot(alert), reason=f"{whom.value}: {to_id or 'nobody is named'}",
    )  # fmt: skip


def _named(alert: Alert, whom: Escalation, able: frozenset[int]) -> int | None:
    """Who is named for this level and can take the alert on; not the one who has it already. None: nobody."""
    patient, centre = alert.patient, alert.patient.centre
    has_it = alert.held_by_id or patient.clinician_id
    named = [centre.lead_id]
    if whom is Escalation.SECOND_CLINICIAN:
        named = [patient.second_clinician_id, centre.second_clinician_id]
    return next((pk for pk in named if pk is not None and pk in able and pk != has_it), None)
