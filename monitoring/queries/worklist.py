"""Who needs something today: one row a series, in the most urgent of the groups that it belongs to."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from monitoring.domain.terms import FlagCode, RuleSetId
from monitoring.models import Alert, MrdResult
from monitoring.models.choices import AlertStateChoice, ResultStateChoice
from monitoring.queries import curves_of_rows

PAGE = 50
DUE_WITHIN_DAYS = 14


class Group(StrEnum):
    """The groups of the worklist, the most urgent first; a series stands in one of them."""

    URGENT = "urgent"
    SUSPECTED = "suspected"
    ALERTS = "alerts"
    OVERDUE = "overdue"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the person narrows the list to."""

    text: str = ""
    marker: str = ""
    group: Group | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that waits for somebody."""

    pk: int
    code: str
    urgency: int
    ruleset: str
    raised_at: datetime
    due_at: datetime | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One series on the worklist."""

    series_id: int
    patient_id: int
    pseudonym: str
    sex: str
    born_on: date
    marker: str
    mutation_type: str
    ruleset: RuleSetId
    state: str
    today: date
    suspected_on: date | None
    due_on: date | None
    overdue_from: date | None
    content: Mapping[str, Any]
    alerts: Sequence[OpenAlert] = ()
    waiting_result_on: date | None = None
    curve: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lead(self) -> OpenAlert | None:
        """The alert that decides the place in the list."""
        return min(self.alerts, key=lambda alert: (alert.urgency, alert.raised_at), default=None)


@dataclass(frozen=True, slots=True)
class Section:
    """One group: how many series, and the rows of this page; `next_page` is where the rest begins."""

    group: Group
    count: int
    rows: Sequence[Row]
    next_page: int | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """The whole list, with how many series are followed in all."""

    sections: Sequence[Section]
    followed: int

    @property
    def count(self) -> int:
        """How many series need something."""
        return sum(section.count for section in self.sections)


# A series that was raised by a sample that is merely due has a group of its own below.
_RAISED = f"""EXISTS (SELECT 1 FROM monitoring_alert a
  WHERE a.series_id = s.series_id AND a.state = 'RAISED' AND a.code <> '{FlagCode.SAMPLE_OVERDUE}'
    AND a.urgency {{}})"""  # noqa: S608
_TODAY = "(%(now)s::timestamptz AT TIME ZONE c.time_zone)::date"
_ALIVE = "s.content ->> 'death_on' IS NULL"

_CONDITIONS = {
    Group.URGENT: _RAISED.format("= 1"),
    Group.SUSPECTED: f"s.suspected_on IS NOT NULL AND {_ALIVE} AND NOT {_RAISED.format('= 1')}",
    Group.ALERTS: f"{_RAISED.format('> 1')} AND (s.suspected_on IS NULL OR NOT {_ALIVE}) "
    f"AND NOT {_RAISED.format('= 1')}",
    Group.OVERDUE: f"s.overdue_from <= {_TODAY} AND s.suspected_on IS NULL AND NOT {_RAISED.format('> 0')}",
    Group.DUE: f"s.due_on <= {_TODAY} + {DUE_WITHIN_DAYS} AND s.overdue_from > {_TODAY} AND s.suspected_on IS NULL "
    f"AND NOT {_RAISED.format('> 0')}",
}
_ORDERS = {
    Group.URGENT: "(SELECT min(a.raised_at) FROM monitoring_alert a WHERE a.series_id = s.series_id "
    "AND a.state = 'RAISED' AND a.urgency = 1)",
    Group.SUSPECTED: "s.suspected_on",
    Group.ALERTS: "(SELECT min(a.due_at) FROM monitoring_alert a WHERE a.series_id = s.series_id "
    "AND a.state = 'RAISED')",
    Group.OVERDUE: "s.overdue_from",
    Group.DUE: "s.due_on",
}

