"""The trajectory of each series and rule set, stored ready to be sent: gzipped JSON, language-neutral.

Key: revision of the series, edition of the chart, day at the patient's centre. A figure is written only where it is
newer than the stored one, so that a late worker never takes a step back.
"""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from monitoring.domain.terms import RuleSetId
from monitoring.models import MrdSeries, StoredFigure
from monitoring.queries import figures, series_inputs
from monitoring.queries.series_inputs import SeriesInputs

COMPRESSION = 6  # gzip level: the figure is written once and read often

UPSERT = """
INSERT INTO monitoring_storedfigure (series_id, patient_id, ruleset, revision, chart_version, computed_for, content)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (series_id, ruleset) DO UPDATE SET
  revision = excluded.revision, chart_version = excluded.chart_version, computed_for = excluded.computed_for,
  content = excluded.content
WHERE (excluded.revision, excluded.computed_for) >
      (monitoring_storedfigure.revision, monitoring_storedfigure.computed_for)
   OR ((excluded.revision, excluded.computed_for) =
       (monitoring_storedfigure.revision, monitoring_storedfigure.computed_for)
       AND excluded.chart_version <> monitoring_storedfigure.chart_version)
"""


@dataclass(frozen=True, slots=True)
class ReadyFigure:
    """A figure as it is sent; the tag names series, rule set, revision, edition, day and, of the past, moment."""

    content: bytes
    etag: str


def refresh(series_ids: Iterable[int], *, now: datetime) -> None:
    """Store the figures of these series anew where they are stale, by every rule set."""
    inputs = series_inputs.read_current(series_ids)
    stale = _stale(inputs, now)
    _store([each for each in inputs if each.series_id in stale], stale, now)


def refresh_patient(patient_id: int, *, now: datetime) -> None:
    """Store the figures of one patient anew where they are stale."""
    refresh(MrdSeries.objects.filter(patient_id=patient_id).values_list("pk", flat=True), now=now)


def current(series: MrdSeries, ruleset: RuleSetId, *, now: datetime) -> ReadyFigure:
    """Return the figure that holds today; one that is stale is computed first."""
    [inputs] = series_inputs.read_current([series.pk])
    stale = _stale([inputs], now)
    if stale:
        _store([inputs], stale, now)
    row = StoredFigure.objects.get(series_id=series.pk, ruleset=ruleset)
    return ReadyFigure(
        bytes(row.content), etag_of(series.pk, ruleset, row.revision, row.chart_version, row.computed_for)
    )


def as_of(series: MrdSeries, ruleset: RuleSetId, on: date, known_at: datetime | None = None) -> ReadyFigure:
    """Return the figure as of a day, from what was on record at a moment (None is now); it is not stored."""
    revision, figure = figures.draw_at(series.pk, ruleset, on, known_at)
    tag = etag_of(series.pk, ruleset, revision, figures.chart_version(ruleset), on, known_at)
    return ReadyFigure(_packed(figure), tag)


def etag_of(
    series_id: int, ruleset: RuleSetId, revision: int, edition: str, on: date, known_at: datetime | None = None
) -> str:
    """Return the tag of a figure, which names everything that the figure depends on."""
    moment = f"-{known_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}" if known_at else ""
    return f'"{series_id}-{ruleset.value}-{revision}-{edition}-{on.isoformat()}{moment}"'


def _stale(inputs: Iterable[SeriesInputs], now: datetime) -> dict[int, list[RuleSetId]]:
    """The rule sets of each series whose stored figure is of another revision, edition or day, or missing."""
    wanted = list(inputs)
    rows = StoredFigure.objects.filter(series_id__in=[each.series_id for each in wanted])
    keys = ("series_id", "ruleset", "revision", "chart_version", "computed_for")
    stored = set(rows.values_list(*keys))
    found: dict[int, list[RuleSetId]] = {}
    for each in wanted:
        day = each.today(now)
        for ruleset in RuleSetId:
            edition = figures.chart_version(ruleset)
            if (each.series_id, ruleset.value, each.revision, edition, day) not in stored:
                found.setdefault(each.series_id, []).append(ruleset)
    return found


def _store(inputs: list[SeriesInputs], stale: dict[int, list[RuleSetId]], now: datetime) -> None:
    around = figures.read_surroundings(inputs)
    rows = [
        (
            each.series_id,
            each.patient_id,
            ruleset.value,
            each.revision,
            figures.chart_version(ruleset),
            each.today(now),
            _packed(figures.draw(each, around[each.series_id], ruleset, each.today(now))),
        )
        for each in inputs
        for ruleset in stale[each.series_id]
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(UPSERT, rows)


def _packed(figure: dict[str, Any]) -> bytes:
    text = json.dumps(figure, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode(), compresslevel=COMPRESSION, mtime=0)
