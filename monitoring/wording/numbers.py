"""Numbers as the reader's language writes them, never rounded onto or across a border that a rule draws.

Three significant digits are shown; where those would reach or cross a border, as many more as keep the number on
its side of it: 1.996 % stays 1.996 %, because 2.00 % would be another class.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitoring.domain.control_gene import ABL1_ADEQUATE, ABL1_OPTIMAL, ABL1_SUFFICIENT
from monitoring.domain.standard_curve import R2_FAILS_BELOW, R2_WARNS_BELOW, SLOPE_SHALLOWEST, SLOPE_STEEPEST
from monitoring.domain.units import log10_of

SHOWN_DIGITS = 3  # significant digits of a level, [DESIGN]
FOLD_PLACES = 1  # decimals of a ratio below ten, [DESIGN]
LOG10_PLACES = 2  # decimals of a log10 change, [DESIGN]

# % of ABL1 or of diagnosis: every border between two classes, and the waivers, of ELN 2021 to 2025 and Tiong 2020
LEVEL_BORDERS = tuple(Decimal(text) for text in ("0.001", "0.01", "0.1", "1", "2"))
# copies of ABL1: not evaluable below the first, limited negative below the second
COPIES_BORDERS = (ABL1_SUFFICIENT, ABL1_ADEQUATE, ABL1_OPTIMAL)
# ratio to a reference: reduction, response lost, unchanged, rise
FOLD_BORDERS = tuple(Decimal(text) for text in ("0.1", "0.5", "1", "10"))
# slope in Cq per log10 and R2: the limits of EAC for a standard curve
CURVE_BORDERS = (SLOPE_STEEPEST, SLOPE_SHALLOWEST, R2_FAILS_BELOW, R2_WARNS_BELOW)
# log10: rise, fall, Tiong's minor response, end of treatment of CBF, low level of Tiong
LOG10_BORDERS = tuple(Decimal(number) for number in (-1, 0, 1, 2, 3, 4))

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"
MINUS = "\u2212"

_EXACT = Context(prec=1_000, rounding=ROUND_HALF_EVEN)


class NotANumberToShow(Exception):
    """Something without a finite value was to be shown as a number; its state has to be said in words."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How a language separates decimals and thousands, and what it puts before the per cent sign."""

    decimal: str
    thousands: str
    before_percent: str


MARKS = {
    "en": Marks(".", ",", NO_BREAK_SPACE),
    "fr": Marks(",", NARROW_NO_BREAK_SPACE, NARROW_NO_BREAK_SPACE),
}


def marks() -> Marks:
    """Return the marks of the reader's language."""
    return MARKS.get((get_language() or "en").split("-")[0], MARKS["en"])


def rounded(value: Decimal, places: int, borders: Iterable[Decimal]) -> Decimal:
    """Return `value` to `places` decimals, or to as many more as keep it on its side of every border."""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise NotANumberToShow(repr(value))
    own_places = max(0, -int(value.as_tuple().exponent))
    for shown_places in range(places, own_places):
        shorter = value.quantize(Decimal(1).scaleb(-shown_places), context=_EXACT)
        if all(_side(shorter, border) == _side(value, border) for border in borders):
            return shorter
    return value


def level_number(value: Decimal) -> str:
    """Return a level in per cent without its sign: for a column whose head names the unit."""
    if not isinstance(value, Decimal) or not value.is_finite() or value <= 0:
        raise NotANumberToShow(repr(value))
    places = max(0, SHOWN_DIGITS - 1 - value.adjusted())
    return _written(rounded(value, places, LEVEL_BORDERS))


def pct(value: Decimal) -> str:
    """Return a level with its sign: `0.018 %`; raises NotANumberToShow for what is no level, zero included."""
    return f"{level_number(value)}{marks().before_percent}%"


def pct_of_abl1(value: Decimal) -> str:
    """Return a level with its unit: `0.018 % of ABL1`."""
    return _("%(pct)s of ABL1") % {"pct": pct(value)}


def exact(value: Decimal) -> str:
    """Return every digit of a number, for reading back what was typed."""
    return _written(rounded(value, 0, (value,)))


def copies(value: Decimal | int) -> str:
    """Return a number of copies, thousands apart; whole unless that would reach or cross 1,000, 10,000 or 30,000."""
    shown = rounded(Decimal(value), 0, COPIES_BORDERS)
    whole, point, decimals = f"{shown:,f}".partition(".")
    grouped = whole.replace(",", marks().thousands)
    return grouped + marks().decimal + decimals if point else grouped


def fold(value: Decimal) -> str:
    """Return a ratio of two levels: `3.2-fold`, `9.96-fold` and never 10-fold for it."""
    places = FOLD_PLACES if value.is_finite() and abs(value) < max(FOLD_BORDERS) else 0
    if value.is_finite() and 0 < value < 1:
        places = 1 - value.adjusted()
    return _("%(ratio)s-fold") % {"ratio": _written(rounded(value, places, FOLD_BORDERS))}


def log10_change(value: Decimal) -> str:
    """Return a change with its direction: `+0.51 log`, `−0.82 log`."""
    shown = rounded(value, LOG10_PLACES, LOG10_BORDERS)
    sign = MINUS if shown < 0 else "+"
    return f"{sign}{_written(abs(shown), LOG10_PLACES)}{NO_BREAK_SPACE}log"


def log10_of_fold(ratio: Decimal) -> str:
    """Return a ratio as a change: 9.999-fold is `+0.99996 log`, because 1.00 would be a rise by the rules."""
    return log10_change(log10_of(ratio))


def log10_reduction(value: Decimal) -> str:
    """Return how far a level lies below its reference: `4.04 log`; above it the number is negative."""
    shown = rounded(value, LOG10_PLACES, LOG10_BORDERS)
    sign = MINUS if shown < 0 else ""
    return f"{sign}{_written(abs(shown), LOG10_PLACES)}{NO_BREAK_SPACE}log"


def of_curve(value: Decimal, places: int) -> str:
    """Return a slope, R2 or efficiency in per cent to `places` decimals, never onto or across a limit of EAC."""
    shown = rounded(value, places, CURVE_BORDERS)
    sign = MINUS if shown < 0 else ""
    return f"{sign}{_written(abs(shown), places)}"


def _side(value: Decimal, border: Decimal) -> int:
    return (value > border) - (value < border)


def _written(value: Decimal, places: int = 0) -> str:
    """Return plain digits without an exponent, without trailing zeros beyond `places`."""
    whole, _point, decimals = f"{value:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    return f"{whole}{marks().decimal}{decimals}" if decimals else whole
