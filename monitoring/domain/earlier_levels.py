"""What the level of one result is compared with: the value before it, and the lowest of its course so far.

Only one tissue and one assay_key are compared. For people to read; no rule uses these numbers.
Source: docs/methods/rules.md, "Nadir".
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain.evidence import floor_corrected, fold_and_log10
from monitoring.domain.results import Result
from monitoring.domain.sample_classes import class_of_call
from monitoring.domain.series import Series


@dataclass(frozen=True, slots=True)
class Comparison:
    """A level over an earlier one; `by_pct_abl1` is what it was divided by, floor-corrected where it is the lowest."""

    earlier: Result
    by_pct_abl1: Decimal
    fold: Decimal
    log10: Decimal


@dataclass(frozen=True, slots=True)
class EarlierLevels:
    """The comparisons that a result allows; None where there is nothing comparable."""

    last: Comparison | None
    lowest: Comparison | None


def earlier_levels(series: Series, result: Result) -> EarlierLevels:
    """Return result / last and result / lowest earlier value of the same tissue, assay_key and course, in % of ABL1."""
    level, since = result.pct_abl1, _course_start(series, result)
    earlier = [each for each in series.results if _is_quantified(each) and _comes_before(each, result, since)]
    if level is None or not _is_quantified(result) or not earlier:
        return EarlierLevels(None, None)
    last = max(earlier, key=lambda each: each.collected_on)
    lowest = min(earlier, key=_floor)
    return EarlierLevels(_compared(level, last, last.pct_abl1), _compared(level, lowest, floor_corrected(lowest)))


def _is_quantified(result: Result) -> bool:
    """Whether a rule set would class the result by its level: detected, with a value, ABL1 sufficient."""
    return result.pct_abl1 is not None and class_of_call(result) is None


def _comes_before(earlier: Result, result: Result, since: date) -> bool:
    same_scale = (earlier.tissue, earlier.assay_key) == (result.tissue, result.assay_key)
    return same_scale and since <= earlier.collected_on < result.collected_on


def _course_start(series: Series, result: Result) -> date:
    return max((start.on for start in series.course_starts if start.on <= result.collected_on), default=date.min)


def _floor(result: Result) -> Decimal:
    return floor_corrected(result) or Decimal(0)


def _compared(level: Decimal, earlier: Result, by: Decimal | None) -> Comparison | None:
    if by is None:
        return None
    fold, log10 = fold_and_log10(level, by)
    return Comparison(earlier, by, fold, log10)
