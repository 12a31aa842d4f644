"""One patient and marker as a cohort sees it, by one rule set: what it is selected by, and its course.

Made from the stored records by the same functions as the patient page (verdicts, responses, toxicity), so that a table
of a cohort never says anything else than the pages of its patients. Days are dates; levels are per cent of ABL1.

Source: docs/methods/cohorts.md (A5, A6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.response import BelowDiagnosis, BestResponse, FirstLineResponse
from monitoring.domain.terms import CycleResponse, EpisodeStatus, Marker, RuleSetId, Tissue
from monitoring.domain.toxicity_table import ToxicityCase


class FailureKind(StrEnum):
    """How first-line treatment failed molecularly (Tiong 2020, Jimenez-Chillon 2024)."""

    PERSISTENCE = "PERSISTENCE"
    RELAPSE = "RELAPSE"
    PROGRESSION = "PROGRESSION"


@dataclass(frozen=True, slots=True)
class MolecularFailure:
    """The failure that was treated, else the first one. `on`: relapse date, or the persisting sample's.

    `confirmed_on` and `status` are those of the episode, None for persistence.
    """

    kind: FailureKind
    on: date
    confirmed_on: date | None = None
    status: EpisodeStatus | None = None


@dataclass(frozen=True, slots=True)
class PreemptiveCourse:
    """The pre-emptive treatment of the failure, else the first one: its start and what was given in cycle 1.

    `regimen`: VEN, or VEN+ the partner drug of cycle 1 as in PartnerDrugChoice; without cycles the name as recorded.
    """

    starts_on: date
    regimen: str
    has_venetoclax: bool
    partner: str = ""
    cycles: int = 0
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a patient is selected, and left out, by; small, since every definition is asked of every patient.

    `genes`: mutations of the diagnosis. `other_treatments`: names of pre-emptive and salvage lines begun between the
    failure and the course, or instead of it.
    """

    born_on: date
    sex: str
    diagnosed_on: date | None
    eln_risk: str
    genes: frozenset[str]
    first_line_response: FirstLineResponse
    first_line_regimens: tuple[str, ...]
    failure: MolecularFailure | None
    course: PreemptiveCourse | None
    other_treatments: tuple[str, ...]
    hsct_on: tuple[date, ...]
    haematological_relapse_on: date | None
    died_on: date | None
    research_refused_on: date | None


@dataclass(frozen=True, slots=True)
class CycleGiven:
    """One venetoclax cycle of the course; None where it was not recorded."""

    number: int
    starts_on: date
    ends_on: date
    planned_days: int | None
    given_days: int | None
    dose_mg: int | None
    partner: str
    partner_days: int | None
    cyp3a4: str
    cyp3a4_drug: str
    g_csf: bool | None
    setting: str


@dataclass(frozen=True, slots=True)
class ResponseAt:
    """The response of a tissue after one cycle (A5): `log10_reduction` above 0 is a fall; `is_at_least`: to a limit."""

    cycle: int
    tissue: Tissue
    response: CycleResponse
    on: date | None = None
    reference_pct_abl1: Decimal | None = None
    log10_reduction: Decimal | None = None
    is_at_least: bool = False
    is_minor_response: bool = False
    below_diagnosis: BelowDiagnosis = BelowDiagnosis.NOT_EVALUABLE


@dataclass(frozen=True, slots=True)
class Transplant:
    """An allogeneic transplant."""

    on: date
    donor: str = ""
    conditioning: str = ""
    conditioning_starts_on: date | None = None
    mrd_at_hsct: str = ""


@dataclass(frozen=True, slots=True)
class MutationChange:
    """A mutation found new, persisting or lost at a date after the diagnosis."""

    gene: str
    status: str
    on: date


@dataclass(frozen=True, slots=True)
class Level:
    """One evaluable sample: the level, or, not detected, the limit below which it lies; None: limit unknown."""

    on: date
    tissue: Tissue
    pct_abl1: Decimal | None
    is_detected: bool


@dataclass(frozen=True, slots=True)
class Doubling:
    """The doubling time of the failure's rise in days with its 95 % interval; no high end: it may have been stable."""

    days: float
    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to the patient from the failure on, and before it what a table asks for."""

    cycles: tuple[CycleGiven, ...] = ()
    responses: tuple[ResponseAt, ...] = ()
    after_c1_c2: Mapping[Tissue, CycleResponse] = field(default_factory=dict)
    comparable_by_days: bool = False
    best: Mapping[Tissue, BestResponse] = field(default_factory=dict)
    before_transplant: Mapping[Tissue, ResponseAt] = field(default_factory=dict)
    last_news: Mapping[Tissue, Level] = field(default_factory=dict)
    transplants: tuple[Transplant, ...] = ()
    # All numbered episodes, by their relapse dates; all haematological relapses; the first remission of the disease.
    molecular_relapses_on: tuple[date, ...] = ()
    haematological_relapses_on: tuple[date, ...] = ()
    first_remission_on: date | None = None
    second_molecular_relapse_on: date | None = None
    haematological_relapse_on: date | None = None
    in_remission_at_last_news: bool | None = None
    died_on: date | None = None
    death_cause: str = ""
    last_contact_on: date | None = None
    last_assessment_on: date | None = None
    treatment_ended_on: date | None = None
    next_treatment_on: date | None = None
    not_transplanted_because: str = ""
    mutation_changes: tuple[MutationChange, ...] = ()
    levels: tuple[Level, ...] = ()
    toxicity: ToxicityCase | None = None
    toxicity_by_cycle: Mapping[int, ToxicityCase] = field(default_factory=dict)
    doubling: Doubling | None = None


@dataclass(frozen=True, slots=True)
class CohortPatient:
    """One row of the analysis set."""

    series_id: int
    patient_id: int
    pseudonym: str
    centre: str
    marker: Marker
    ruleset: RuleSetId
    is_synthetic: bool
    selection: Selection
    course: Course
