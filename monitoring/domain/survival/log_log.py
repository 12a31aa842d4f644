"""The 95 % interval of a probability on the scale log(-log p), which never leaves 0 to 1.

Source: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed. 2002, chapter 1.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

CONFIDENCE = 0.95  # two-sided
ROUNDING = 1e-12  # a sum of steps this close to 0 or 1 has arrived there
Z_OF_CONFIDENCE = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


class NotEstimable(StrEnum):
    """Why there is no number: a value, never None."""

    NOTHING_YET = "NOTHING_YET"  # the estimate still stands where it began: 1, or an incidence of 0
    AT_ITS_END = "AT_ITS_END"  # the survival is 0, or the incidence 1
    BEYOND_FOLLOW_UP = "BEYOND_FOLLOW_UP"  # nobody was observed as late as that


@dataclass(frozen=True, slots=True)
class Interval:
    """Lower and upper limit of a probability, 95 %."""

    low: float
    high: float


def log_log_interval(estimate: float, standard_error: float) -> Interval | NotEstimable:
    """Return estimate ** exp(-+ z se / (estimate x log estimate)); at 0 and at 1 the scale has no value (R says NA)."""
    if not ROUNDING < estimate < 1 - ROUNDING:
        return NotEstimable.AT_ITS_END
    logarithm = math.log(estimate)
    shift = Z_OF_CONFIDENCE * standard_error / (estimate * logarithm)
    return Interval(math.exp(logarithm * math.exp(-shift)), math.exp(logarithm * math.exp(shift)))
