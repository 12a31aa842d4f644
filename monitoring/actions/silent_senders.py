"""Administrators are written to where a sender or a machine of a laboratory has fallen silent: once for each silence.

It is no alert of a patient and has no row among the messages about alerts. The silence is marked as told first and
sent outside of any transaction; what cannot be sent is marked as not told, and the next pass tries again.
"""

import logging
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from monitoring import scope
from monitoring.actions import audit
from monitoring.models import ApiClient, SenderProfile, User
from monitoring.models.choices import RoleChoice
from monitoring.models.periods import holds_now
from monitoring.queries import silences
from monitoring.queries.silences import CLIENT_NOT_TOLD, CLIENT_TOLD, Silence
from monitoring.wording.message_words import silence_letter

log = logging.getLogger(__name__)
LOCK_SPACE = 0x534C43
SENDER_TOLD, SENDER_NOT_TOLD = "sender.silence_told", "sender.silence_not_told"


def tell(*, now: datetime) -> int:
    """Write to the administrators about every silence that they were not told of; return how many messages left."""
    if not settings.MAIL_IS_SET:
        return 0
    with transaction.atomic():
        scope.enter_all_centres()
        found = [each for each in silences.silences(now) if not each.is_synthetic]
        silent = [each for each in found if not silences.is_told(each)]
    return sum(_tell(each, now) for each in silent)


def _tell(silence: Silence, now: datetime) -> int:
    readers = _administrators(silence.centre_id)
    if not readers or not _claim(silence):
        return 0
    sent = sum(_send(silence, reader) for reader in readers)
    if not sent:
        _give_back(silence)
    return sent


@transaction.atomic
def _administrators(centre_id: int) -> list[User]:
    here = {"memberships__centre_id": centre_id, "memberships__role": RoleChoice.ADMINISTRATOR}
    found = User.objects.filter(holds_now("memberships__"), is_active=True, **here)
    return list(found.exclude(email="").distinct().order_by("pk"))


@transaction.atomic
def _claim(silence: Silence) -> bool:
    """Mark the silence as told; False where another worker was first."""
    scope.enter_all_centres()
    row = _locked(silence)
    if row is None or silences.is_told(silence):
        return False
    told = {"since": silence.since.isoformat(), "hours": silence.hours}
    _note(row, silence.since)
    audit.record(action=CLIENT_TOLD if silence.is_machine else SENDER_TOLD, by=None, subject=row, after=told)
    return True


@transaction.atomic
def _give_back(silence: Silence) -> None:
    scope.enter_all_centres()
    if not silences.is_told(silence):
        return
    model = ApiClient if silence.is_machine else SenderProfile
    row = model.objects.get(pk=silence.pk)
    _note(row, None)
    audit.record(action=CLIENT_NOT_TOLD if silence.is_machine else SENDER_NOT_TOLD, by=None, subject=row)


def _locked(silence: Silence) -> SenderProfile | ApiClient | None:
    """Return the row of what is silent, for one worker at a time; None while another has it."""
    if not silence.is_machine:
        rows = SenderProfile.objects.select_for_update(no_key=True, skip_locked=True)
        return rows.filter(pk=silence.pk).first()
    # The worker's role may not change a machine, hence neither lock its row nor write into it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, silence.pk])
        [is_free] = cursor.fetchone()
    return ApiClient.objects.filter(pk=silence.pk).first() if is_free else None


def _note(row: SenderProfile | ApiClient, since: datetime | None) -> None:
    if isinstance(row, SenderProfile):
        row.silence_told_at = since
        row.save(update_fields=["silence_told_at"])


def _send(silence: Silence, reader: User) -> bool:
    noun = "machine" if silence.is_machine else "sender"
    language = reader.language or settings.LANGUAGE_CODE
    written = silence_letter(
        silence.name, silence.hours, silence.centre, settings.PUBLIC_URL, language, is_machine=silence.is_machine
    )
    message = EmailMessage(
        written.subject, written.text, settings.DEFAULT_FROM_EMAIL, [reader.email],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )  # fmt: skip
    try:
        message.send()
    except (smtplib.SMTPException, OSError):
        log.exception("The silence of %s %s could not be told.", noun, silence.pk)
        return False
    return True
