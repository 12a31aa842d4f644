"""The centres, laboratories, assays and people that a data set needs; made once, found again afterwards."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import models

from monitoring.actions import audit
from monitoring.models import Assay, Centre, Laboratory, Membership, User
from monitoring.models.choices import MarkerChoice, RoleChoice

Row = TypeVar("Row", bound=models.Model)

MEMBERS_FROM = date(2000, 1, 1)  # so early that no constructed day lies before it

# Limits of the laboratories of the data sets, copies a well: low values stay visible.
LIMIT_COPIES = 1
LOQ_COPIES = 3


@dataclass(frozen=True, slots=True)
class Staff:
    """Who enters what at a centre: two different people for every result."""

    data_manager: User
    technician: User
    authoriser: User


def centre(code: str, name: str, **settings: Any) -> Centre:
    """Return the centre of this code, made if there is none."""
    return _found_or_made(Centre.objects, {"code": code}, {"name": name, "is_synthetic": True, **settings})


def laboratory(at: Centre, code: str, name: str) -> Laboratory:
    """Return the laboratory of this code, made if there is none."""
    return _found_or_made(Laboratory.objects, {"code": code}, {"centre": at, "name": name})


def assay(of: Laboratory, marker: MarkerChoice, mutation_type: str = "", **settings: Any) -> Assay:
    """Return the laboratory's assay for a marker and mutation type, made if there is none."""
    what = f"{marker.value} type {mutation_type}" if mutation_type else marker.value
    key = "/".join(part for part in (marker.value, mutation_type, of.code, "ABL1") if part)
    values = {
        "marker": marker, "mutation_type": mutation_type, "assay_key": key,
        "limit_copies": LIMIT_COPIES, "loq_copies": LOQ_COPIES, "reports_below_loq": True, **settings,
    }  # fmt: skip
    return _found_or_made(Assay.objects, {"laboratory": of, "name": f"{what} / ABL1", "version": "1"}, values)


def person(username: str, full_name: str, password: str | None = None) -> User:
    """Return the person of this name; without a password the account cannot sign in."""
    known = User.objects.filter(username=username).first()
    if known is None:
        known = User.objects.create_user(username=username, password=password, full_name=full_name)
        audit.record(action="user.add", by=None, subject=known, after={"username": username, "full_name": full_name})
    return known


def member(user: User, at: Centre, *roles: RoleChoice) -> User:
    """Give a person roles at a centre."""
    for role in roles:
        _found_or_made(Membership.objects, {"user": user, "centre": at, "role": role}, {"starts_on": MEMBERS_FROM})
    return user


def study_staff(at: Centre, study: str) -> Staff:
    """Return the accounts under which a data set is entered and authorised; nobody signs in with them."""
    code = study.lower().replace(" ", "-")
    people = [
        member(person(f"{code}-{suffix}", f"{study}, {words}"), at, role)
        for suffix, words, role in (
            ("data-manager", "data manager of the data set", RoleChoice.DATA_MANAGER),
            ("technician", "technician of the data set", RoleChoice.LABORATORY_TECHNICIAN),
            ("authoriser", "authoriser of the data set", RoleChoice.LABORATORY_AUTHORISER),
        )
    ]
    return Staff(*people)


def _found_or_made(rows: models.Manager[Row], key: dict[str, Any], values: dict[str, Any]) -> Row:
    row, made = rows.get_or_create(**key, defaults=values)
    if made:
        audit.record(action=f"{rows.model._meta.model_name}.add", by=None, subject=row, after=audit.snapshot(row))
    return row