_FROM = """
FROM monitoring_seriessummary s
JOIN monitoring_patient p ON p.id = s.patient_id
JOIN monitoring_centre c ON c.id = p.centre_id
JOIN monitoring_mrdseries m ON m.id = s.series_id
WHERE EXISTS (SELECT 1 FROM monitoring_carerelation r WHERE r.patient_id = s.patient_id
              AND r.centre_id = ANY (%(centres)s) AND r.role <> 'LABORATORY'
              AND r.starts_on <= current_date AND (r.ends_on IS NULL OR r.ends_on >= current_date))
  AND (%(marker)s = '' OR m.marker = %(marker)s)
  AND (%(text)s = '' OR p.pseudonym ILIKE %(text)s || '%%' OR p.hospital_number = %(text)s)
"""
_COLUMNS = """
SELECT s.series_id, s.patient_id, p.pseudonym, p.sex, p.born_on, m.marker, m.mutation_type, s.ruleset, s.state,
       c.time_zone, s.suspected_on, s.due_on, s.overdue_from, s.content
"""
_NAMES = [column.partition(".")[2].strip(" \n") for column in _COLUMNS.removeprefix("\nSELECT").split(",")]


def read(*, centres: Sequence[int], filters: Filters, now: datetime) -> Worklist:
    """Return the worklist of these centres; a fixed number of queries, whatever its length."""
    parameters = {
        "centres": list(centres), "marker": filters.marker, "text": _escaped(filters.text), "now": now,
        "after": filters.after,
    }  # fmt: skip
    groups = [filters.group] if filters.group else list(Group)
    counts = _counts(parameters)
    found = {group: _rows_of(group, parameters) for group in groups}
    dressed = _dressed([row for rows in found.values() for row in rows], now)
    sections = [
        Section(
            group,
            counts[group],
            [dressed[row.series_id] for row in rows[:PAGE]],
            filters.after + PAGE if len(rows) > PAGE else None,
        )
        for group, rows in found.items()
    ]
    return Worklist(sections, counts["followed"])


def _counts(parameters: dict[str, Any]) -> dict[str, int]:
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in _CONDITIONS.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}, count(*) {_FROM}", parameters)
        return dict(zip([*_CONDITIONS, "followed"], cursor.fetchone(), strict=True))


def _rows_of(group: Group, parameters: dict[str, Any]) -> list[Row]:
    sql = f"{_COLUMNS} {_FROM} AND {_CONDITIONS[group]} ORDER BY {_ORDERS[group]}, s.series_id"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} OFFSET %(after)s LIMIT {PAGE + 1}", parameters)
        return [_row(values, parameters["now"]) for values in cursor.fetchall()]


def _row(values: tuple[Any, ...], now: datetime) -> Row:
    told: dict[str, Any] = dict(zip(_NAMES, values, strict=True))
    told["today"] = now.astimezone(ZoneInfo(told.pop("time_zone"))).date()
    told["ruleset"] = RuleSetId(told["ruleset"])
    told["content"] = _loaded(told["content"])
    return Row(**told)


def _loaded(content: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Django leaves jsonb to its own field, so that a raw query may give text."""
    return json.loads(content) if isinstance(content, str) else content


def _dressed(rows: Sequence[Row], now: datetime) -> dict[int, Row]:
    """Add alerts, results that wait for a signature, and curves, each in a fixed number of queries."""
    series_ids = [row.series_id for row in rows]
    alerts = _open_alerts(series_ids)
    waiting = _waiting_results(series_ids)
    curves = curves_of_rows.read({row.series_id: row.ruleset for row in rows}, now=now)
    return {
        row.series_id: replace(
            row,
            alerts=alerts.get(row.series_id, ()),
            waiting_result_on=waiting.get(row.series_id),
            curve=curves.get(row.series_id, {}),
        )
        for row in rows
    }


def _open_alerts(series_ids: Sequence[int]) -> dict[int, list[OpenAlert]]:
    found: dict[int, list[OpenAlert]] = defaultdict(list)
    rows = Alert.objects.filter(series_id__in=series_ids, state=AlertStateChoice.RAISED)
    for row in rows.order_by("urgency", "raised_at"):
        found[row.series_id].append(
            OpenAlert(row.pk, row.code, row.urgency, row.ruleset, row.raised_at, row.due_at, row.detail)
        )
    return found


def _waiting_results(series_ids: Sequence[int]) -> dict[int, date]:
    rows = MrdResult.objects.filter(series_id__in=series_ids, state=ResultStateChoice.SUBMITTED)
    return dict(rows.order_by("collected_on").values_list("series_id", "collected_on"))


def _escaped(text: str) -> str:
    """A typed text that is to be found as it stands."""
    return text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
