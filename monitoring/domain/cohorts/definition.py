"""Who belongs to a cohort: the criteria, each with its name, and the first one that leaves a patient out.

The order of the criteria is that of the flow of patients as it is printed: a patient who fails several is counted once,
under the first. Source: docs/methods/cohorts.md; inclusion of FILO 2025 (Higué et al., Blood Cancer J 2025;15:141).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from monitoring.domain.cohorts.patient import FailureKind, PreemptiveCourse, Selection
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import Marker, RuleSetId


class Regimen(StrEnum):
    """What a pre-emptive course is made of, told by the partner drug of its first cycle."""

    VEN_AZA = "VEN_AZA"
    VEN_LDAC = "VEN_LDAC"
    VEN_ALONE = "VEN_ALONE"
    OTHER = "OTHER"


class Transplanted(StrEnum):
    """Whether the patients are those with a transplant after the failure, without one, or all."""

    ALL = "ALL"
    YES = "YES"
    NO = "NO"


class Criterion(StrEnum):
    """Why a patient with the failure asked for is left out, in the order of the flow."""

    NO_PREEMPTIVE_TREATMENT = "NO_PREEMPTIVE_TREATMENT"
    ANOTHER_TREATMENT_FIRST = "ANOTHER_TREATMENT_FIRST"
    ANOTHER_REGIMEN = "ANOTHER_REGIMEN"
    STARTED_OUTSIDE = "STARTED_OUTSIDE"
    HSCT_BEFORE = "HSCT_BEFORE"
    FIRST_LINE_RESPONSE = "FIRST_LINE_RESPONSE"
    AGE = "AGE"
    GENES = "GENES"
    TRANSPLANT = "TRANSPLANT"
    RESEARCH_REFUSED = "RESEARCH_REFUSED"


class CriteriaContradict(ValueError):
    """A definition that no patient could ever meet; `field` names the criterion."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name)
        self.field = field_name


PARTNERS = {"AZACITIDINE": Regimen.VEN_AZA, "LOW_DOSE_CYTARABINE": Regimen.VEN_LDAC, "": Regimen.VEN_ALONE}


@dataclass(frozen=True, slots=True)
class CohortDefinition:
    """Criteria of one version; an empty set, and None, ask for nothing. Ages in whole years at the failure.

    `failures`: kinds of molecular failure by `ruleset`; empty takes patients without one too. `failed_from` to
    `failed_until` and `started_from` to `started_until` include both days. `genes`: all of them mutated at diagnosis;
    `genes_any`: at least one; `genes_without`: none.
    """

    ruleset: RuleSetId = RuleSetId.ELN2021
    markers: frozenset[Marker] = frozenset()
    failures: frozenset[FailureKind] = frozenset()
    failed_from: date | None = None
    failed_until: date | None = None
    regimens: frozenset[Regimen] = frozenset()
    first_treatment_only: bool = False
    started_from: date | None = None
    started_until: date | None = None
    no_hsct_before: bool = False
    first_line: frozenset[FirstLineResponse] = frozenset()
    age_from: int | None = None
    age_until: int | None = None
    genes: frozenset[str] = frozenset()
    genes_any: frozenset[str] = frozenset()
    genes_without: frozenset[str] = frozenset()
    transplanted: Transplanted = Transplanted.ALL
    centres: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        for name, first, last in (
            ("failed_until", self.failed_from, self.failed_until),
            ("started_until", self.started_from, self.started_until),
            ("age_until", self.age_from, self.age_until),
        ):
            if first is not None and last is not None and first > last:  # type: ignore[operator]
                raise CriteriaContradict(name)
        if self.genes_without & (self.genes | self.genes_any):
            raise CriteriaContradict("genes_without")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One patient and marker as a definition is asked of it."""

    series_id: int
    marker: Marker
    centre: str
    selection: Selection


def is_considered(definition: CohortDefinition, candidate: Candidate) -> bool:
    """Whether a patient stands at the head of the flow: marker, centre, kind and day of the failure."""
    if definition.markers and candidate.marker not in definition.markers:
        return False
    if definition.centres and candidate.centre not in definition.centres:
        return False
    if not definition.failures and definition.failed_from is None and definition.failed_until is None:
        return True
    failure = candidate.selection.failure
    if failure is None:
        return False
    if definition.failures and failure.kind not in definition.failures:
        return False
    return _within(failure.on, definition.failed_from, definition.failed_until)


def asked_criteria(definition: CohortDefinition) -> tuple[Criterion, ...]:
    """Return the criteria that can leave anybody out by this definition, in the order of the flow."""
    return tuple(criterion for criterion in Criterion if _ASKED[criterion](definition))


def excluded_by(
    definition: CohortDefinition, selection: Selection, criteria: Iterable[Criterion] | None = None
) -> Criterion | None:
    """Return the first criterion that leaves the patient out; None for one who belongs to the cohort.

    `criteria`: those of `asked_criteria`, found once for many patients.
    """
    for criterion in asked_criteria(definition) if criteria is None else criteria:
        if _FAILS[criterion](definition, selection):
            return criterion
    return None


def regimen_of(course: PreemptiveCourse) -> Regimen:
    """Return what a course is made of."""
    return PARTNERS.get(course.partner, Regimen.OTHER) if course.has_venetoclax else Regimen.OTHER


def age_at(born_on: date, day: date) -> int:
    """Return the age in whole years; born on 29 February, one is a year older on 1 March of other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _day_of(selection: Selection) -> date | None:
    """The day at which a patient is as old as a definition asks: of the failure, else of the course, else diagnosis."""
    if selection.failure is not None:
        return selection.failure.on
    return selection.course.starts_on if selection.course is not None else selection.diagnosed_on


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _asks_for_treatment(definition: CohortDefinition) -> bool:
    return bool(
        definition.regimens
        or definition.first_treatment_only
        or definition.started_from is not None
        or definition.started_until is not None
    )


