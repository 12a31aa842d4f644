"""The axis of months of a cohort's figures: from days to places, with ticks at round numbers of months."""

import math
from dataclasses import dataclass

from monitoring.charts.cohort_course_sheet import Sheet, px
from monitoring.charts.trajectory_svg_words import MINUS
from monitoring.domain.cohort_band import DAYS_OF_A_MONTH

DAYS_PER_MONTH = float(DAYS_OF_A_MONTH)
STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)  # months between two ticks
ROOM_OF_A_TICK = 46.0  # px
TICK, NUMBER, NAME = 4.0, 17.0, 35.0  # px below the axis


@dataclass(frozen=True, slots=True)
class MonthsAxis:
    """Days from an origin between two places in px."""

    first_day: float
    last_day: float
    left: float
    right: float

    def x(self, day: float) -> float:
        """Return the place of a day."""
        return self.left + (day - self.first_day) / (self.last_day - self.first_day) * (self.right - self.left)

    def months(self) -> list[int]:
        """Return the months with a tick."""
        first, last = self.first_day / DAYS_PER_MONTH, self.last_day / DAYS_PER_MONTH
        most = max(2.0, (self.right - self.left) / ROOM_OF_A_TICK)
        step = next((step for step in STEPS if (last - first) / step <= most), STEPS[-1])
        return [n for n in range(math.ceil(first), math.floor(last) + 1) if n % step == 0]

    def write(self, sheet: Sheet, y: float, name: str) -> None:
        """Draw the axis at a height, its numbers and its name below it."""
        sheet.path("axis", f"M{px(self.left)} {px(y)}H{px(self.right)}")
        for month in self.months():
            x = self.x(month * DAYS_PER_MONTH)
            sheet.path("axis", f"M{px(x)} {px(y)}V{px(y + TICK)}")
            sheet.text(x, y + NUMBER, f"{MINUS if month < 0 else ''}{abs(month)}", anchor="middle")
        sheet.text(self.right, y + NAME, name, anchor="end")
