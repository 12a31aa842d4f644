"""A median with its quartiles as it is kept and printed. Source: docs/methods/cohorts.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.domain.survival.durations import Time
from monitoring.domain.survival.quartiles import quartiles


@dataclass(frozen=True, slots=True)
class Summary:
    """Median, quartiles (type 7), smallest and largest of n values out of so many patients, in their own unit."""

    n: int
    of: int
    median: float
    q1: float
    q3: float
    smallest: float
    largest: float


def summary_of(values: Sequence[Time], *, of: int) -> Summary | None:
    """Return the summary of exact values; None where there is none."""
    if not values:
        return None
    found = quartiles(values)
    numbers = (found.median, found.q1, found.q3, found.smallest, found.largest)
    return Summary(found.n, of, *(float(number) for number in numbers))
