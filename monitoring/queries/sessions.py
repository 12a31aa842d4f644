"""Where a person is signed in: the sessions on record that are theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from monitoring.models import User


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is open; `is_here` is the one that asks. `since` is when it began, or was last written."""

    since: datetime
    is_here: bool


def keys_of(person: User, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Name the person's sessions with the moment at which each ends; what a session holds is not indexed."""
    for row in Session.objects.filter(expire_date__gt=now).order_by("-expire_date").iterator():
        if row.get_decoded().get(SESSION_KEY) == str(person.pk):
            yield row.session_key, row.expire_date


def of_person(person: User, here: str, now: datetime) -> list[OpenSession]:
    """Return where the person is signed in, the latest first."""
    lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return [OpenSession(ends_at - lasts, key == here) for key, ends_at in keys_of(person, now)]
