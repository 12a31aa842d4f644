"""That a person had an alert before their eyes, on a page that they opened: once for each thing that it said."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from monitoring import permissions
from monitoring.actions import audit
from monitoring.models import Alert, AlertChange, User
from monitoring.models.choices import AlertStateChoice as State
from monitoring.models.choices import AlertStepChoice as Step

SAYS_ANEW = (Step.RAISED, Step.UPDATED, Step.REOPENED)


@transaction.atomic
def note(*, by: User, patient_id: int, alert_ids: Iterable[int], now: datetime) -> int:
    """Note which of these alerts of one patient a clinician has now seen; return how many for the first time.

    Only alerts that wait; seeing is no answer, so the clock runs on and nobody's page is out of date by it. Whoever
    may not acknowledge is in the log of readers and not here.
    """
    wanted = list(alert_ids)
    if not wanted or not permissions.can_acknowledge(by, patient_id):
        return 0
    steps = AlertChange.objects.filter(alert=OuterRef("pk"))
    last_said = Subquery(steps.filter(kind__in=SAYS_ANEW).order_by("-pk").values("pk")[:1])
    rows = Alert.objects.filter(pk__in=wanted, patient_id=patient_id, state=State.RAISED).annotate(last_said=last_said)
    seen = Exists(steps.filter(kind=Step.SEEN, by=by, pk__gt=OuterRef("last_said")))
    fresh = list(rows.filter(~seen | Q(last_said__isnull=True)).order_by("pk"))
    if not fresh:
        return 0
    AlertChange.objects.bulk_create(
        AlertChange(alert=alert, patient_id=patient_id, kind=Step.SEEN, at=now, by=by) for alert in fresh
    )
    audit.record_all(action="alert.see", by=by, subjects=fresh, patient_id=patient_id)
    return len(fresh)
