"""Tokens of small scripts, as the administrators of a centre see them: whose, which, since when, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Now
from knox.models import AuthToken

from monitoring.models import Membership, User
from monitoring.models.periods import holds_now

SHOWN_CHARACTERS = 8  # of the beginning: enough to know one's own by, too few to guess the rest


@dataclass(frozen=True, slots=True)
class ScriptToken:
    """A token that holds."""

    digest: str
    begins: str
    person: str
    username: str
    issued_at: datetime
    ends_at: datetime | None


def of_centres(centre_ids: Iterable[int]) -> list[ScriptToken]:
    """Return the tokens that hold of everybody who has a role at these centres today, the newest first."""
    people = Membership.objects.filter(holds_now(), centre_id__in=list(centre_ids))
    return _listed(AuthToken.objects.filter(user_id__in=people.values("user_id")))


def of_person(person: User) -> list[ScriptToken]:
    """Return the tokens that hold of one person, the newest first."""
    return _listed(AuthToken.objects.filter(user=person))


def beginning(token: AuthToken) -> str:
    """Return what a token is known by."""
    return str(token.token_key)[:SHOWN_CHARACTERS]


def _listed(tokens: "QuerySet[AuthToken]") -> list[ScriptToken]:
    rows = tokens.exclude(expiry__lt=Now()).select_related("user").order_by("-created", "pk")
    return [
        ScriptToken(row.pk, beginning(row), row.user.shown_name, row.user.username, row.created, row.expiry)
        for row in rows
    ]
