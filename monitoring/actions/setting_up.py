"""Setting up: centres, laboratories, assays, people and their roles. Done from the command line, and audited."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from monitoring.actions import audit, memberships
from monitoring.actions.refusals import ActionRefused
from monitoring.models import Assay, Centre, Laboratory, Membership, User
from monitoring.models.periods import not_over

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def add_centre(*, centre: Centre) -> Centre:
    """Add a centre; raises ActionRefused for a time zone or code that will not do."""
    return _added(centre, Centre.objects.filter(code=centre.code))


@transaction.atomic
def add_laboratory(*, laboratory: Laboratory) -> Laboratory:
    """Add a laboratory to its centre."""
    return _added(laboratory, Laboratory.objects.filter(code=laboratory.code))


@transaction.atomic
def add_assay(*, assay: Assay) -> Assay:
    """Add a version of an assay; its key says with which other values it may be compared."""
    same = Assay.objects.filter(laboratory=assay.laboratory, name=assay.name, version=assay.version)
    return _added(assay, same)


@transaction.atomic
def add_person(*, person: User, password: str) -> User:
    """Add a person who may sign in; roles are given apart. A one-time password is told by the row itself."""
    person.set_password(password)
    return _added(person, User.objects.filter(username=person.username))


@transaction.atomic
def give_role(*, person: User, centre: Centre, role: str, now: datetime) -> Membership:
    """Give a person a role at a centre from today on; one that had ended is taken up again."""
    same = Membership.objects.filter(user=person, centre=centre, role=role)
    ended = same.exclude(not_over()).first()
    if ended is not None:
        return memberships.take_up(by=None, membership=ended, now=now)
    today = memberships.role_day(centre, now)
    return _added(Membership(user=person, centre=centre, role=role, starts_on=today), same)


def _added(row: Row, same: "models.QuerySet[Any]") -> Row:
    if same.exists():
        raise ActionRefused(f"This {row._meta.verbose_name} is there already.")
    row.full_clean(validate_constraints=False)
    row.save(force_insert=True)
    told = {name: value for name, value in audit.snapshot(row).items() if name != "password"}
    audit.record(action=f"{row._meta.model_name}.add", by=None, subject=row, after=told)
    return row
