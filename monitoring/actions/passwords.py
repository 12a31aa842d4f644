"""Passwords: a one-time one is made here and told once; then the person chooses one of their own.

No password and no hash is ever written to the audit trail, a session or a log.
"""

import secrets
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, ways_in
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.models import User
from monitoring.queries import roles

ONE_TIME_HOURS = 72  # [DESIGN] over a weekend; then the administrator makes another
ONE_TIME_LASTS = timedelta(hours=ONE_TIME_HOURS)
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # what is read aloud or written by hand is not mistaken: no i, l, o, 0, 1
GROUPS, GROUP_LENGTH = 4, 5  # 20 characters of 31: 99 bits


class RolesElsewhere(PermissionDenied):
    """The account opens something at a centre that this administrator does not administer."""


def make_one_time() -> str:
    """Return a new one-time password, in groups that can be read aloud."""
    return "-".join("".join(secrets.choice(ALPHABET) for _n in range(GROUP_LENGTH)) for _g in range(GROUPS))


def is_machine(person: User) -> bool:
    """Whether no password opens this account: a machine's, a sender's, or that of a data set."""
    return not person.has_usable_password()


def check_looks_after(*, by: User, person: User) -> None:
    """Demand that the account has a role at a centre that the administrator looks after."""
    kept = permissions.centres_kept_by(by)
    if not any(each.pk in kept for each in roles.centres_of(person)):
        raise PermissionDenied(_("This person has no role at present at a centre that you administer."))


def check_can_decide_account(*, by: User, person: User) -> None:
    """Demand that the administrator looks after every centre at which the account has a role, and there is one.

    Whoever sets a password or an address could act as the account: nobody comes so to rights that are not theirs to
    give. Raises PermissionDenied.
    """
    check_looks_after(by=by, person=person)
    centres, kept = roles.centres_of(person), permissions.centres_kept_by(by)
    if is_machine(person) or person.is_staff or person.is_superuser or not person.is_active:
        raise PermissionDenied(_("No password of this account is set on a page."))
    others = [each.name for each in centres if each.pk not in kept]
    if others:
        able = roles.administrators_of_all([each.pk for each in centres])
        raise RolesElsewhere(_elsewhere(others, able))


def _elsewhere(others: list[str], able: list[str]) -> str:
    said = {"centres": ", ".join(others), "who": ", ".join(able)}
    if able:
        return _("This person has a role at %(centres)s too. Who administers them all does it: %(who)s.") % said
    return _(
        "This person has a role at %(centres)s too, and nobody administers all these centres: the people who run this "
        "service do it (manage.py new_password)."
    ) % said  # fmt: skip


@transaction.atomic
def renew(*, by: User | None, person: User, reason: str, now: datetime) -> str:
    """Set a one-time password and return it; whatever else opened something in this name ends. `by` None: the shell."""
    current = User.objects.select_for_update().get(pk=person.pk)
    if by is not None:
        if by.pk == current.pk:
            raise ActionRefused(_("Your own password is changed on your own page."))
        check_can_decide_account(by=by, person=current)
    if is_machine(current):
        raise ActionRefused(_("No password opens this account: it is one of a machine."))
    if not reason.strip():
        raise ActionRefused(_("Say why the password is set anew."))
    before = {"one_time_password_until": _told(current.one_time_password_until)}
    password = set_one_time(current, now)
    current.save(update_fields=["password", "one_time_password_until"])
    AccessAttempt.objects.filter(username=current.username).delete()  # who lost a password has often tried too often
    ended = ways_in.end_all(by=by, person=current, now=now)
    after = {"one_time_password_until": _told(current.one_time_password_until), "ended": ended}
    audit.record(action="password.renew", by=by, subject=current, before=before, after=after, reason=reason.strip())
    return password


def set_one_time(person: User, now: datetime) -> str:
    """Give a row a one-time password, unsaved, and return it."""
    password = make_one_time()
    person.set_password(password)
    person.one_time_password_until = now + ONE_TIME_LASTS
    return password


@transaction.atomic
def choose(*, by: User, verified: str, password: str, here: str, now: datetime) -> User:
    """Set one's own password; sessions elsewhere end. `verified` is the hash that the old password was checked against.

    Raises ActionRefused for the old password again, ValidationError for a weak one, StaleVersion where it was set anew
    meanwhile: a lost password that an administrator has just replaced opens nothing any more.
    """
    current = User.objects.select_for_update().get(pk=by.pk)
    if current.password != verified:
        raise StaleVersion(_("Your password was set anew meanwhile. Sign in with the new one."))
    if check_password(password, current.password):
        raise ActionRefused(_("This is the password that you have already."))
    validate_password(password, current)
    before = {"one_time_password_until": _told(current.one_time_password_until)}
    current.set_password(password)
    current.one_time_password_until = None
    current.save(update_fields=["password", "one_time_password_until"])
    after = {"one_time_password_until": None, "ended": {"sessions": ways_in.end_sessions(person=by, now=now, but=here)}}
    audit.record(action="password.choose", by=by, subject=current, before=before, after=after)
    return current


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
