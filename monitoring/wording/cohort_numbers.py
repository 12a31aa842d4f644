"""Shares, intervals, p values and months of a cohort as they are printed.

Shares are whole per cent, rounded half up, with their interval beside them; what is neither none nor all is never
printed as 0 or 100. A p value has two significant digits, more where they would carry it across 0.05.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from monitoring.charts.cohort_figure import DAYS_A_MONTH
from monitoring.domain.cohorts.drawn_curve import DayReached, Milestone
from monitoring.domain.survival.binomial import Proportion
from monitoring.domain.survival.curves import SURVIVAL_START
from monitoring.wording import numbers
from monitoring.wording.numbers import NO_BREAK_SPACE, marks

PER_CENT = 100
FLOAT_DIGITS = 9  # decimals of a per cent that a float is trusted for, so that 62.5 is not 62.4999...
LEAST_P = 0.001
P_DIGITS = 2  # significant
ALMOST_ONE = 0.995  # p from here on is 1.0 by two digits
P_BORDERS = (Decimal("0.05"),)
P_PLACES = 9
ONE_DECIMAL = Decimal("0.1")
NOTHING = "–"


def whole(share: float | Fraction) -> int:
    """Return a share as whole per cent, rounded half up."""
    if isinstance(share, Fraction):
        return int(share * PER_CENT + Fraction(1, 2))
    exact = Decimal(f"{share * PER_CENT:.{FLOAT_DIGITS}f}")
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def whole_words(share: float | Fraction) -> str:
    """Return a share for a column of per cent: `72`, `< 1`, `> 99`."""
    found = whole(share)
    if found == 0 and share > 0:
        return f"<{NO_BREAK_SPACE}1"
    if found == PER_CENT and share < 1:
        return f">{NO_BREAK_SPACE}99"
    return str(found)


def percent(share: float | Fraction) -> str:
    """Return a share with its sign: `72 %`."""
    return f"{whole_words(share)}{marks().before_percent}%"


def whole_percent(number: int) -> str:
    """Return whole per cent with the sign, for an axis."""
    return f"{number}{marks().before_percent}%"


def interval(low: float, high: float) -> str:
    """Return the limits of an interval in per cent: `55 to 84`."""
    return _("%(low)s to %(high)s") % {"low": whole(low), "high": whole(high)}


def with_interval(share: float | Fraction, low: float | None, high: float | None) -> str:
    """Return `72 % (55 to 84)`; where there is no interval the share alone."""
    if low is None or high is None:
        return percent(share)
    return f"{percent(share)} ({interval(low, high)})"


def proportion_words(found: Proportion) -> str:
    """Return a share of patients with its exact interval: `23 of 34, 68 % (49 to 83)`."""
    shares = {
        "n": count(found.count),
        "of": count(found.of),
        "share": with_interval(found.share, found.low, found.high),
    }
    return _("%(n)s of %(of)s, %(share)s") % shares


def without_interval(share: float, start: float = SURVIVAL_START) -> str:
    """Return why an estimate has no interval: it stands where it started, or has come to its end."""
    return _("no event by then") if share == start else _("no interval")


def estimate_words(share: float, low: float | None, high: float | None, start: float = SURVIVAL_START) -> str:
    """Return `72 % (55 to 84)`, or `100 % (no event by then)`: a log-log interval has no value there, in R neither."""
    if low is None or high is None:
        return f"{percent(share)} ({without_interval(share, start)})"
    return with_interval(share, low, high)


def at_milestone(found: Milestone, start: float = SURVIVAL_START) -> str:
    """Return the estimate at one or two years with its interval; a dash where nobody was followed as long."""
    return NOTHING if found.estimate is None else estimate_words(found.estimate, found.low, found.high, start)


def p_value(p: float) -> str:
    """Return a p value: `p = 0.14`, `p < 0.001`."""
    if p < LEAST_P:
        return f"p{NO_BREAK_SPACE}<{NO_BREAK_SPACE}{_point('0.001')}"
    return f"p{NO_BREAK_SPACE}={NO_BREAK_SPACE}{p_number(p)}"


def p_number(p: float) -> str:
    """Return the number of a p value alone: `0.14`, `< 0.001`."""
    if p < LEAST_P:
        return f"<{NO_BREAK_SPACE}{_point('0.001')}"
    if p >= ALMOST_ONE:
        return _point("1.0")
    exact = Decimal(f"{p:.{P_PLACES}f}")
    places = P_DIGITS - 1 - exact.adjusted()
    shown = numbers.rounded(exact, places, P_BORDERS)
    return _point(f"{shown:f}")


def month_number(days: float) -> str:
    """Return days as months with one decimal: `31.2`."""
    months = Decimal(f"{days / DAYS_A_MONTH:.{FLOAT_DIGITS}f}").quantize(ONE_DECIMAL, rounding=ROUND_HALF_UP)
    return _point(f"{months:f}")


def reached(days: float | None) -> str:
    """Return a day as months, or that the curve did not reach it."""
    return _("not reached") if days is None else month_number(days)


def reached_interval(found: DayReached) -> str:
    """Return the limits of a median: `17.3 to not reached`."""
    if found.low is None and found.high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": reached(found.low), "high": reached(found.high)}


def median_words(found: DayReached) -> str:
    """Return a median with its limits: `31.2 (17.3 to not reached)`, `not reached`."""
    limits = reached_interval(found)
    return f"{reached(found.day)} ({limits})" if limits else reached(found.day)


def count(number: int) -> str:
    """Return a number of patients, thousands apart."""
    return f"{number:,}".replace(",", marks().thousands)


def statistic(chi2: float) -> str:
    """Return a test statistic with one decimal."""
    return _point(f"{Decimal(f'{chi2:.{FLOAT_DIGITS}f}').quantize(ONE_DECIMAL, rounding=ROUND_HALF_UP):f}")


def _point(digits: str) -> str:
    return digits.replace(".", marks().decimal)
