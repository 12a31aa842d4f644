"""Which groups may be shown where patients of other centres are counted with a centre's own.

[DESIGN] A group needs the least number of patients of other centres: beside the curve of the own centre, which is shown
in full, that of both together would tell of single ones.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from monitoring.domain.cohorts.parts import POOLED_LEAST
from monitoring.domain.cohorts.patient import CohortPatient


def of_others(patients: Sequence[CohortPatient], others: frozenset[int]) -> list[CohortPatient]:
    """Return the patients of other centres; `others` are the numbers of their series."""
    return [patient for patient in patients if patient.series_id in others]


def large_enough(groups_of_others: Iterable[str]) -> frozenset[str]:
    """Return the groups with enough patients of other centres, given the group of each of these."""
    return frozenset(name for name, patients in Counter(groups_of_others).items() if patients >= POOLED_LEAST)
