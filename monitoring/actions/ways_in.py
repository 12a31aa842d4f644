"""What opens something in a person's name beside the password: sessions, tokens of scripts, calendars, launches."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from knox.models import AuthToken

from monitoring import scope
from monitoring.actions import audit
from monitoring.models import CalendarFeed, LaunchPerson, User
from monitoring.queries import sessions


@transaction.atomic
def end_all(*, by: User | None, person: User, now: datetime) -> dict[str, int]:
    """End all of it, so that nobody who held one of these holds anything; returns how many of each."""
    return {
        "sessions": end_sessions(person=person, now=now),
        "tokens": _end_tokens(person),
        "calendars": _end_calendars(by, person, now),
        "launches": _end_launches(by, person, now),
    }


@transaction.atomic
def end_sessions(*, person: User, now: datetime, but: str = "") -> int:
    """End the person's sessions except the one of this key; returns how many."""
    keys = [key for key, _ends_at in sessions.keys_of(person, now) if key != but]
    ended, _by_model = Session.objects.filter(session_key__in=keys).delete()
    return ended


@transaction.atomic
def sign_out_elsewhere(*, by: User, here: str, now: datetime) -> int:
    """End one's own sessions except this one; returns how many."""
    ended = end_sessions(person=by, now=now, but=here)
    audit.record(action="session.end_others", by=by, subject=by, before={"sessions": ended})
    return ended


def _end_tokens(person: User) -> int:
    ended: int = AuthToken.objects.filter(user=person).delete()[0]
    return ended


def _end_calendars(by: User | None, person: User, now: datetime) -> int:
    """A calendar is its owner's alone, behind the row wall as well: it is ended in the owner's name."""
    scope.enter_centres([], actor=person)
    ended = CalendarFeed.objects.filter(user=person, revoked_at=None).update(revoked_at=now)
    if by is None:
        scope.leave()
    else:
        scope.enter(by)
    return ended


def _end_launches(by: User | None, person: User, now: datetime) -> int:
    """The next launch from a hospital record asks for the password again, and open windows close."""
    linked = LaunchPerson.objects.filter(user=person, unlinked_at__isnull=True)
    return linked.update(unlinked_at=now, unlinked_by=by or person)
