"""How fast each marker grows before haematological relapse, as published; beside a patient's own estimate.

Source: Ommen et al., Blood 2010;115:198 (74 relapses); docs/methods/kinetics.md.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from monitoring.domain.terms import Marker

# days, median
PUBLISHED_DOUBLING_TIME_DAYS: Mapping[Marker, int] = MappingProxyType(
    {Marker.NPM1: 11, Marker.RUNX1_RUNX1T1: 14, Marker.CBFB_MYH11: 36}
)
FOUR_WEEKS = 28  # days


def log10_rise_in(marker: Marker, days: float = FOUR_WEEKS) -> float:
    """Return the rise in log10 at the published median doubling time over a number of days."""
    return math.log10(2.0) * days / PUBLISHED_DOUBLING_TIME_DAYS[marker]


def days_per_log10(marker: Marker) -> float:
    """Return the days in which the level rises tenfold at the published median doubling time."""
    return PUBLISHED_DOUBLING_TIME_DAYS[marker] / math.log10(2.0)


def days_to_level(marker: Marker, from_pct_abl1: Decimal, to_pct_abl1: Decimal) -> float:
    """Return the days from one level to another at the published doubling time, negative if it is lower."""
    return days_per_log10(marker) * (math.log10(to_pct_abl1) - math.log10(from_pct_abl1))
