"""The frame of the figure on paper, in points: head, the curve, the lane under it, and the time scales."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitoring.charts.trajectory_svg_words import Words, width

LABEL, SMALL, TICK = 7.2, 6.5, 6.8  # type sizes, pt
ROW = 8.6  # pt: one line of event labels
LANE = 15.0
CYCLE_HEAD = 29.0
CYCLE_LINE = 7.9
BAR = 9.6
GIVEN_BAR = 2.2
MAIN = 114.0  # pt: the height of the curve
BOTTOM = 31.0
SEEN_BEYOND = 0.3
DAYS_PER_MONTH = 30.4375
ONE_YEAR = 12
ROOM_FOR_MONTH, ROOM_FOR_ORIGIN = 19.0, 34.0  # pt that the name of a month, and a count of months, need
STEPS_OF_TICKS, STEPS_OF_MONTHS = (1, 2, 3, 6, 12), (1, 3, 6, 12, 24, 36, 60, 120)
LONGEST_POWER = (-6, 5)  # written out; beyond, as a power of ten
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a day and a height lie; `low` and `high` are the ends of the axis in log10 of % of ABL1."""

    left: float
    right: float
    width: float
    head: float
    first: date
    last: date
    low: float
    high: float
    main: float = MAIN

    @property
    def floor(self) -> float:
        """The line between the curve and the lane."""
        return self.head + self.main

    @property
    def height(self) -> float:
        """Head, curve and lane."""
        return self.floor + LANE

    @property
    def middle_of_lane(self) -> float:
        """Where a sample without a height stands."""
        return self.floor + LANE / 2

    def x(self, iso: str) -> float:
        """Return where a day lies."""
        return self.x_of(date.fromisoformat(iso[:10]).toordinal())

    def x_of(self, ordinal: float) -> float:
        """Return where a day lies, given by its number."""
        return (ordinal - self.first.toordinal()) / (self.last.toordinal() - self.first.toordinal()) * self.width

    def y(self, pct_abl1: float) -> float:
        """Return where a level lies; the axis is logarithmic."""
        return self.head + (1 - (math.log10(pct_abl1) - self.low) / (self.high - self.low)) * self.main

    def sees(self, iso: str) -> bool:
        """Whether a day is on the axis."""
        return -SEEN_BEYOND <= self.x(iso) <= self.width + SEEN_BEYOND


def decades(low: float, high: float) -> range:
    """Return the powers of ten between the ends of the axis."""
    return range(math.ceil(low), math.floor(high) + 1)


def power_of_ten(power: int, words: Words) -> str:
    """Return a power of ten in plain digits, where these are not too many."""
    lowest, highest = LONGEST_POWER
    if not lowest <= power <= highest:
        return "10" + str(power).translate(SUPERSCRIPTS)
    return words.number(f"{10.0**power:.{max(0, -power)}f}")


@dataclass(frozen=True, slots=True)
class Tick:
    """A text under the axis at a place."""

    text: str
    x: float


def month_ticks(frame: Frame, words: Words) -> tuple[list[Tick], list[float]]:
    """Return the names of the months that have room, and where their first days lie."""
    per_month = frame.width / (frame.last - frame.first).days * DAYS_PER_MONTH
    step = next((months for months in STEPS_OF_TICKS if months * per_month >= ROOM_FOR_MONTH), ONE_YEAR)
    starts = [start for start in _month_starts(frame, step) if start >= frame.first]
    ticks = []
    for start in starts:
        x = frame.x_of(start.toordinal())
        middle = x + (per_month / 2 if step == 1 else 0)
        name = str(start.year) if step == ONE_YEAR else words.month(start.month)
        if middle + width(name, TICK) / 2 <= frame.width:
            ticks.append(Tick(name, middle))
    return ticks, [frame.x_of(start.toordinal()) for start in starts]


def _month_starts(frame: Frame, step: int) -> Iterable[date]:
    month = frame.first.month - 1 - (frame.first.month - 1) % step
    year = frame.first.year
    while (start := date(year + month // ONE_YEAR, month % ONE_YEAR + 1, 1)) <= frame.last:
        yield start
        month += step


def year_ticks(frame: Frame) -> list[Tick]:
    """Return each year once, at its first of January, the first one at the edge."""
    found: list[Tick] = []
    for year in range(frame.first.year, frame.last.year + 1):
        x = max(0.0, frame.x_of(date(year, 1, 1).toordinal()))
        if found and x - found[-1].x < ROOM_FOR_MONTH:
            found.pop()
        if x < frame.width - LABEL:
            found.append(Tick(str(year), x))
    return found


def origin_ticks(frame: Frame, words: Words, origins: Iterable[Mapping[str, Any]]) -> list[Tick]:
    """Return the months counted from the first origin that is known; the first text says from what."""
    origin = next(iter(origins), None)
    if origin is None:
        return []
    per_month = frame.width / (frame.last - frame.first).days * DAYS_PER_MONTH
    step = next((months for months in STEPS_OF_MONTHS if months * per_month >= ROOM_FOR_ORIGIN), STEPS_OF_MONTHS[-1])
    start = frame.x(origin["on"])
    number = math.ceil(-start / per_month / step) * step
    found: list[Tick] = []
    free = -frame.left
    while (x := start + number * per_month) <= frame.width:
        text = words.number(str(number))
        left = x - width(text, SMALL) / 2
        if not found:
            text = words.say("months.from", number=text, origin=words.say(f"origin.{origin['code']}"))
        if left > free:
            found.append(Tick(text, left))
            free = left + width(text, SMALL) + LABEL
        number += step
    return found
