"""Roles of people at centres: given, ended with a reason, taken up again; by the administrators of the centre."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, ways_in
from monitoring.actions.dates import at_once
from monitoring.actions.passwords import is_machine
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.models import Centre, Membership, User
from monitoring.models.choices import RoleChoice
from monitoring.models.periods import not_over
from monitoring.queries import roles


class LastAdministrator(ActionRefused):
    """Without this role nobody could administer the centre."""


def role_day(centre: Centre, now: datetime) -> date:
    """Return the day from which a role holds, or does not, at once: roles are asked by days of UTC."""
    return at_once(now.astimezone(centre.zone).date(), now)


@transaction.atomic
def give(*, by: User, username: str, centre: Centre, role: str, now: datetime) -> Membership:
    """Give somebody who has an account here a role from today on; a role that had ended is taken up again.

    Whether a user name is unknown, a machine's or switched off is not told: raises ActionRefused with one sentence.
    """
    permissions.check_can_keep_people(by, centre.pk)
    person = User.objects.select_for_update().filter(username=username, is_active=True).first()
    if person is None or is_machine(person):
        raise ActionRefused(_("Nobody of this user name can be given a role."))
    _check_not_oneself(by, person)
    _check_password_is_own(by, person)
    Centre.objects.select_for_update().get(pk=centre.pk)
    found = Membership.objects.filter(user=person, centre=centre, role=role).first()
    if found is not None:
        return _begin_again(by, found, now)
    made = Membership(user=person, centre=centre, role=role, starts_on=role_day(centre, now))
    made.full_clean()
    made.save(force_insert=True)
    audit.record(action="membership.add", by=by, subject=made, after=_told(made))
    return made


@transaction.atomic
def take_up(*, by: User | None, membership: Membership, now: datetime) -> Membership:
    """Let an ended role hold again from today on; the time before stays in the audit trail. `by` None: the shell."""
    current = _locked(by, membership)
    if by is not None:
        _check_not_oneself(by, current.user)
        _check_password_is_own(by, current.user)
    return _begin_again(by, current, now)


@transaction.atomic
def end(*, by: User | None, membership: Membership, reason: str, now: datetime) -> Membership:
    """End a role at once. With the last role of a person everything ends that opens something in this name.

    `by` None is the shell, which may also end the role of the last administrator.
    """
    current = _locked(by, membership)
    if not Membership.objects.filter(not_over(), pk=current.pk).exists():
        raise WrongState(_("This role has ended already."))
    if not reason.strip():
        raise ActionRefused(_("Say why the role ends."))
    if by is not None and current.role == RoleChoice.ADMINISTRATOR:
        _check_somebody_stays(current)
    before = _told(current)
    current.ends_on = max(current.starts_on, role_day(current.centre, now))
    current.save(update_fields=["ends_on"])
    after = _told(current)
    if not roles.has_any(current.user):
        after["ended"] = ways_in.end_all(by=by, person=current.user, now=now)
    audit.record(
        action="membership.end", by=by, subject=current, before=before, after=after, reason=reason.strip()
    )  # fmt: skip
    return current


def _begin_again(by: User | None, row: Membership, now: datetime) -> Membership:
    if Membership.objects.filter(not_over(), pk=row.pk).exists():
        raise WrongState(_("This person has this role already."))
    before = _told(row)
    row.starts_on, row.ends_on = role_day(row.centre, now), None
    row.save(update_fields=["starts_on", "ends_on"])
    audit.record(action="membership.take_up", by=by, subject=row, before=before, after=_told(row))
    return row


def _locked(by: User | None, membership: Membership) -> Membership:
    """Lock the person, then the centre: two administrators cannot end each other at once."""
    User.objects.select_for_update().get(pk=membership.user_id)
    Centre.objects.select_for_update().get(pk=membership.centre_id)
    current = Membership.objects.select_related("user", "centre").get(pk=membership.pk)
    if by is not None:
        permissions.check_can_keep_people(by, current.centre_id)
        if is_machine(current.user):
            raise PermissionDenied(_("This account is one of a machine: it is revoked among the machines."))
    return current


def _check_not_oneself(by: User, person: User) -> None:
    if by.pk == person.pk:
        raise PermissionDenied(_("Nobody gives themselves a role: another administrator does."))


def _check_password_is_own(by: User, person: User) -> None:
    """Refuse rights to an account whose password an administrator of another centre has just seen."""
    elsewhere = Membership.objects.filter(user=person).exclude(centre__in=permissions.centres_kept_by(by))
    if person.must_change_password and elsewhere.exists():
        raise ActionRefused(_("This person has to sign in and choose a password of their own first."))


def _check_somebody_stays(row: Membership) -> None:
    if not roles.other_administrators(row.centre, row.user).exists():
        raise LastAdministrator(
            _("%(centre)s has no other administrator. Give somebody else this role first.") % {"centre": row.centre}
        )


def _told(row: Membership) -> dict[str, Any]:
    return {**audit.snapshot(row), "username": row.user.username}
