"""What ELN 2025 calls a response, at which time points, and why.

Source: Cloos et al., Blood 2026;147:1147, table of molecular response; docs/methods/eln2025_response.md.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.evidence import limit_of
from monitoring.domain.results import Result
from monitoring.domain.rulesets.guideline import Threshold
from monitoring.domain.terms import SampleClass, Tissue


class TimePoint(StrEnum):
    """When ELN 2025 asks for a response, in the order of a patient's way."""

    AFTER_CYCLE_2 = "AFTER_CYCLE_2"
    BEFORE_HSCT = "BEFORE_HSCT"
    END_OF_TREATMENT = "END_OF_TREATMENT"
    FOLLOW_UP = "FOLLOW_UP"


class Category(StrEnum):
    """What ELN 2025 calls the response. RELAPSE_LEVEL: a level from which a relapse is called, if the rules agree."""

    OPTIMAL = "OPTIMAL"
    WARNING = "WARNING"
    HIGH_RISK = "HIGH_RISK"
    RELAPSE_LEVEL = "RELAPSE_LEVEL"
    NOT_EVALUABLE = "NOT_EVALUABLE"


class Reason(StrEnum):
    """Why a category, or why none."""

    NEGATIVE = "NEGATIVE"
    BELOW_LEVEL = "BELOW_LEVEL"
    UNQUANTIFIED = "UNQUANTIFIED"
    FROM_LEVEL = "FROM_LEVEL"
    CONVERTED = "CONVERTED"
    FELL_ENOUGH = "FELL_ENOUGH"
    FELL_TOO_LITTLE = "FELL_TOO_LITTLE"
    NO_SAMPLE = "NO_SAMPLE"
    NOT_YET = "NOT_YET"
    INERT = "INERT"
    OTHER_TISSUE = "OTHER_TISSUE"
    NO_BASELINE = "NO_BASELINE"
    NO_FALL_KNOWN = "NO_FALL_KNOWN"
    NO_CATEGORY = "NO_CATEGORY"
    NO_END_OF_TREATMENT = "NO_END_OF_TREATMENT"
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"


@dataclass(frozen=True, slots=True)
class ResponseAt:
    """The response at one time point, with the sample that gave it.

    `limit_pct_abl1` is that of a sample without a value; `threshold` what it was compared with; `log10_reduction` the
    fall since diagnosis, for people to read, at least this where the sample is below quantification.
    """

    time_point: TimePoint
    tissue: Tissue
    category: Category
    reason: Reason
    result: Result | None = None
    sample_class: SampleClass | None = None
    threshold: Threshold | None = None
    log10_reduction: Decimal | None = None
    hsct_urgently_indicated: bool = False

    @property
    def limit_pct_abl1(self) -> Decimal | None:
        """The limit of the sample in per cent of ABL1; None where it has a value, or no limit is known."""
        return limit_of(self.result) if self.result is not None and self.result.pct_abl1 is None else None
