"""A level that a next sample has to reach or to stay under: never shown on the wrong side of itself.

A bar with many digits is shown with four, a lower one rounded up and an upper one rounded down: who reads it and
measures just that is told the truth.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from monitoring.wording.numbers import exact, marks

BAR_DIGITS = 4  # significant digits of a bar, [DESIGN]

_UP = Context(prec=BAR_DIGITS, rounding=ROUND_CEILING)
_DOWN = Context(prec=BAR_DIGITS, rounding=ROUND_FLOOR)


def lower_bar(level: Decimal) -> Decimal:
    """Return the lowest number of four digits that is not below a level."""
    return _UP.plus(level)


def upper_bar(level: Decimal) -> Decimal:
    """Return the highest number of four digits that is not above a level."""
    return _DOWN.plus(level)


def at_least(level: Decimal) -> str:
    """Return the bar that a level has to reach: `0.0715 %`."""
    return _shown(lower_bar(level))


def at_most(level: Decimal) -> str:
    """Return the bar that a level must not exceed: `0.0714 %`."""
    return _shown(upper_bar(level))


def _shown(bar: Decimal) -> str:
    return f"{exact(bar)}{marks().before_percent}%"
