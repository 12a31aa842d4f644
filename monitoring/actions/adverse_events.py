"""Adverse events of a patient: recorded, corrected, removed, never lost."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import rows
from monitoring.actions.cycle_days import cycle_of_day
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import AdverseEvent, Patient, User
from monitoring.wording.toxicity_words import CTCAE_TERMS


@transaction.atomic
def record(*, by: User, patient: Patient, event: AdverseEvent, now: datetime) -> AdverseEvent:
    """Record an adverse event; it belongs to the cycle on whose days it began. Raises ImpossibleDate."""
    event.patient = patient
    _check(event, now)
    event.cycle = cycle_of_day(patient, event.starts_on)
    event.term = event.term.strip() or CTCAE_TERMS[event.kind]
    return rows.add(by=by, row=event, patient=patient)


@transaction.atomic
def change(
    *, by: User, event: AdverseEvent, changes: dict[str, Any], now: datetime, reason: str, seen: datetime | None = None
) -> AdverseEvent:
    """Correct an adverse event; raises StaleVersion where somebody else did meanwhile."""
    lock_as_seen(event, seen)
    names = ("kind", "term", "grade", "starts_on", "ends_on")
    proposed = AdverseEvent(patient=event.patient, **{name: changes.get(name, getattr(event, name)) for name in names})
    _check(proposed, now)
    term = proposed.term.strip() or CTCAE_TERMS[proposed.kind]
    own = {**changes, "term": term, "cycle": cycle_of_day(event.patient, proposed.starts_on)}
    return rows.change(by=by, row=event, patient=event.patient, changes=own, reason=reason)


def remove(*, by: User, event: AdverseEvent, reason: str, seen: datetime | None = None) -> None:
    """Take an adverse event out that was written down by mistake."""
    if not reason.strip():
        raise ActionRefused(_("Say why it is removed."))
    rows.remove(by=by, row=event, patient=event.patient, reason=reason, seen=seen)


def _check(event: AdverseEvent, now: datetime) -> None:
    check_possible(patient=event.patient, on=event.starts_on, field="starts_on", now=now)
    if event.ends_on is not None:
        check_possible(patient=event.patient, on=event.ends_on, field="ends_on", now=now)
        if event.ends_on < event.starts_on:
            raise ImpossibleDate("ends_on", _("The end is before the start."))
    if not event.kind and not event.term.strip():
        raise ImpossibleDate("term", _("Choose a kind, or write the term of CTCAE."))
