"""Whose patients this transaction may see: read by row-level security, the second wall behind the queries."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from monitoring.models import Centre, User
from monitoring.permissions import centres_of

SET_BOTH = "SELECT set_config('app.centres', %s, true), set_config('app.actor', %s, true)"


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _set_both(centres: str, actor: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET_BOTH, [centres, actor])


def enter(user: User) -> None:
    """Let this transaction see what the person's centres care for, and write as that person."""
    _set_both(",".join(str(pk) for pk in centres_of(user)), str(user.pk))


def enter_centres(centre_ids: Iterable[int], actor: User | None = None) -> None:
    """Let this transaction see the patients of these centres: for the worker and the command line."""
    _set_both(",".join(str(pk) for pk in centre_ids), str(actor.pk) if actor else "")


def enter_all_centres(actor: User | None = None) -> None:
    """Let this transaction see every centre's patients: only the worker and the command line do so."""
    enter_centres(Centre.objects.values_list("pk", flat=True), actor)


def leave() -> None:
    """Let this transaction see nothing any more."""
    _set_both("", "")


@contextmanager
def including_patient(patient_id: int) -> Iterator[None]:
    """Let one action read the whole series of one patient, whoever measured its parts.

    A laboratory that authorises one result changes a verdict that rests on results it may not see.
    """
    _set("app.patient", str(patient_id))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _set("app.patient", "")


@contextmanager
def centres_only(centre_ids: Iterable[int]) -> Iterator[None]:
    """Let what is read meanwhile be that of these centres, as a cohort of one of them is; then as before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.centres', true)")
        [before] = cursor.fetchone() or [""]
    _set("app.centres", ",".join(str(pk) for pk in centre_ids))
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _set("app.centres", before or "")
