"""A sample of an external quality round: what was reported against what was expected.

Source: docs/methods/quality_control.md. Levels in % of ABL1; the difference is one of log10, as for every ratio.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.terms import Call
from monitoring.domain.units import log10_reduction


class Agreement(StrEnum):
    """How a report stands to what was expected."""

    AGREES = "AGREES"
    TOO_LOW = "TOO_LOW"
    TOO_HIGH = "TOO_HIGH"
    CALL_DIFFERS = "CALL_DIFFERS"
    NO_VALUE = "NO_VALUE"  # a range was expected, and no value was reported
    NO_RANGE = "NO_RANGE"  # a value was expected without a range: the difference is told, not judged
    NOT_REPORTED = "NOT_REPORTED"
    NOT_YET_KNOWN = "NOT_YET_KNOWN"  # what was expected has not come


JUDGED = frozenset(
    {Agreement.AGREES, Agreement.TOO_LOW, Agreement.TOO_HIGH, Agreement.CALL_DIFFERS, Agreement.NO_VALUE}
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the provider says: a call, a level, and the range that it accepts; each may be missing."""

    call: Call | None = None
    pct_abl1: Decimal | None = None
    low_pct_abl1: Decimal | None = None
    high_pct_abl1: Decimal | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything was said."""
        return any(each is not None for each in (self.call, self.pct_abl1, self.low_pct_abl1, self.high_pct_abl1))

    @property
    def has_range(self) -> bool:
        """Whether a range was said, open at one end perhaps."""
        return self.low_pct_abl1 is not None or self.high_pct_abl1 is not None


@dataclass(frozen=True, slots=True)
class Reported:
    """What the laboratory reported."""

    call: Call | None = None
    pct_abl1: Decimal | None = None


def compare(expected: Expected, reported: Reported) -> Agreement:
    """Return how a report stands to what was expected; a value on a border of the range lies within it."""
    if reported.call is None:
        return Agreement.NOT_REPORTED
    if not expected.is_known:
        return Agreement.NOT_YET_KNOWN
    if expected.call is not None and expected.call is not reported.call:
        return Agreement.CALL_DIFFERS
    if expected.has_range:
        return _in_range(expected, reported.pct_abl1)
    return Agreement.AGREES if expected.pct_abl1 is None else Agreement.NO_RANGE


def log10_difference(expected: Expected, reported: Reported) -> Decimal | None:
    """Return log10 of reported over expected, None where either has no level."""
    if expected.pct_abl1 is None or reported.pct_abl1 is None:
        return None
    return log10_reduction(reported.pct_abl1, expected.pct_abl1)


def _in_range(expected: Expected, pct_abl1: Decimal | None) -> Agreement:
    if pct_abl1 is None:
        return Agreement.NO_VALUE
    if expected.low_pct_abl1 is not None and pct_abl1 < expected.low_pct_abl1:
        return Agreement.TOO_LOW
    if expected.high_pct_abl1 is not None and pct_abl1 > expected.high_pct_abl1:
        return Agreement.TOO_HIGH
    return Agreement.AGREES
