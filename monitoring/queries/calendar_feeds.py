"""Whose calendar a secret address is, and what is due at its centre."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from monitoring.domain.due_identity import CalendarEntry
from monitoring.domain.due_samples import DueStatus
from monitoring.models import CalendarFeed, Centre, User
from monitoring.permissions import CHART_ROLES, memberships_of
from monitoring.queries.due_samples import due_of


@dataclass(frozen=True, slots=True)
class FeedShown:
    """A centre at which the person may have a calendar, with the address in use, if any."""

    centre: Centre
    feed_id: int | None
    created_at: datetime | None
    last_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that was asked for: its centre, and its person."""

    centre: Centre
    user: User


def feeds_of(user: User) -> list[FeedShown]:
    """Return the centres whose charts the person reads, each with the address in use."""
    centres = {m.centre_id: m.centre for m in memberships_of(user) if m.role in CHART_ROLES}
    in_use = {row.centre_id: row for row in CalendarFeed.objects.filter(user=user, revoked_at=None)}
    return [_shown(centre, in_use.get(pk)) for pk, centre in centres.items()]


def _shown(centre: Centre, row: CalendarFeed | None) -> FeedShown:
    if row is None:
        return FeedShown(centre, None, None, None)
    return FeedShown(centre, row.pk, row.created_at, row.last_read_at)


def subscription(digest: str) -> Subscription | None:
    """Return whose address this is, noting that it was read; None for a digest that is not in use.

    Asked without a person's scope: the database function is the only way to it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT centre, person FROM calendar_feed_read(%s)", [digest])
        found = cursor.fetchone()
    if found is None:
        return None
    return Subscription(Centre.objects.get(pk=found[0]), User.objects.get(pk=found[1]))


# The last act on a patient's record, or on the intervals of the centre, is when a date may last have moved.
ENTRIES = """
SELECT s.series_id, p.pseudonym, m.marker, m.mutation_type, m.revision, s.content -> 'due',
       greatest(p.recorded_at,
         (SELECT max(a.at) FROM monitoring_auditentry a WHERE a.patient_id = s.patient_id),
         (SELECT max(i.recorded_at) FROM monitoring_samplinginterval i WHERE i.centre_id = p.centre_id))
FROM monitoring_seriessummary s
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
JOIN monitoring_mrdseries m ON m.id = s.series_id
WHERE (s.due_on IS NOT NULL OR s.suspected_on IS NOT NULL) AND s.content ->> 'death_on' IS NULL
  AND EXISTS (SELECT 1 FROM monitoring_carerelation r WHERE r.patient_id = s.patient_id
              AND r.centre_id = %(centre)s AND r.role <> 'LABORATORY'
              AND r.starts_on <= (%(now)s::timestamptz AT TIME ZONE c.time_zone)::date
              AND (r.ends_on IS NULL OR r.ends_on > (%(now)s::timestamptz AT TIME ZONE c.time_zone)::date))
ORDER BY s.suspected_on IS NULL, coalesce(s.suspected_on, s.due_on), s.series_id
"""


def entries(centre: Centre, *, now: datetime) -> list[CalendarEntry]:
    """Return every dated sample that is due at a centre, confirming samples first, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, {"centre": centre.pk, "now": now})
        return [entry for row in cursor.fetchall() for entry in _of_series(row)]


def _of_series(row: tuple[Any, ...]) -> Sequence[CalendarEntry]:
    """The entries of a series. They tell no standing: a calendar knows the day, and stays the same from day to day."""
    series_id, pseudonym, marker, mutation_type, revision, kept, changed_at = row
    found = json.loads(kept) if isinstance(kept, str) else kept
    return [
        CalendarEntry(series_id, pseudonym, marker, mutation_type, _key(each), revision, changed_at, due)
        for each in found
        if (due := due_of(each, date.min)).status is not DueStatus.NO_DATE
    ]


def _key(kept: dict[str, Any]) -> str:
    """The name of a due sample; a summary that was written before there were names tells rule and tissue."""
    return str(kept.get("key") or f"{kept['rule']}-{kept['number'] or 0}-{kept['tissues'][0]}")
