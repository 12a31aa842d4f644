"""What a trajectory is drawn from, beside the verdict: the series and what stands around it on the time axis."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.series import Series
from monitoring.domain.terms import RuleSetId, Tissue


class Scale(StrEnum):
    """A scale of the vertical axis; two of them need the diagnosis sample of the same tissue."""

    PCT_ABL1 = "PCT_ABL1"
    PCT_BASELINE = "PCT_BASELINE"
    PER_1E5_ABL1 = "PER_1E5_ABL1"
    LOG10_REDUCTION = "LOG10_REDUCTION"


class EventKind(StrEnum):
    """What a vertical line of the figure stands for."""

    HSCT = "HSCT"
    DLI = "DLI"
    GVHD = "GVHD"
    REMISSION = "REMISSION"
    TREATMENT = "TREATMENT"
    END_OF_TREATMENT = "END_OF_TREATMENT"
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"
    MUTATION_GAINED = "MUTATION_GAINED"
    MUTATION_LOST = "MUTATION_LOST"
    MUTATION_PERSISTENT = "MUTATION_PERSISTENT"
    DEATH = "DEATH"


@dataclass(frozen=True, slots=True)
class DiagnosisSample:
    """The diagnosis sample of one tissue; its value is the series' baseline of that tissue."""

    tissue: Tissue
    collected_on: date
    id: str = ""
    abl1_copies: Decimal | None = None
    assay_key: str | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """One venetoclax cycle: both days included, dose in mg a day, days of venetoclax planned and given."""

    number: int
    starts_on: date
    ends_on: date
    dose_mg: int | None = None
    planned_days: int | None = None
    given_days: int | None = None
    partner: str = ""
    partner_dose_mg_m2: Decimal | None = None
    partner_days: int | None = None


@dataclass(frozen=True, slots=True)
class OtherTreatment:
    """Treatment drawn as a bar above the curve; the regimen is written as it was recorded."""

    regimen: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class ClinicalEvent:
    """An event on a day; `detail` is written as it was recorded (donor, gene, regimen)."""

    kind: EventKind
    on: date
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A mutation gained, lost or persistent on a day; `variant` as it was recorded, `vaf_pct` in per cent."""

    kind: EventKind
    on: date
    gene: str
    variant: str = ""
    vaf_pct: Decimal | None = None

    @property
    def name(self) -> str:
        """Gene and variant."""
        return f"{self.gene} {self.variant}".strip()


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level that a rule set names, in the scale in which its guideline gives it.

    `code` is POSITIVE (where that class begins) or WAIVER (from where one sample suffices).
    """

    ruleset: RuleSetId
    tissue: Tissue
    code: str
    scale: Scale
    value: Decimal


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """The fitted level on a day and its 95 % interval, in per cent of ABL1."""

    on: date
    pct_abl1: Decimal
    low_pct_abl1: Decimal
    high_pct_abl1: Decimal


@dataclass(frozen=True, slots=True)
class Crossing:
    """The day on which the fitted line reaches a level (per cent of ABL1), with its 95 % interval."""

    pct_abl1: Decimal
    on: date
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Fitted growth of one tissue, from the first day of the fit on; doubling times in days with 95 % interval."""

    tissue: Tissue
    points: tuple[ForecastPoint, ...]
    crossings: tuple[Crossing, ...] = ()
    doubling_days: Decimal | None = None
    doubling_days_low: Decimal | None = None
    doubling_days_high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TrajectoryInputs:
    """All that one figure shows. `remarks` adds codes to single results (constructed values, for instance)."""

    series: Series
    diagnosed_on: date | None = None
    diagnosis_samples: tuple[DiagnosisSample, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    treatments: tuple[OtherTreatment, ...] = ()
    events: tuple[ClinicalEvent, ...] = ()
    findings: tuple[Finding, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    forecast: Forecast | None = None
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
