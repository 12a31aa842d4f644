"""Who needs something today: one row a series, in the most urgent of the groups that it belongs to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from monitoring.domain.terms import RuleSetId
from monitoring.models import MrdResult
from monitoring.models.choices import ResultStateChoice
from monitoring.queries import curves_of_rows, worklist_alerts
from monitoring.queries.worklist_alerts import OpenAlert
from monitoring.queries.worklist_groups import COLUMNS, CONDITIONS, FROM, GROUP_OF, NAMES, ORDERS, Group

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What the person narrows the list to; `mine_of` is the person whose own patients are asked for, None: all."""

    text: str = ""
    marker: str = ""
    group: Group | None = None
    after: int = 0
    mine_of: int | None = None


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
    zone: ZoneInfo
    centre_id: int
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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many series stand in each group, and how many are followed in all."""

    by_group: Mapping[Group, int]
    followed: int

    @property
    def count(self) -> int:
        """How many series need something."""
        return sum(self.by_group.values())


def read(*, centres: Sequence[int], filters: Filters, now: datetime) -> Worklist:
    """Return the worklist of these centres; a fixed number of queries, whatever its length."""
    parameters = _parameters(centres, filters, now)
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


def read_counts(*, centres: Sequence[int], filters: Filters, now: datetime) -> Counts:
    """Return how many series stand in each group, and how many are followed."""
    counts = _counts(_parameters(centres, filters, now))
    return Counts({group: counts[group] for group in Group}, counts["followed"])


def read_row(*, centres: Sequence[int], series_id: int, now: datetime) -> tuple[Group | None, Row] | None:
    """Return one series as it stands on the list, with its group (None: it needs nothing); None: it is not seen."""
    parameters = _parameters(centres, Filters(), now) | {"series": series_id}
    with connection.cursor() as cursor:
        cursor.execute(f"{COLUMNS}, CASE {GROUP_OF} END {FROM} AND s.series_id = %(series)s", parameters)
        found = cursor.fetchone()
    if found is None:
        return None
    row = _row(found[:-1], now)
    return Group(found[-1]) if found[-1] else None, _dressed([row], now)[series_id]


def _parameters(centres: Sequence[int], filters: Filters, now: datetime) -> dict[str, Any]:
    return {
        "centres": list(centres), "marker": filters.marker, "text": _escaped(filters.text), "now": now,
        "after": filters.after, "me": filters.mine_of,
    }  # fmt: skip


def _counts(parameters: dict[str, Any]) -> dict[str, int]:
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in CONDITIONS.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}, count(*) {FROM}", parameters)
        return dict(zip([*CONDITIONS, "followed"], cursor.fetchone(), strict=True))


def _rows_of(group: Group, parameters: dict[str, Any]) -> list[Row]:
    sql = f"{COLUMNS} {FROM} AND {CONDITIONS[group]} ORDER BY {ORDERS[group]}, s.series_id"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} OFFSET %(after)s LIMIT {PAGE + 1}", parameters)
        return [_row(values, parameters["now"]) for values in cursor.fetchall()]


def _row(values: tuple[Any, ...], now: datetime) -> Row:
    told: dict[str, Any] = dict(zip(NAMES, values, strict=True))
    told["zone"] = ZoneInfo(told.pop("time_zone"))
    told["today"] = now.astimezone(told["zone"]).date()
    told["ruleset"] = RuleSetId(told["ruleset"])
    told["content"] = _loaded(told["content"])
    return Row(**told)


def _loaded(content: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Django leaves jsonb to its own field, so that a raw query may give text."""
    return json.loads(content) if isinstance(content, str) else content


def _dressed(rows: Sequence[Row], now: datetime) -> dict[int, Row]:
    """Add alerts, results that wait for a signature, and curves, each in a fixed number of queries."""
    series_ids = [row.series_id for row in rows]
    alerts = worklist_alerts.read(series_ids)
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


def _waiting_results(series_ids: Sequence[int]) -> dict[int, date]:
    rows = MrdResult.objects.filter(series_id__in=series_ids, state=ResultStateChoice.SUBMITTED)
    return dict(rows.order_by("collected_on").values_list("series_id", "collected_on"))


def _escaped(text: str) -> str:
    """A typed text that is to be found as it stands."""
    return text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
