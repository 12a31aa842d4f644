"""Machines are registered, get new keys, are revoked; what they prove with is taken once, and answered with a token."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, client_scopes
from monitoring.actions.dates import at_once
from monitoring.actions.refusals import ActionRefused
from monitoring.models import AccessToken, ApiClient, Membership, UsedAssertion, User
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.models.choices import RoleChoice as Role

TOKEN_LIFE = timedelta(minutes=5)  # SMART backend services: expires_in should not exceed 300 seconds
TOKEN_BYTES = 32
# A laboratory enters and submits; every other machine reads what the people of its centre read.
ROLE_OF = {Kind.LABORATORY: Role.LABORATORY_TECHNICIAN, Kind.HOSPITAL: Role.AUDITOR, Kind.RECORD: Role.AUDITOR}


class AssertionReplayed(ActionRefused):
    """A signed statement was shown a second time."""


class ClientRevoked(ActionRefused):
    """The machine was revoked; it is registered anew or not at all."""


@transaction.atomic
def register(*, by: User, client: ApiClient, now: datetime) -> ApiClient:
    """Register a machine with an account of its own, which no password opens."""
    permissions.check_can_keep_clients(by, client.centre_id)
    if client.kind == Kind.LABORATORY and client.laboratory and client.laboratory.centre_id != client.centre_id:
        raise ActionRefused(_("This laboratory belongs to another centre."))
    client.scopes = client.scopes or client_scopes.possible(client.kind)
    client.client_id = secrets.token_urlsafe(16)
    machine = User(username=f"machine-{client.client_id}", full_name=client.name)
    machine.set_unusable_password()
    machine.save(force_insert=True)
    today = at_once(now.astimezone(client.centre.zone).date(), now)
    Membership.objects.create(user=machine, centre=client.centre, role=ROLE_OF[Kind(client.kind)], starts_on=today)
    client.user, client.created_by = machine, by
    try:
        with transaction.atomic():
            client.save(force_insert=True)
    except IntegrityError as error:
        if "api_client_one_per_issuer" not in str(error):
            raise
        raise ActionRefused(_("Another machine has this issuer already.")) from error
    audit.record(action="client.register", by=by, subject=client, after=audit.snapshot(client))
    return client


@transaction.atomic
def replace_keys(*, by: User, client: ApiClient, jwks: Mapping[str, Any] | None, jwks_url: str) -> ApiClient:
    """Take new public keys; what was signed with the old ones is refused from now on, and its tokens end."""
    current = _locked(by, client)
    before = audit.snapshot(current)
    current.jwks, current.jwks_url = dict(jwks) if jwks else None, jwks_url
    current.save(update_fields=["jwks", "jwks_url"])
    AccessToken.objects.filter(client=current).delete()
    audit.record(action="client.keys", by=by, subject=current, before=before, after=audit.snapshot(current))
    return current


@transaction.atomic
def change_silence(*, by: User, client: ApiClient, hours: int | None) -> ApiClient:
    """Set after how many hours without a result of this laboratory's system somebody is told; None tells nobody."""
    current = _locked(by, client)
    if current.kind != Kind.LABORATORY:
        raise ActionRefused(_("Only a laboratory system sends results."))
    before = audit.snapshot(current)
    current.silent_after_hours = hours
    current.save(update_fields=["silent_after_hours"])
    audit.record(action="client.silence", by=by, subject=current, before=before, after=audit.snapshot(current))
    return current


@transaction.atomic
def revoke(*, by: User, client: ApiClient, reason: str, now: datetime) -> ApiClient:
    """End a machine's access at once."""
    current = _locked(by, client)
    if not reason.strip():
        raise ActionRefused(_("Say why the machine is revoked."))
    before = audit.snapshot(current)
    current.revoked_at, current.revoked_by = now, by
    current.save(update_fields=["revoked_at", "revoked_by"])
    AccessToken.objects.filter(client=current).delete()
    User.objects.filter(pk=current.user_id).update(is_active=False)
    audit.record(
        action="client.revoke", by=by, subject=current, before=before, after=audit.snapshot(current),
        reason=reason.strip(),
    )  # fmt: skip
    return current


@transaction.atomic
def take_assertion(*, issuer: str, jti: str, expires_at: datetime, now: datetime) -> None:
    """Remember a signed statement until it has expired; raises AssertionReplayed where it was shown before."""
    UsedAssertion.objects.filter(expires_at__lt=now).delete()
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(issuer=issuer, jti=jti, expires_at=expires_at)
    except IntegrityError as error:
        raise AssertionReplayed("This assertion was used before.") from error


@transaction.atomic
def issue_token(*, client: ApiClient, scope: str, now: datetime) -> str:
    """Return a new token of the machine; only its digest is kept, and tokens that have expired go."""
    AccessToken.objects.filter(client=client, expires_at__lt=now).delete()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    AccessToken.objects.create(client=client, digest=digest_of(token), scope=scope, expires_at=now + TOKEN_LIFE)
    return token


def digest_of(token: str) -> str:
    """Return what is kept of a token: it has 256 random bits, so that a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


def _locked(by: User, client: ApiClient) -> ApiClient:
    current = ApiClient.objects.select_for_update().get(pk=client.pk)
    permissions.check_can_keep_clients(by, current.centre_id)
    if current.revoked_at is not None:
        raise ClientRevoked(_("This machine is revoked already."))
    return current