def _untreated(definition: CohortDefinition, selection: Selection) -> bool:
    if not _asks_for_treatment(definition):
        return False
    return selection.course is None and not (definition.first_treatment_only and selection.other_treatments)


def _treated_otherwise(definition: CohortDefinition, selection: Selection) -> bool:
    return definition.first_treatment_only and bool(selection.other_treatments)


def _another_regimen(definition: CohortDefinition, selection: Selection) -> bool:
    return bool(definition.regimens and selection.course and regimen_of(selection.course) not in definition.regimens)


def _started_outside(definition: CohortDefinition, selection: Selection) -> bool:
    course = selection.course
    return course is not None and not _within(course.starts_on, definition.started_from, definition.started_until)


def _transplanted_before(definition: CohortDefinition, selection: Selection) -> bool:
    day = _day_of(selection)
    return definition.no_hsct_before and day is not None and any(on <= day for on in selection.hsct_on)


def _outside_age(definition: CohortDefinition, selection: Selection) -> bool:
    if definition.age_from is None and definition.age_until is None:
        return False
    day = _day_of(selection)
    if day is None:
        return True
    age = age_at(selection.born_on, day)
    low, high = definition.age_from, definition.age_until
    return (low is not None and age < low) or (high is not None and age > high)


def _other_genes(definition: CohortDefinition, selection: Selection) -> bool:
    if not definition.genes <= selection.genes or definition.genes_without & selection.genes:
        return True
    return bool(definition.genes_any) and not definition.genes_any & selection.genes


def _transplanted_otherwise(definition: CohortDefinition, selection: Selection) -> bool:
    if definition.transplanted is Transplanted.ALL:
        return False
    day = _day_of(selection)
    after = any(day is None or on > day for on in selection.hsct_on)
    return after is not (definition.transplanted is Transplanted.YES)


_FAILS: Mapping[Criterion, Callable[[CohortDefinition, Selection], bool]] = {
    Criterion.NO_PREEMPTIVE_TREATMENT: _untreated,
    Criterion.ANOTHER_TREATMENT_FIRST: _treated_otherwise,
    Criterion.ANOTHER_REGIMEN: _another_regimen,
    Criterion.STARTED_OUTSIDE: _started_outside,
    Criterion.HSCT_BEFORE: _transplanted_before,
    Criterion.FIRST_LINE_RESPONSE: lambda definition, selection: bool(
        definition.first_line and selection.first_line_response not in definition.first_line
    ),
    Criterion.AGE: _outside_age,
    Criterion.GENES: _other_genes,
    Criterion.TRANSPLANT: _transplanted_otherwise,
    Criterion.RESEARCH_REFUSED: lambda _, selection: selection.research_refused_on is not None,
}
# What a definition does not ask leaves nobody out: of 50,000 patients it is not looked up.
_ASKED: Mapping[Criterion, Callable[[CohortDefinition], bool]] = {
    Criterion.NO_PREEMPTIVE_TREATMENT: _asks_for_treatment,
    Criterion.ANOTHER_TREATMENT_FIRST: lambda asked: asked.first_treatment_only,
    Criterion.ANOTHER_REGIMEN: lambda asked: bool(asked.regimens),
    Criterion.STARTED_OUTSIDE: lambda asked: asked.started_from is not None or asked.started_until is not None,
    Criterion.HSCT_BEFORE: lambda asked: asked.no_hsct_before,
    Criterion.FIRST_LINE_RESPONSE: lambda asked: bool(asked.first_line),
    Criterion.AGE: lambda asked: asked.age_from is not None or asked.age_until is not None,
    Criterion.GENES: lambda asked: bool(asked.genes or asked.genes_any or asked.genes_without),
    Criterion.TRANSPLANT: lambda asked: asked.transplanted is not Transplanted.ALL,
    Criterion.RESEARCH_REFUSED: lambda _: True,
}
