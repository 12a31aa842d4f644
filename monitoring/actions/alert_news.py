"""Whether what is due of a series says something new of the alert that is stored, or leaves it as it is."""

import hashlib
from datetime import date

from monitoring.domain.terms import EpisodeStatus
from monitoring.domain.urgency import AlertDue
from monitoring.models import Alert
from monitoring.models.choices import AlertStateChoice as State


def is_settled(alert: Alert, due: AlertDue, *, is_over: bool) -> bool:
    """Nothing is to be done; what a person has resolved stays so while nothing new has come."""
    if alert.state == State.RETRACTED and is_over and due.number is None:
        return True
    same = alert.fingerprint == fingerprint(due)
    if alert.resolved_by_id is not None:
        return same
    return same and alert.state != State.RETRACTED and (alert.state == State.RESOLVED) == is_over


def has_grown(alert: Alert, due: AlertDue) -> bool:
    """Whether something has come that nobody has seen.

    More urgent, another index, a later sample or one in between; a suspicion that is confirmed, or is one again.
    """
    if due.urgency < alert.urgency or alert.index_on != due.on or alert.detail.get("latest") != due.latest:
        return True
    if (due.number is None) != (alert.detail.get("number") is None):
        return True
    known = alert.detail.get("between")
    return known is not None and not set(map(day_text, due.between)) <= set(known)


def is_undone(alert: Alert, due: AlertDue) -> bool:
    """Whether a confirmed relapse was none: its candidate is closed, for no other episode, and was told."""
    closed = due.is_over and due.number is None and due.status is not EpisodeStatus.ABSORBED
    return closed and alert.detail.get("number") is not None


def is_confirmed_now(alert: Alert, due: AlertDue) -> bool:
    """Whether what was told as a suspicion is a confirmed relapse."""
    return due.number is not None and alert.detail.get("number") is None


def ended_the_same(alert: Alert, due: AlertDue) -> bool:
    """Whether the alert has ended, and nothing of what it told is different since."""
    return alert.state == State.RESOLVED and alert.fingerprint == fingerprint(due)


def opens_again(alert: Alert, was: str, *, grew: bool) -> bool:
    """What was retracted, or had ended by itself, holds again; what a person has answered opens when it grows."""
    if was == State.RETRACTED or (was == State.RESOLVED and alert.resolved_by_id is None):
        return True
    return grew and was in {State.ACKNOWLEDGED, State.RESOLVED}


def fingerprint(due: AlertDue) -> str:
    """Return what tells one state of an alert from another."""
    told = (due.ruleset, due.code, int(due.urgency), due.status, due.number, due.index, due.on, due.latest, due.kind)
    # as a digest: a run may be long, and the column is not
    between = hashlib.blake2b("|".join(map(str, due.between)).encode(), digest_size=8).hexdigest()
    return "|".join(map(str, (*told, between) if due.between else told))


def day_text(on: date | None) -> str | None:
    """Return a day as the details of an alert hold it."""
    return None if on is None else on.isoformat()
