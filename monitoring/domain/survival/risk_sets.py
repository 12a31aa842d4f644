"""Who was at risk and what happened at each time: the one table from which every estimate is made.

Ties: events come before censorings of the same time, and a patient who enters at a time is at risk only after it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from monitoring.domain.survival.durations import Time
from monitoring.domain.survival.observations import Observations, UnknownCause


class RiskSet(NamedTuple):
    """One time at which somebody left: at risk just before, events by cause, censored at it."""

    time: Time
    at_risk: int
    events: tuple[int, ...]
    censored: int


def risk_sets(observations: Observations, causes: Sequence[str] | None = None) -> list[RiskSet]:
    """Return the risk set of every time at which a patient left, in order; without causes all events count as one."""
    leaving = _leaving(observations, causes)
    entries = sorted(each.entry for each in observations if each.entry is not None)
    at_risk = len(observations) - len(entries)
    entered = 0
    found = []
    for time in sorted(leaving):
        while entered < len(entries) and entries[entered] < time:
            entered += 1
            at_risk += 1
        censored, *events = leaving[time]
        found.append(RiskSet(time, at_risk, tuple(events), censored))
        at_risk -= censored + sum(events)
    return found


def _leaving(observations: Observations, causes: Sequence[str] | None) -> dict[Time, list[int]]:
    """How many left at each time: censored first, then by cause."""
    columns = 2 if causes is None else 1 + len(causes)
    place: dict[str, int] = {} if causes is None else {cause: k for k, cause in enumerate(causes, start=1)}
    leaving: dict[Time, list[int]] = {}
    for each in observations:
        row = leaving.get(each.time)
        if row is None:
            row = leaving[each.time] = [0] * columns
        if each.cause is None:
            row[0] += 1
        elif causes is None:
            row[1] += 1
        elif each.cause in place:
            row[place[each.cause]] += 1
        else:
            raise UnknownCause(each.cause)
    return leaving
