"""Response tables of a cohort in the form of FILO 2025, Table 1, and by cycle in the form of Tiong 2020, Figure S1.

Blood and marrow always stand apart; percentages are of those evaluated, with exact binomial intervals.
Source: A5; docs/methods/response_tables.md.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.response import BEST_FIRST, BelowDiagnosis
from monitoring.domain.terms import CycleResponse, Marker, Tissue

SHORT_DAYS = 14  # days of venetoclax in a cycle; FILO 2025 compares up to 14 with more
RESPONDED = (CycleResponse.NEGATIVITY, CycleResponse.REDUCTION)
SIGNALLING_GENES = frozenset({"FLT3-ITD", "NRAS", "KRAS"})  # FILO 2025, Table 1


class ResponseGroup(StrEnum):
    """The columns of the table."""

    ALL = "ALL"
    SIGNALLING = "SIGNALLING"
    NO_SIGNALLING = "NO_SIGNALLING"
    SHORT_VENETOCLAX = "SHORT_VENETOCLAX"
    LONG_VENETOCLAX = "LONG_VENETOCLAX"


@dataclass(frozen=True, slots=True)
class TissueCounts:
    """How many of a group show each response in one tissue; `not_evaluated` are in no percentage."""

    tissue: Tissue
    counts: Mapping[CycleResponse, int]
    not_evaluated: int

    @property
    def evaluated(self) -> int:
        """Those with a response in the tissue."""
        return sum(self.counts.values())

    @property
    def responded(self) -> int:
        """NEGATIVITY or REDUCTION."""
        return sum(self.counts[response] for response in RESPONDED)


@dataclass(frozen=True, slots=True)
class ResponseColumn:
    """One group of patients with its counts in blood and in marrow."""

    group: ResponseGroup
    patients: int
    tissues: Mapping[Tissue, TissueCounts]


def response_table(patients: Sequence[CohortPatient]) -> tuple[ResponseColumn, ...]:
    """Return response after C1 +/- C2 by group; groups of co-mutation are of NPM1 only, as in FILO 2025."""
    return tuple(_column(group, [one for one in patients if belongs(one)]) for group, belongs in _GROUPS.items())


def response_counts(responses: Iterable[CycleResponse], tissue: Tissue) -> TissueCounts:
    """Count the responses of one tissue."""
    found = Counter(responses)
    counts: Mapping[CycleResponse, int] = {each: found[each] for each in BEST_FIRST}
    return TissueCounts(tissue, counts, found[CycleResponse.NOT_EVALUATED])


def before_transplant(patients: Iterable[CohortPatient]) -> Mapping[Tissue, TissueCounts]:
    """Count the responses before the transplant, of those transplanted after the failure."""
    transplanted = [one for one in patients if one.course.transplants]
    return {
        tissue: response_counts(
            (
                one.course.before_transplant[tissue].response
                if tissue in one.course.before_transplant
                else CycleResponse.NOT_EVALUATED
                for one in transplanted
            ),
            tissue,
        )
        for tissue in Tissue
    }


@dataclass(frozen=True, slots=True)
class CycleDepth:
    """One cycle by depth below diagnosis (Tiong 2020, Figure S1): patients who were given it, and what was found."""

    cycle: int
    tissue: Tissue
    given: int
    counts: Mapping[BelowDiagnosis, int]
    not_sampled: int


def depth_by_cycle(patients: Sequence[CohortPatient], tissue: Tissue) -> tuple[CycleDepth, ...]:
    """Return the depth after each cycle; a patient counts at the cycles that were given, and nowhere else."""
    last = max((cycle.number for one in patients for cycle in one.course.cycles), default=0)
    return tuple(_depth(patients, number, tissue) for number in range(1, last + 1))


def _depth(patients: Iterable[CohortPatient], number: int, tissue: Tissue) -> CycleDepth:
    given = [one for one in patients if any(cycle.number == number for cycle in one.course.cycles)]
    found: Counter[BelowDiagnosis] = Counter()
    for one in given:
        for response in one.course.responses:
            if response.cycle == number and response.tissue is tissue and response.on is not None:
                found[response.below_diagnosis] += 1
    counts = {depth: found[depth] for depth in BelowDiagnosis}
    return CycleDepth(number, tissue, len(given), counts, len(given) - sum(found.values()))


def _column(group: ResponseGroup, patients: Sequence[CohortPatient]) -> ResponseColumn:
    tissues = {
        tissue: response_counts(
            (one.course.after_c1_c2.get(tissue, CycleResponse.NOT_EVALUATED) for one in patients), tissue
        )
        for tissue in Tissue
    }
    return ResponseColumn(group, len(patients), tissues)


def has_signalling(patient: CohortPatient) -> bool:
    """Whether a signalling mutation was found at diagnosis."""
    return bool(patient.selection.genes & SIGNALLING_GENES)


def _first_days(patient: CohortPatient) -> int | None:
    """Days of venetoclax in cycle 1, of those who may be compared by days; None for all others."""
    if not patient.course.comparable_by_days:
        return None
    return next((cycle.given_days for cycle in patient.course.cycles if cycle.number == 1), None)


def _is_short(patient: CohortPatient) -> bool:
    days = _first_days(patient)
    return days is not None and days <= SHORT_DAYS


def _is_long(patient: CohortPatient) -> bool:
    days = _first_days(patient)
    return days is not None and days > SHORT_DAYS


_GROUPS: Mapping[ResponseGroup, Callable[[CohortPatient], bool]] = {
    ResponseGroup.ALL: lambda _: True,
    ResponseGroup.SIGNALLING: lambda one: one.marker is Marker.NPM1 and has_signalling(one),
    ResponseGroup.NO_SIGNALLING: lambda one: one.marker is Marker.NPM1 and not has_signalling(one),
    ResponseGroup.SHORT_VENETOCLAX: _is_short,
    ResponseGroup.LONG_VENETOCLAX: _is_long,
}
