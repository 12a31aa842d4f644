"""Times since an origin, exact: days as whole numbers, other units as Decimal or Fraction; never a float."""

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

# Source: docs/methods/endpoints.md, months = days / 30.4375 (a year of 365.25 days in 12 parts)
DAYS_PER_MONTH = Fraction("30.4375")

Time: TypeAlias = int | Decimal | Fraction


class InexactTime(TypeError):
    """A time came as a float, in which ties and order can be lost."""


class NegativeTime(ValueError):
    """A patient cannot leave, or come under observation, before the origin."""


def months_of(days: int) -> Fraction:
    """Return whole days as months, exactly: days / 30.4375."""
    return Fraction(days) / DAYS_PER_MONTH


def days_of(months: int | Decimal | Fraction) -> Fraction:
    """Return months as days, exactly: months x 30.4375."""
    return Fraction(months) * DAYS_PER_MONTH


def check_time(time: Time) -> None:
    """Refuse a time that is a float (InexactTime), not finite or below 0 (NegativeTime)."""
    if isinstance(time, float):
        raise InexactTime(f"{time!r} is a float; give days as int, or Decimal or Fraction")
    if isinstance(time, Decimal) and not time.is_finite():
        raise InexactTime(f"{time!r} is not a finite number")
    if time < 0:
        raise NegativeTime(f"{time} lies before the origin")


def middle_of(earlier: Time, later: Time) -> Fraction:
    """Return the exact middle of two times, in their unit."""
    return (Fraction(earlier) + Fraction(later)) / 2


def time_since(origin: Time, time: Time) -> Time:
    """Return a time counted from a later origin, in the same unit; whole days stay whole."""
    if isinstance(time, int) and isinstance(origin, int):
        return time - origin
    if isinstance(time, Decimal) and isinstance(origin, Decimal):
        return time - origin
    return Fraction(time) - Fraction(origin)
