"""The people of centres, as the administrators see them: who they are, their roles, how they come in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, QuerySet, Sum

from monitoring.models import Membership, User
from monitoring.models.choices import RoleChoice
from monitoring.models.periods import not_over
from monitoring.queries import roles


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role at one centre, from when to when; `is_over` where it does not hold any more."""

    pk: int
    role: str
    centre: str
    starts_on: date
    ends_on: date | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class PersonOfCentre:
    """Somebody with a role, held or ended, at one of the centres; no machine."""

    pk: int
    name: str
    full_name: str
    username: str
    email: str
    last_sign_in: datetime | None
    one_time_until: datetime | None
    is_locked_out: bool
    roles: tuple[HeldRole, ...]

    @property
    def holds_any(self) -> bool:
        """Whether a role here holds, or will."""
        return any(not each.is_over for each in self.roles)


def of_centres(centre_ids: Collection[int], now: datetime) -> list[PersonOfCentre]:
    """Return everybody who has or had a role at these centres, those who hold one first, by name."""
    rows = list(_of_people(centre_ids))
    locked = locked_out({row.user.username for row in rows}, now)
    held: dict[User, list[HeldRole]] = {}
    for row in rows:
        held.setdefault(row.user, []).append(_role(row))
    found = [_person(user, tuple(own), user.username in locked) for user, own in held.items()]
    return sorted(found, key=lambda each: (not each.holds_any, each.name.casefold(), each.pk))


def of_centre(centre_ids: Collection[int], pk: int, now: datetime) -> PersonOfCentre | None:
    """Return one of these people, or None where nobody of this number has a role there."""
    return next((each for each in of_centres(centre_ids, now) if each.pk == pk), None)


def own_roles(person: User) -> tuple[HeldRole, ...]:
    """Return every role of one person, wherever."""
    rows = _with_state(Membership.objects.filter(user=person).select_related("centre", "user"))
    return tuple(_role(row) for row in rows)


def locked_out(usernames: Iterable[str], now: datetime) -> set[str]:
    """Return which of these user names failed so often that they are locked at present."""
    failed = AccessAttempt.objects.filter(
        username__in=list(usernames), attempt_time__gte=now - settings.AXES_COOLOFF_TIME
    )
    counted = failed.order_by().values("username").annotate(failures=Sum("failures_since_start"))
    return {each["username"] for each in counted if each["failures"] >= settings.AXES_FAILURE_LIMIT}


def _of_people(centre_ids: Collection[int]) -> Iterable[Membership]:
    rows = Membership.objects.filter(centre_id__in=list(centre_ids)).select_related("user", "centre")
    return _with_state(rows.exclude(roles.OF_MACHINES))


def _with_state(rows: QuerySet[Membership]) -> Iterable[Membership]:
    is_held = ExpressionWrapper(not_over(), output_field=BooleanField())
    return rows.annotate(is_held=is_held).order_by("centre__name", "-is_held", "role", "pk")


def _role(row: Membership) -> HeldRole:
    said = str(RoleChoice(row.role).label)
    is_held: bool = row.is_held  # type: ignore[attr-defined] # annotated
    return HeldRole(row.pk, said, row.centre.name, row.starts_on, row.ends_on, not is_held)


def _person(user: User, own: tuple[HeldRole, ...], is_locked_out: bool) -> PersonOfCentre:
    return PersonOfCentre(
        user.pk, user.shown_name, user.full_name, user.username, user.email, user.last_login,
        user.one_time_password_until, is_locked_out, own,
    )  # fmt: skip
