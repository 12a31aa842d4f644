"""One patient under observation: from when, until when, how it ended, in which group.

Who the patients are, which origin and which event: monitoring/domain/cohorts. A patient is at risk at time t when
entry < t <= time; who has no entry was under observation from the origin on, time 0 included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitoring.domain.survival.durations import Time, check_time

EVENT = "event"  # the cause where there is only one


class NoPatients(ValueError):
    """An estimate was asked of nobody."""


class UnknownGroup(KeyError):
    """A group was asked for to which no patient belongs, or a patient belongs to a group that was not named."""


class UnknownCause(KeyError):
    """A cause was asked for of which there is no event, or a patient has a cause that was not named."""


class EntryNotBeforeTime(ValueError):
    """A patient came under observation only when, or after, it ended; such a patient was never at risk."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Time since the origin (any one unit), cause of the event or None where censored, delayed entry or None."""

    time: Time
    cause: str | None = None
    group: str = ""
    entry: Time | None = None

    def __post_init__(self) -> None:
        """Refuse times that are floats, negative or in the wrong order."""
        check_time(self.time)
        if self.entry is not None:
            check_time(self.entry)
            if self.entry >= self.time:
                raise EntryNotBeforeTime(f"entry {self.entry} is not before {self.time}")


Observations = Sequence[Observation]


def check_any(observations: Observations) -> None:
    """Raise NoPatients where there is nobody."""
    if not observations:
        raise NoPatients("there is no patient to estimate from")


def causes_of(observations: Iterable[Observation]) -> tuple[str, ...]:
    """Return the causes that occur, in alphabetical order."""
    return tuple(sorted({each.cause for each in observations if each.cause is not None}))


def by_group(observations: Observations, names: Sequence[str] | None = None) -> dict[str, list[Observation]]:
    """Return the observations of each group, in the order named or alphabetical; UnknownGroup where one is empty."""
    check_any(observations)
    found: dict[str, list[Observation]] = {}
    for each in observations:
        found.setdefault(each.group, []).append(each)
    order = sorted(found) if names is None else list(names)
    if set(order) != set(found) or len(order) != len(found):
        raise UnknownGroup(", ".join(sorted(set(order) ^ set(found))) or "a group is named twice")
    return {name: found[name] for name in order}
