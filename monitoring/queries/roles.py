"""Roles at centres: which hold, who has them, who could decide about an account that has several."""

from collections.abc import Collection

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet

from monitoring.models import Centre, Membership, User
from monitoring.models.choices import RoleChoice
from monitoring.models.periods import holds_now, not_over

# Accounts that no password opens: machines, senders, those of data sets.
OF_MACHINES = Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)


def of_person(person: User) -> list[Membership]:
    """Return every role that the person has or had, those held first."""
    rows = Membership.objects.filter(user=person).select_related("centre").order_by("centre__name", "role")
    over = set(rows.exclude(not_over()).values_list("pk", flat=True))
    return sorted(rows, key=lambda row: row.pk in over)


def centres_of(person: User) -> list[Centre]:
    """Return the centres at which the person has a role that holds or will hold, by name."""
    held = Membership.objects.filter(not_over(), user=person).values("centre_id")
    return list(Centre.objects.filter(pk__in=held).order_by("name"))


def has_any(person: User) -> bool:
    """Whether the person has a role anywhere that holds or will hold."""
    return Membership.objects.filter(not_over(), user=person).exists()


def other_administrators(centre: Centre, person: User) -> QuerySet[Membership]:
    """Return who else administers the centre and can sign in; an account that no password opens cannot."""
    rows = Membership.objects.filter(holds_now(), centre=centre, role=RoleChoice.ADMINISTRATOR, user__is_active=True)
    return rows.exclude(user=person).exclude(OF_MACHINES)


def administrators_of_all(centre_ids: Collection[int]) -> list[str]:
    """Return the names of those who administer every one of these centres."""
    wanted = set(centre_ids)
    rows = Membership.objects.filter(
        holds_now(), centre_id__in=wanted, role=RoleChoice.ADMINISTRATOR, user__is_active=True
    ).select_related("user")
    centres: dict[User, set[int]] = {}
    for row in rows.order_by("user__full_name", "user_id"):
        centres.setdefault(row.user, set()).add(row.centre_id)
    return [user.shown_name for user, found in centres.items() if found == wanted]


def at_centres(centre_ids: Collection[int], pk: int) -> Membership | None:
    """Return one role of a person at one of these centres; roles of machines are not among them."""
    rows = Membership.objects.filter(centre_id__in=list(centre_ids)).exclude(OF_MACHINES)
    return rows.select_related("user", "centre").filter(pk=pk).first()
