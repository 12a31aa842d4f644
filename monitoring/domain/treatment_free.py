"""The treatment-free interval: from the last day of venetoclax to what ended the time without treatment.

Source: docs/methods/toxicity.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class IntervalEnd(StrEnum):
    """What ended the interval; ONGOING where nothing has by the day of the look or the last contact."""

    NEXT_TREATMENT = "NEXT_TREATMENT"
    MOLECULAR_RELAPSE = "MOLECULAR_RELAPSE"
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"
    DEATH = "DEATH"
    ONGOING = "ONGOING"


# Of several on one day the relapse is told before the treatment that answered it.
FIRST_ON_ONE_DAY = (
    IntervalEnd.HAEMATOLOGICAL_RELAPSE,
    IntervalEnd.MOLECULAR_RELAPSE,
    IntervalEnd.NEXT_TREATMENT,
    IntervalEnd.DEATH,
)


@dataclass(frozen=True, slots=True)
class TreatmentFreeInterval:
    """Days from the last venetoclax (day 0) to `until_on`, and why it ended there."""

    from_on: date
    until_on: date
    end: IntervalEnd

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.until_on - self.from_on).days


def treatment_free(
    last_venetoclax_on: date, ends: Iterable[tuple[IntervalEnd, date]], seen_until: date
) -> TreatmentFreeInterval:
    """Return the interval after the last venetoclax; `ends` may lie before it, `seen_until` is the last contact."""
    later = [(on, FIRST_ON_ONE_DAY.index(end), end) for end, on in ends if last_venetoclax_on < on <= seen_until]
    if later:
        on, _, end = min(later)
        return TreatmentFreeInterval(last_venetoclax_on, on, end)
    return TreatmentFreeInterval(last_venetoclax_on, max(last_venetoclax_on, seen_until), IntervalEnd.ONGOING)
