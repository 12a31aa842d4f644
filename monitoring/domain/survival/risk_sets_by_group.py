"""Who was at risk and what happened at each time, group by group: what tests between groups are made from."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitoring.domain.survival.durations import Time
from monitoring.domain.survival.observations import Observations


class GroupedRiskSet(NamedTuple):
    """One time with an event: at risk just before, events of the cause and of other causes, each by group."""

    time: Time
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    competing: tuple[int, ...]


def grouped_risk_sets(
    observations: Observations, groups: Sequence[str], cause: str | None = None
) -> Iterator[GroupedRiskSet]:
    """Yield the risk set of every time with an event, in order; without a cause all events are of the cause."""
    place = {name: k for k, name in enumerate(groups)}
    size = len(groups)
    leaving: dict[Time, list[int]] = {}
    entries: list[tuple[Time, int]] = []
    at_risk = [0] * size
    for each in observations:
        k = place[each.group]
        if each.entry is None:
            at_risk[k] += 1
        else:
            entries.append((each.entry, k))
        row = leaving.get(each.time)
        if row is None:
            row = leaving[each.time] = [0] * (3 * size)
        row[k if each.cause is None else (size + k if cause is None or each.cause == cause else 2 * size + k)] += 1
    entries.sort(key=lambda entry: entry[0])
    return _in_order(leaving, entries, at_risk)


def _in_order(
    leaving: dict[Time, list[int]], entries: Sequence[tuple[Time, int]], at_risk: list[int]
) -> Iterator[GroupedRiskSet]:
    size, entered = len(at_risk), 0
    for time in sorted(leaving):
        while entered < len(entries) and entries[entered][0] < time:
            at_risk[entries[entered][1]] += 1
            entered += 1
        row = leaving[time]
        events, competing = tuple(row[size : 2 * size]), tuple(row[2 * size :])
        if any(events) or any(competing):
            yield GroupedRiskSet(time, tuple(at_risk), events, competing)
        for k in range(size):
            at_risk[k] -= row[k] + events[k] + competing[k]
