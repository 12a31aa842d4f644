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
from monitoring.queries import curves_of_rows, open_relapses, worklist_alerts
from monitoring.queries.open_relapses import OpenRelapse
from monitoring.queries.worklist_alerts import OpenAlert
from monitoring.queries.worklist_groups import NAMES, NARROWED, ROWS, Group, Place, counted_and_numbered

ALL = 10**9  # rows: more than any list has
BEGINNING = Place(-1, 0, 0)
PAGE = 50  # rows of one group
MOST_URGENT, LESS_URGENT = 12, 5  # rows of the first group, and of each other, on the page of all groups


@dataclass(frozen=True, slots=True)
class Filters:
    """What the person narrows the list to; `mine_of` is the person whose own patients are asked for, None: all."""

    text: str = ""
    marker: str = ""
    group: Group | None = None
    after: Place | None = None
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
    open_relapse: OpenRelapse | None = None

    @property
    def lead(self) -> OpenAlert | None:
        """The alert that decides the place in the list."""
        return min(self.alerts, key=lambda alert: (alert.urgency, alert.raised_at), default=None)


@dataclass(frozen=True, slots=True)
class Section:
    """One group: how many series, and the rows of this page; `rest_after` is the place after which the rest begins."""

    group: Group
    count: int
    rows: Sequence[Row]
    rest_after: Place | None


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
    """Return the worklist of these centres; a fixed number of queries, whatever its length.

    The first page shows the beginning of every group, the most urgent one longest.
    """
    placed = _placed(_parameters(centres, filters, now), filters)
    shown = {group: placed.places[group][: _page(group, filters)] for group in placed.groups(filters)}
    dressed = _dressed(_rows([place.series_id for found in shown.values() for place in found], centres, now), now)
    sections = [
        Section(
            group,
            placed.counts.by_group[group],
            [dressed[place.series_id] for place in found if place.series_id in dressed],
            found[-1] if len(placed.places[group]) > len(found) else None,
        )
        for group, found in shown.items()
    ]
    return Worklist(sections, placed.counts.followed)


def read_all(*, centres: Sequence[int], filters: Filters, now: datetime) -> list[tuple[Group, Row]]:
    """Return every series that needs something, in the order of the list, for an export; rows have no curve."""
    parameters = _parameters(centres, replace(filters, after=None), now) | {"most": ALL}
    placed = _placed(parameters, filters)
    wanted = [place.series_id for group in placed.groups(filters) for place in placed.places[group]]
    found = {row.series_id: (group, row) for group, row in _rows(wanted, centres, now)}
    alerts = worklist_alerts.read(wanted)
    listed = [found[pk] for pk in wanted if pk in found]
    return [(group, replace(row, alerts=alerts.get(row.series_id, ()))) for group, row in listed if group is not None]


def read_counts(*, centres: Sequence[int], filters: Filters, now: datetime) -> Counts:
    """Return how many series stand in each group, and how many are followed."""
    return _placed(_parameters(centres, filters, now) | {"most": 0}, filters).counts


def read_row(*, centres: Sequence[int], series_id: int, now: datetime) -> tuple[Group | None, Row] | None:
    """Return one series as it stands on the list, with its group (None: it needs nothing); None: it is not seen."""
    found = _rows([series_id], centres, now)
    if not found:
        return None
    ((group, _row_of_it),) = found
    return group, _dressed(found, now)[series_id]


@dataclass(frozen=True, slots=True)
class _Placed:
    """How many series stand in each group, and the places of those on this page, in their order."""

    counts: Counts
    places: Mapping[Group, Sequence[Place]]

    def groups(self, filters: Filters) -> Sequence[Group]:
        return [filters.group] if filters.group else list(Group)


def _page(group: Group, filters: Filters) -> int:
    if filters.group:
        return PAGE
    return MOST_URGENT if group is Group.URGENT else LESS_URGENT


def _parameters(centres: Sequence[int], filters: Filters, now: datetime) -> dict[str, Any]:
    # a place belongs to one group: the page of all of them begins at the beginning of each
    after = filters.after if filters.group and filters.after else BEGINNING
    return {
        "centres": list(centres), "marker": filters.marker, "text": _escaped(filters.text), "typed": filters.text,
        "now": now, "me": filters.mine_of, "group": filters.group or "", "most": PAGE + 1,
        "first": after.first, "then": after.then, "after": after.series_id,
    }  # fmt: skip


def _placed(parameters: dict[str, Any], filters: Filters) -> _Placed:
    conditions = "".join(f" AND {condition}" for name, condition in NARROWED.items() if parameters[name])
    counts: dict[str | None, int] = {}
    places: dict[Group, list[Place]] = {group: [] for group in Group}
    with connection.cursor() as cursor:
        cursor.execute(counted_and_numbered(conditions), parameters)
        for group, count, *place, _row_of_group in cursor.fetchall():
            if count is not None:
                counts[group] = count
            else:
                places[Group(group)].append(Place(*place))
    by_group = {group: counts.get(group.value, 0) for group in Group}
    return _Placed(Counts(by_group, sum(counts.values())), places)


def _rows(series_ids: Sequence[int], centres: Sequence[int], now: datetime) -> list[tuple[Group | None, Row]]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"series": list(series_ids), "centres": list(centres), "now": now})
        found = cursor.fetchall()
    return [(Group(values[-1]) if values[-1] else None, _row(values[:-1], now)) for values in found]


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


def _dressed(found: Sequence[tuple[Group | None, Row]], now: datetime) -> dict[int, Row]:
    """Add alerts, results that wait for a signature, and curves, each in a fixed number of queries."""
    rows = [row for _group, row in found]
    series_ids = [row.series_id for row in rows]
    alerts = worklist_alerts.read(series_ids)
    waiting = _waiting_results(series_ids)
    relapses = open_relapses.of_series(series_ids, now)
    curves = curves_of_rows.read({row.series_id: row.ruleset for row in rows}, now=now)
    return {
        row.series_id: replace(
            row,
            alerts=alerts.get(row.series_id, ()),
            waiting_result_on=waiting.get(row.series_id),
            curve=curves.get(row.series_id, {}),
            open_relapse=relapses.get(row.series_id),
        )
        for row in rows
    }


def _waiting_results(series_ids: Sequence[int]) -> dict[int, date]:
    rows = MrdResult.objects.filter(series_id__in=series_ids, state=ResultStateChoice.SUBMITTED)
    return dict(rows.order_by("collected_on").values_list("series_id", "collected_on"))


def _escaped(text: str) -> str:
    """A typed text that is to be found as it stands."""
    return text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
