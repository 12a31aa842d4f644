"""People of a centre: added with a first role, their name and address corrected, a lock-out lifted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, passwords
from monitoring.actions.memberships import role_day
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.models import Centre, Membership, User
from monitoring.queries import people_of_centres


@dataclass(frozen=True, slots=True)
class Facts:
    """Who somebody is, as an administrator writes it."""

    full_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Added:
    """A new person with the one-time password, which nobody can show again."""

    person: User
    password: str


class UserNameTaken(ActionRefused):
    """Somebody has this user name, or one that differs only in capital letters."""


@transaction.atomic
def add(*, by: User, username: str, facts: Facts, centre: Centre, role: str, now: datetime) -> Added:
    """Add a person with a first role and a one-time password."""
    permissions.check_can_keep_people(by, centre.pk)
    if User.objects.filter(username__iexact=username).exists():
        raise UserNameTaken(_taken())
    person = User(username=username, full_name=facts.full_name, email=facts.email)
    password = passwords.set_one_time(person, now)
    person.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise UserNameTaken(_taken()) from error
    audit.record(action="user.add", by=by, subject=person, after=told(person))
    role_row = Membership(user=person, centre=centre, role=role, starts_on=role_day(centre, now))
    role_row.full_clean()
    role_row.save(force_insert=True)
    after = {**audit.snapshot(role_row), "username": username}
    audit.record(action="membership.add", by=by, subject=role_row, after=after)
    return Added(person, password)


@transaction.atomic
def correct(*, by: User, person: User, facts: Facts, seen: Facts) -> User:
    """Correct name and e-mail address; raises StaleVersion where somebody else did meanwhile."""
    current = User.objects.select_for_update().get(pk=person.pk)
    passwords.check_can_decide_account(by=by, person=current)
    if facts_of(current) != seen:
        raise StaleVersion(_("Somebody has changed this meanwhile. Nothing was saved: look at it again."))
    before = told(current)
    current.full_name, current.email = facts.full_name, facts.email
    current.save(update_fields=["full_name", "email"])
    audit.record(action="user.correct", by=by, subject=current, before=before, after=told(current))
    return current


@transaction.atomic
def lift_lock_out(*, by: User, person: User, now: datetime) -> None:
    """Forget the failed sign-ins of somebody who holds a role at a centre of the administrator."""
    passwords.check_looks_after(by=by, person=person)
    if person.username not in people_of_centres.locked_out([person.username], now):
        raise WrongState(_("This user name is not locked."))
    failures, _by_model = AccessAttempt.objects.filter(username=person.username).delete()
    audit.record(action="user.unlock", by=by, subject=person, before={"attempts": failures})


def facts_of(person: User) -> Facts:
    """Return who somebody is, as it stands."""
    return Facts(person.full_name, person.email)


def told(person: User) -> dict[str, Any]:
    """Return what the audit trail keeps of an account: never the password, nor its hash."""
    kept = ("id", "username", "full_name", "email", "is_active", "one_time_password_until")
    found = audit.snapshot(person)
    return {name: found[name] for name in kept}


def _taken() -> str:
    return _("This user name is taken. If it is this person's, give them a role; otherwise choose another.")
