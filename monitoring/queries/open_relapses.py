"""Relapses that are open and untreated, and the next sample that was agreed when their alert was acknowledged.

The schedule goes on by the interval of follow-up until treatment begins (docs/methods/schedule.md). That interval was
made for a patient in remission: wherever such a date is shown beside an open relapse, it is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from monitoring.domain.due_samples import ScheduleRule
from monitoring.domain.terms import EpisodeStatus
from monitoring.domain.verdicts import Verdict
from monitoring.models import Treatment
from monitoring.models.choices import AlertStateChoice, AlertStepChoice
from monitoring.queries.known_rows import on_record
from monitoring.queries.patient_alerts import PatientAlert

# rules whose date comes from an interval of follow-up, without relapse
OF_FOLLOW_UP = frozenset({ScheduleRule.FOLLOW_UP, ScheduleRule.AFTER_HSCT})


@dataclass(frozen=True, slots=True)
class AgreedSample:
    """The next sample as the last acknowledgement says it; `on` None: no further sample is planned."""

    on: date | None
    tissue: str


@dataclass(frozen=True, slots=True)
class OpenRelapse:
    """A relapse or suspicion that is open, and no treatment has begun since its index sample of `relapse_on`.

    `agreed` is None where nobody agreed on a sample, or one was taken since.
    """

    relapse_on: date
    agreed: AgreedSample | None = None

    def concerns(self, rule: str) -> bool:
        """Say whether a date of this rule of the schedule comes from an interval that was not made for it."""
        return rule in OF_FOLLOW_UP


def untreated_since(confirmed_on: date | None, suspected_on: date | None, treated_from: Iterable[date]) -> date | None:
    """Return the index day of what is open and untreated, a confirmed episode before a candidate; None for nothing.

    `treated_from`: the days on which lines of treatment began; one of the index day itself counts as after it.
    """
    latest = max(treated_from, default=date.min)
    return next((on for on in (confirmed_on, suspected_on) if on is not None and latest < on), None)


def of_verdict(verdict: Verdict, treated_from: Iterable[date]) -> OpenRelapse | None:
    """Return what is open and untreated by a verdict, without what was agreed."""
    confirmed = [e.relapse_on for e in verdict.episodes if e.status is EpisodeStatus.CONFIRMED]
    suspected = [e.relapse_on for e in verdict.episodes if e.status is EpisodeStatus.SUSPECTED]
    on = untreated_since(max(confirmed, default=None), min(suspected, default=None), treated_from)
    return None if on is None else OpenRelapse(on)


def treated_from(patient_id: int, as_of: date, known_at: datetime | None = None) -> list[date]:
    """Return when the lines of treatment of a patient began, up to a day, as on record at a moment."""
    rows = on_record(Treatment, [patient_id], known_at)
    return [row.starts_on for row in rows if row.starts_on <= as_of]


def agreed_in(alerts: Iterable[PatientAlert], sampled_on: date | None, zone: ZoneInfo) -> AgreedSample | None:
    """Return what the last acknowledgement of an alert that waits or is in hand agreed, unless a sample came since."""
    steps = [one.acknowledged for one in alerts if one.is_open or one.is_in_hand]
    last = max((step for step in steps if step is not None), key=lambda step: step.at, default=None)
    if last is None:
        return None
    agreed = AgreedSample(last.next_sample_on, last.next_sample_tissue)
    return None if _is_taken(agreed, last.at.astimezone(zone).date(), sampled_on) else agreed


def _is_taken(agreed: AgreedSample, agreed_on: date, sampled_on: date | None) -> bool:
    if sampled_on is None:
        return False
    return sampled_on > agreed_on or (agreed.on is not None and sampled_on >= agreed.on)


_OF_SERIES = f"""
SELECT s.series_id, c.time_zone, s.suspected_on, (s.content -> 'latest' -> 0 ->> 'on')::date,
       CASE WHEN s.content -> 'episode' ->> 'status' = '{EpisodeStatus.CONFIRMED}'
            THEN (s.content -> 'episode' ->> 'relapse_on')::date END,
       (SELECT max(t.starts_on) FROM monitoring_treatment t
        WHERE t.patient_id = s.patient_id AND t.starts_on <= (%(now)s::timestamptz AT TIME ZONE c.time_zone)::date),
       last.at, (last.detail ->> 'next_sample_on')::date, coalesce(last.detail ->> 'next_sample_tissue', '')
FROM monitoring_seriessummary s
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
LEFT JOIN LATERAL (
  SELECT step.at, step.detail FROM monitoring_alertchange step JOIN monitoring_alert a ON a.id = step.alert_id
  WHERE a.series_id = s.series_id AND a.patient_id = s.patient_id AND step.kind = '{AlertStepChoice.ACKNOWLEDGED}'
    AND a.state IN ('{AlertStateChoice.RAISED}', '{AlertStateChoice.ACKNOWLEDGED}')
  ORDER BY step.at DESC, step.id DESC LIMIT 1) last ON true
WHERE s.series_id = ANY (%(series)s) AND s.content ->> 'death_on' IS NULL
"""  # noqa: S608 - codes of our own


def of_series(series_ids: Sequence[int], now: datetime) -> dict[int, OpenRelapse]:
    """Return what is open and untreated of each of these series, with what was agreed, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_SERIES, {"series": list(series_ids), "now": now})
        rows = cursor.fetchall()
    found = {}
    for series_id, zone, suspected_on, sampled_on, confirmed_on, treated_on, at, agreed_on, tissue in rows:
        since = untreated_since(confirmed_on, suspected_on, [treated_on] if treated_on else [])
        if since is not None:
            agreed = AgreedSample(agreed_on, tissue) if at else None
            if agreed and _is_taken(agreed, at.astimezone(ZoneInfo(zone)).date(), sampled_on):
                agreed = None
            found[series_id] = OpenRelapse(since, agreed)
    return found
