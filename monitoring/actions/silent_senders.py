"""Administrators are written to where a sender of results has fallen silent: once for each silence.

It is no alert of a patient and has no row among the messages about alerts. The silence is marked as told first and
sent outside of any transaction; what cannot be sent is marked as not told, and the next pass tries again.
"""

import logging
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q

from monitoring import scope
from monitoring.actions import audit
from monitoring.models import Centre, SenderProfile, User
from monitoring.models.choices import RoleChoice
from monitoring.queries import sender_profiles
from monitoring.queries.sender_profiles import Silence
from monitoring.wording.message_words import silence_letter

log = logging.getLogger(__name__)


def tell(*, now: datetime) -> int:
    """Write to the administrators of every silent sender that they were not told of; return how many messages left."""
    if not settings.MAIL_IS_SET:
        return 0
    with transaction.atomic():
        scope.enter_all_centres()
        silent = [each for each in sender_profiles.silences(now) if not each.is_told and not each.is_synthetic]
    return sum(_tell(each, now) for each in silent)


def _tell(silence: Silence, now: datetime) -> int:
    readers = _administrators(silence.centre_id, now)
    if not readers or not _claim(silence):
        return 0
    sent = sum(_send(silence, reader) for reader in readers)
    if not sent:
        _give_back(silence)
    return sent


@transaction.atomic
def _administrators(centre_id: int, now: datetime) -> list[User]:
    today = now.astimezone(Centre.objects.get(pk=centre_id).zone).date()
    held = Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=today)
    found = User.objects.filter(
        held, memberships__centre_id=centre_id, memberships__role=RoleChoice.ADMINISTRATOR,
        memberships__starts_on__lte=today, is_active=True,
    )  # fmt: skip
    return list(found.exclude(email="").distinct().order_by("pk"))


@transaction.atomic
def _claim(silence: Silence) -> bool:
    """Mark the silence as told; False where another worker was first."""
    scope.enter_all_centres()
    rows = SenderProfile.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=silence.profile_id)
    current = rows.first()
    if current is None or current.silence_told_at == silence.since:
        return False
    current.silence_told_at = silence.since
    current.save(update_fields=["silence_told_at"])
    told = {"since": silence.since.isoformat(), "hours": silence.hours}
    audit.record(action="sender.silence_told", by=None, subject=current, after=told)
    return True


@transaction.atomic
def _give_back(silence: Silence) -> None:
    scope.enter_all_centres()
    rows = SenderProfile.objects.filter(pk=silence.profile_id, silence_told_at=silence.since)
    for current in rows:
        current.silence_told_at = None
        current.save(update_fields=["silence_told_at"])
        audit.record(action="sender.silence_not_told", by=None, subject=current)


def _send(silence: Silence, reader: User) -> bool:
    language = reader.language or settings.LANGUAGE_CODE
    written = silence_letter(silence.name, silence.hours, silence.centre, settings.PUBLIC_URL, language)
    message = EmailMessage(
        written.subject, written.text, settings.DEFAULT_FROM_EMAIL, [reader.email],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )  # fmt: skip
    try:
        message.send()
    except (smtplib.SMTPException, OSError):
        log.exception("The silence of sender %s could not be told.", silence.profile_id)
        return False
    return True
