"""One launch from a hospital record: begun, come back once, the person linked and unlinked, the page opened.

Source: HL7 SMART app launch 2.x, EHR launch; RFC 7636 (PKCE).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.models import LaunchAttempt, LaunchIssuer, LaunchPerson, User

ATTEMPT_LASTS = timedelta(minutes=10)  # time for a person to sign in at the hospital record
STATE_BYTES = 32
VERIFIER_BYTES = 64  # 86 characters; RFC 7636 allows 43 to 128


class AttemptRefused(ActionRefused):
    """No launch of ours comes back with this state: unknown, too late, or back for the second time."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A launch on its way, with the state that only the browser and the hospital record know."""

    attempt: LaunchAttempt
    state: str


@transaction.atomic
def begin(*, issuer: LaunchIssuer, token_endpoint: str, jwks_url: str, now: datetime) -> Begun:
    """Note a launch that is sent to the hospital record; those that were never finished go."""
    LaunchAttempt.objects.filter(expires_at__lt=now).delete()
    state = secrets.token_urlsafe(STATE_BYTES)
    attempt = LaunchAttempt.objects.create(
        issuer=issuer, state_digest=digest_of(state), nonce=secrets.token_urlsafe(STATE_BYTES),
        code_verifier=secrets.token_urlsafe(VERIFIER_BYTES), token_endpoint=token_endpoint, jwks_url=jwks_url,
        expires_at=now + ATTEMPT_LASTS,
    )  # fmt: skip
    return Begun(attempt, state)


@transaction.atomic
def take(*, state: str, now: datetime) -> LaunchAttempt:
    """Return the launch that comes back with this state, once and in time; raises AttemptRefused."""
    found = LaunchAttempt.objects.filter(state_digest=digest_of(state)).select_related("issuer__centre")
    attempt = found.select_for_update(of=("self",)).first()
    if attempt is None or attempt.used_at is not None or attempt.expires_at <= now or attempt.issuer.revoked_at:
        raise AttemptRefused("state")
    attempt.used_at = now
    attempt.save(update_fields=["used_at"])
    return attempt


@transaction.atomic
def link(*, by: User, issuer: LaunchIssuer, subject: str, fhir_user: str, now: datetime) -> LaunchPerson:
    """Note that a person of the hospital record is this user, who has just proved it by their own password."""
    person = LaunchPerson(
        issuer=issuer, subject=subject, fhir_user=fhir_user, user=by, linked_by=by, linked_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        if "launch_person_once" not in str(error):
            raise
        raise WrongState(_("This person of the hospital record is linked already.")) from error
    audit.record(action="launch.link", by=by, subject=person, after=audit.snapshot(person))
    return person


@transaction.atomic
def unlink(*, by: User, person: LaunchPerson, reason: str, now: datetime) -> LaunchPerson:
    """Take a link back: the next launch of this person asks for the password again, and open windows close."""
    current = LaunchPerson.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=person.pk)
    permissions.check_can_keep_clients(by, current.issuer.centre_id)
    if current.unlinked_at is not None:
        raise WrongState(_("This person is unlinked already."))
    if not reason.strip():
        raise ActionRefused(_("Say why the person is unlinked."))
    before = audit.snapshot(current)
    current.unlinked_at, current.unlinked_by = now, by
    current.save(update_fields=["unlinked_at", "unlinked_by"])
    audit.record(
        action="launch.unlink", by=by, subject=current, before=before, after=audit.snapshot(current),
        reason=reason.strip(),
    )  # fmt: skip
    return current


@transaction.atomic
def open_page(*, by: User, person: LaunchPerson, patient_id: int) -> None:
    """Write down that the hospital record opened this patient's page for a person."""
    audit.record(action="launch.open", by=by, subject=person, patient_id=patient_id)


def digest_of(state: str) -> str:
    """Return what is kept of a state: it has 256 random bits, so that a plain hash suffices."""
    return hashlib.sha256(state.encode()).hexdigest()
