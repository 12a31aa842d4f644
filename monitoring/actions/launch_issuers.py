"""Hospital records that may launch the patient page in their own window: registered and revoked by an administrator."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.models import LaunchAttempt, LaunchIssuer, User


@transaction.atomic
def register(*, by: User, issuer: LaunchIssuer) -> LaunchIssuer:
    """Let a hospital record launch the patient page; its address is taken without the slash at its end."""
    permissions.check_can_keep_clients(by, issuer.centre_id)
    issuer.issuer, issuer.created_by = issuer.issuer.strip().rstrip("/"), by
    try:
        with transaction.atomic():
            issuer.save(force_insert=True)
    except IntegrityError as error:
        if "launch_issuer_once" not in str(error):
            raise
        raise ActionRefused(_("This hospital record is registered already.")) from error
    issuer.refresh_from_db()
    audit.record(action="launch_issuer.register", by=by, subject=issuer, after=audit.snapshot(issuer))
    return issuer


@transaction.atomic
def revoke(*, by: User, issuer: LaunchIssuer, reason: str, now: datetime) -> LaunchIssuer:
    """End it at once: what is on its way is dropped, and windows that are open show nothing any more."""
    current = LaunchIssuer.objects.select_for_update().get(pk=issuer.pk)
    permissions.check_can_keep_clients(by, current.centre_id)
    if current.revoked_at is not None:
        raise WrongState(_("This hospital record is revoked already."))
    if not reason.strip():
        raise ActionRefused(_("Say why the hospital record is revoked."))
    before = audit.snapshot(current)
    current.revoked_at, current.revoked_by = now, by
    current.save(update_fields=["revoked_at", "revoked_by"])
    LaunchAttempt.objects.filter(issuer=current).delete()
    audit.record(
        action="launch_issuer.revoke", by=by, subject=current, before=before, after=audit.snapshot(current),
        reason=reason.strip(),
    )  # fmt: skip
    return current
