"""The secret address of a person's calendar at a centre: made, replaced, revoked. Only the digest is kept."""

import hashlib
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.actions import audit
from monitoring.actions.refusals import StaleVersion
from monitoring.models import CalendarFeed, Centre, User
from monitoring.permissions import check_can_read_due

SECRET_BYTES = 32


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create(*, by: User, centre: Centre, now: datetime) -> str:
    """Make a new address and return its secret, which nobody can show again; one in use stops working."""
    check_can_read_due(by, centre.pk)
    for row in CalendarFeed.objects.select_for_update().filter(user=by, centre=centre, revoked_at=None):
        _revoke(by, row, now)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    try:
        with transaction.atomic():
            row = CalendarFeed.objects.create(user=by, centre=centre, digest=digest_of(secret))
    except IntegrityError as error:  # made twice at once
        raise StaleVersion(_("An address was made meanwhile, in another window.")) from error
    audit.record(action="calendar.create", by=by, subject=row, after={"centre_id": centre.pk})
    return secret


@transaction.atomic
def revoke(*, by: User, feed_id: int, now: datetime) -> None:
    """Let an address of the person stop working, at once and for good."""
    row = CalendarFeed.objects.select_for_update().filter(pk=feed_id, user=by, revoked_at=None).first()
    if row is None:
        raise StaleVersion(_("This address was revoked already."))
    _revoke(by, row, now)


def _revoke(by: User, row: CalendarFeed, now: datetime) -> None:
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    audit.record(action="calendar.revoke", by=by, subject=row, before={"centre_id": row.centre_id})
