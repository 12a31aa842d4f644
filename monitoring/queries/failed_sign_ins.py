"""Sign-ins that failed, of accounts of a centre, newest first; a name that is no account here is nobody's to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from axes.models import AccessFailureLog

from monitoring.models import User
from monitoring.queries.people_of_centres import locked_out

PAGE = 50


@dataclass(frozen=True, slots=True)
class FailedSignIn:
    """One refused sign-in; `locks`: the account was locked by it, or was locked already."""

    at: datetime
    person_id: int
    name: str
    account: str
    address: str
    locks: bool


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page of refused sign-ins, who is locked out at present, and where the next page begins."""

    rows: tuple[FailedSignIn, ...]
    locked_now: tuple[str, ...]
    next_after: int | None


def page(centres: Sequence[int], after: int, now: datetime) -> FailedPage:
    """Return a page of refused sign-ins of people with a role at these centres, in three queries."""
    people = {each.username: each for each in User.objects.filter(memberships__centre_id__in=centres).distinct()}
    rows = AccessFailureLog.objects.filter(username__in=list(people))
    found = list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[: PAGE + 1])
    locked = sorted(people[name].shown_name for name in locked_out(people, now))
    shown = tuple(_failed(row, people[row.username]) for row in found[:PAGE] if row.username)
    return FailedPage(shown, tuple(locked), found[PAGE - 1].pk if len(found) > PAGE else None)


def _failed(row: AccessFailureLog, person: User) -> FailedSignIn:
    return FailedSignIn(
        row.attempt_time, person.pk, person.shown_name, person.username, row.ip_address or "", row.locked_out
    )
