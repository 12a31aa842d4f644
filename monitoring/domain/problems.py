"""What can be wrong with a run, a curve or the wells of a sample: codes and numbers, never sentences.

Source: docs/methods/quantification.md.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Severity(StrEnum):
    """WARNS: shown beside the value. REPEAT: run the wells again. FAILS: the sample is not evaluable."""

    WARNS = "WARNS"
    REPEAT = "REPEAT"
    FAILS = "FAILS"


class Gene(StrEnum):
    """Which of the two reactions of a sample a problem concerns."""

    TARGET = "TARGET"
    ABL1 = "ABL1"


class ProblemCode(StrEnum):
    """Everything that quality control can find."""

    # standard curve
    TOO_FEW_DILUTIONS = "TOO_FEW_DILUTIONS"
    CURVE_NOT_FALLING = "CURVE_NOT_FALLING"
    SLOPE_TOO_STEEP = "SLOPE_TOO_STEEP"
    SLOPE_TOO_SHALLOW = "SLOPE_TOO_SHALLOW"
    R2_TOO_LOW = "R2_TOO_LOW"
    R2_LOW = "R2_LOW"
    R2_UNKNOWN = "R2_UNKNOWN"
    SINGLE_STANDARD_WELLS = "SINGLE_STANDARD_WELLS"
    STANDARD_UNDETERMINED = "STANDARD_UNDETERMINED"
    ABOVE_HIGHEST_STANDARD = "ABOVE_HIGHEST_STANDARD"
    NO_STANDARDS = "NO_STANDARDS"
    STANDARD_WITHOUT_COPIES = "STANDARD_WITHOUT_COPIES"
    STORED_CURVE_USED = "STORED_CURVE_USED"
    CURVE_DIFFERS_FROM_PRINTED = "CURVE_DIFFERS_FROM_PRINTED"
    # without standards
    RELATIVE_TO_DIAGNOSIS_ONLY = "RELATIVE_TO_DIAGNOSIS_ONLY"
    DIAGNOSIS_DELTA_CQ_UNKNOWN = "DIAGNOSIS_DELTA_CQ_UNKNOWN"
    ABL1_CQ_LATE = "ABL1_CQ_LATE"
    # controls of the run
    NEGATIVE_CONTROL_POSITIVE = "NEGATIVE_CONTROL_POSITIVE"
    EXTRACTION_BLANK_POSITIVE = "EXTRACTION_BLANK_POSITIVE"
    WILD_TYPE_ABOVE_BLANK = "WILD_TYPE_ABOVE_BLANK"
    WILD_TYPE_WITHOUT_ABL1 = "WILD_TYPE_WITHOUT_ABL1"
    POSITIVE_CONTROL_NEGATIVE = "POSITIVE_CONTROL_NEGATIVE"
    POSITIVE_CONTROL_OUTSIDE_3_SD = "POSITIVE_CONTROL_OUTSIDE_3_SD"
    POSITIVE_CONTROL_OUTSIDE_2_SD = "POSITIVE_CONTROL_OUTSIDE_2_SD"
    NO_TEMPLATE_MISSING = "NO_TEMPLATE_MISSING"
    # the run as a whole
    CONTROL_GENE_NOT_FOUND = "CONTROL_GENE_NOT_FOUND"
    CONTROL_GENE_AMBIGUOUS = "CONTROL_GENE_AMBIGUOUS"
    ROLE_BY_NAME = "ROLE_BY_NAME"
    SAMPLE_NOT_NAMED = "SAMPLE_NOT_NAMED"
    EXCLUSION_WITHOUT_WELL = "EXCLUSION_WITHOUT_WELL"
    # assay and patient
    MUTATION_TYPE_NOT_COVERED = "MUTATION_TYPE_NOT_COVERED"
    MUTATION_TYPE_UNKNOWN = "MUTATION_TYPE_UNKNOWN"
    # wells of the sample
    NO_VALID_WELL = "NO_VALID_WELL"
    ONE_VALID_WELL = "ONE_VALID_WELL"
    CQ_SPREAD_WIDE = "CQ_SPREAD_WIDE"
    CQ_SPREAD_TOO_WIDE = "CQ_SPREAD_TOO_WIDE"
    UNDETERMINED_BESIDE_STRONG = "UNDETERMINED_BESIDE_STRONG"
    BELOW_QUANTIFICATION = "BELOW_QUANTIFICATION"
    OUTLIER_DROPPABLE = "OUTLIER_DROPPABLE"
    TARGET_SEEN = "TARGET_SEEN"
    LYSED_LATE = "LYSED_LATE"
    ABL1_NOT_MEASURED = "ABL1_NOT_MEASURED"
    ABL1_NOT_AMPLIFIED = "ABL1_NOT_AMPLIFIED"
    ABL1_SINGLE_WELL = "ABL1_SINGLE_WELL"
    ABL1_LIMITED = "ABL1_LIMITED"
    ABL1_INSUFFICIENT = "ABL1_INSUFFICIENT"


_FAILS = frozenset(
    {
        ProblemCode.TOO_FEW_DILUTIONS,
        ProblemCode.CURVE_NOT_FALLING,
        ProblemCode.SLOPE_TOO_STEEP,
        ProblemCode.SLOPE_TOO_SHALLOW,
        ProblemCode.R2_TOO_LOW,
        ProblemCode.NO_STANDARDS,
        ProblemCode.NEGATIVE_CONTROL_POSITIVE,
        ProblemCode.EXTRACTION_BLANK_POSITIVE,
        ProblemCode.WILD_TYPE_ABOVE_BLANK,
        ProblemCode.POSITIVE_CONTROL_NEGATIVE,
        ProblemCode.POSITIVE_CONTROL_OUTSIDE_3_SD,
        ProblemCode.CONTROL_GENE_NOT_FOUND,
        ProblemCode.CONTROL_GENE_AMBIGUOUS,
        ProblemCode.MUTATION_TYPE_NOT_COVERED,
        ProblemCode.NO_VALID_WELL,
        ProblemCode.ONE_VALID_WELL,
        ProblemCode.ABL1_NOT_MEASURED,
        ProblemCode.ABL1_NOT_AMPLIFIED,
    }
)
_REPEAT = frozenset(
    {
        ProblemCode.CQ_SPREAD_TOO_WIDE,
        ProblemCode.UNDETERMINED_BESIDE_STRONG,
        ProblemCode.TARGET_SEEN,
        ProblemCode.ABL1_CQ_LATE,
        ProblemCode.ABL1_INSUFFICIENT,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of quality control: what, of which gene, and the number found (slope, R2, Cq or copies)."""

    code: ProblemCode
    gene: Gene | None = None
    found: Decimal | None = None

    @property
    def severity(self) -> Severity:
        """How much the finding weighs."""
        if self.code in _FAILS:
            return Severity.FAILS
        return Severity.REPEAT if self.code in _REPEAT else Severity.WARNS


def any_fails(problems: tuple[Problem, ...]) -> bool:
    """Say whether one of the problems makes the sample not evaluable."""
    return any(problem.severity is Severity.FAILS for problem in problems)
