"""Tokens of small scripts: each is shown once, kept as a hash, and revoked alone."""

from django.db import transaction
from django.utils.translation import gettext as _
from knox.models import AuthToken

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused
from monitoring.models import User
from monitoring.queries import script_tokens


@transaction.atomic
def issue(*, by: User | None, person: User) -> str:
    """Return a new token of this person; it cannot be read again."""
    kept, token = AuthToken.objects.create(user=person)
    told = {"begins": script_tokens.beginning(kept), "expires": kept.expiry.isoformat()}
    audit.record(action="token.issue", by=by, subject=person, after=told)
    return str(token)


@transaction.atomic
def revoke(*, by: User, digest: str, reason: str) -> User:
    """End one token of somebody at a centre that the person administers; returns whose it was."""
    found = AuthToken.objects.select_for_update(of=("self",)).select_related("user").filter(pk=digest).first()
    if found is None:
        raise ActionRefused(_("This token is revoked already."))
    person: User = found.user
    if by.pk != person.pk:
        permissions.check_can_keep_tokens(by, person)
    if not reason.strip():
        raise ActionRefused(_("Say why the token is revoked."))
    _end(by, person, [found], reason.strip())
    return person


@transaction.atomic
def revoke_all(*, person: User, begins: str = "") -> int:
    """End every token of this person, or those that begin so, on the machine itself; returns how many."""
    found = list(AuthToken.objects.select_for_update(of=("self",)).filter(user=person, token_key__startswith=begins))
    _end(None, person, found, "")
    return len(found)


def _end(by: User | None, person: User, tokens: list[AuthToken], reason: str) -> None:
    told = {"tokens": [script_tokens.beginning(each) for each in tokens]}
    AuthToken.objects.filter(pk__in=[each.pk for each in tokens]).delete()
    audit.record(action="token.revoke", by=by, subject=person, before=told, reason=reason)
