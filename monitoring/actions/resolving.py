"""A clinician closes an alert that was acknowledged: what came of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions.alert_turns import SeenAlert, Turn, lock_as_seen, take
from monitoring.actions.refusals import ActionRefused
from monitoring.models import Alert, User
from monitoring.models.choices import AlertStateChoice as State
from monitoring.models.choices import AlertStepChoice


@transaction.atomic
def resolve(*, by: User, alert: Alert, seen: SeenAlert, comment: str, now: datetime) -> Alert:
    """Resolve an acknowledged alert with its outcome; it opens again when what it follows grows.

    Raises ActionRefused without a comment, StaleVersion where it changed since it was seen or was not acknowledged.
    """
    current = lock_as_seen(by=by, alert=alert, seen=seen, states={State.ACKNOWLEDGED})
    if not comment.strip():
        raise ActionRefused(_("Say in a comment what came of it."))
    turn = Turn(AlertStepChoice.RESOLVED, comment, detail={"revision": seen.revision})
    changes = {"state": State.RESOLVED, "resolved_at": now, "resolved_by": by}
    return take(by=by, alert=current, action="alert.resolve", turn=turn, changes=changes, now=now)
