"""Grades by CTCAE 5.0, computed from what was measured and never typed.

Source: National Cancer Institute, Common Terminology Criteria for Adverse Events, version 5.0, 2017;
docs/methods/toxicity.md (B 5.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum

# Lower limits of normal, to be set to those of the laboratory; Dacie and Lewis, Practical Haematology, 12th edition
NEUTROPHILS_LLN = Decimal("2.0")  # x 10^9/L
PLATELETS_LLN = Decimal(150)  # x 10^9/L
HAEMOGLOBIN_LLN_FEMALE = Decimal(12)  # g/dL; WHO 2011
HAEMOGLOBIN_LLN_MALE = Decimal(13)  # g/dL; WHO 2011

FEVER_ONCE_C = Decimal("38.3")  # degrees Celsius; above it one reading suffices
FEVER_SUSTAINED_C = Decimal("38.0")  # degrees Celsius; at or above it for more than an hour
FEBRILE_NEUTROPHILS_BELOW = Decimal("1.0")  # x 10^9/L


class Lineage(StrEnum):
    """What was counted: neutrophils and platelets in 10^9/L, haemoglobin in g/dL."""

    NEUTROPHILS = "NEUTROPHILS"
    PLATELETS = "PLATELETS"
    HAEMOGLOBIN = "HAEMOGLOBIN"


class Grade(IntEnum):
    """A grade by CTCAE; 0 is within normal limits."""

    NONE = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3
    LIFE_THREATENING = 4
    DEATH = 5


# A value below the border has at least this grade; the border itself belongs to the milder one.
BORDERS: Mapping[Lineage, tuple[tuple[Decimal, Grade], ...]] = {
    Lineage.NEUTROPHILS: (
        (Decimal("0.5"), Grade.LIFE_THREATENING),
        (Decimal("1.0"), Grade.SEVERE),
        (Decimal("1.5"), Grade.MODERATE),
    ),
    Lineage.PLATELETS: (
        (Decimal(25), Grade.LIFE_THREATENING),
        (Decimal(50), Grade.SEVERE),
        (Decimal(75), Grade.MODERATE),
    ),
    # grade 4 of anaemia is a matter of consequences, not of a number
    Lineage.HAEMOGLOBIN: ((Decimal(8), Grade.SEVERE), (Decimal(10), Grade.MODERATE)),
}


class FebrileCriterion(StrEnum):
    """Whether count and temperature make a febrile neutropenia; NOT_KNOWN where either is missing."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    NOT_KNOWN = "NOT_KNOWN"


class GradeAgreement(StrEnum):
    """How a typed grade of febrile neutropenia stands to count and temperature."""

    AGREES = "AGREES"
    TOO_LOW = "TOO_LOW"
    CRITERION_NOT_MET = "CRITERION_NOT_MET"
    NOT_KNOWN = "NOT_KNOWN"


class NotACount(Exception):
    """A count that is negative or not finite has no grade."""


@dataclass(frozen=True, slots=True)
class LowerLimits:
    """Lower limits of normal of a laboratory for one person."""

    neutrophils: Decimal = NEUTROPHILS_LLN
    platelets: Decimal = PLATELETS_LLN
    haemoglobin: Decimal = HAEMOGLOBIN_LLN_FEMALE

    def of(self, lineage: Lineage) -> Decimal:
        """Return the limit of a lineage."""
        limits = {Lineage.NEUTROPHILS: self.neutrophils, Lineage.PLATELETS: self.platelets}
        return limits.get(lineage, self.haemoglobin)


NORMAL = LowerLimits()
NORMAL_MALE = LowerLimits(haemoglobin=HAEMOGLOBIN_LLN_MALE)


def grade_of(lineage: Lineage, value: Decimal, limits: LowerLimits = NORMAL) -> Grade:
    """Return the grade of a count (10^9/L; haemoglobin g/dL) by CTCAE 5.0; raises NotACount."""
    if not value.is_finite() or value < 0:
        raise NotACount(str(value))
    for border, grade in BORDERS[lineage]:
        if value < border:
            return grade
    return Grade.MILD if value < limits.of(lineage) else Grade.NONE


def febrile_criterion(
    neutrophils: Decimal | None, temperature_c: Decimal | None, sustained_over_an_hour: bool | None
) -> FebrileCriterion:
    """Return whether neutrophils < 1.0 x 10^9/L met > 38.3 C once, or >= 38.0 C for more than an hour."""
    counted = FebrileCriterion.NOT_KNOWN if neutrophils is None else _met(neutrophils < FEBRILE_NEUTROPHILS_BELOW)
    fever = _fever(temperature_c, sustained_over_an_hour)
    if FebrileCriterion.NOT_MET in (counted, fever):
        return FebrileCriterion.NOT_MET
    return FebrileCriterion.MET if counted is fever is FebrileCriterion.MET else FebrileCriterion.NOT_KNOWN


def compare_febrile_grade(criterion: FebrileCriterion, typed: int) -> GradeAgreement:
    """Compare a typed grade: the criterion makes grade 3; 4 and 5 are what came of it, which a person judges."""
    if criterion is FebrileCriterion.NOT_KNOWN:
        return GradeAgreement.NOT_KNOWN
    if criterion is FebrileCriterion.NOT_MET:
        return GradeAgreement.CRITERION_NOT_MET
    return GradeAgreement.AGREES if typed >= Grade.SEVERE else GradeAgreement.TOO_LOW


def _met(is_met: bool) -> FebrileCriterion:
    return FebrileCriterion.MET if is_met else FebrileCriterion.NOT_MET


def _fever(temperature_c: Decimal | None, sustained: bool | None) -> FebrileCriterion:
    if temperature_c is None:
        return FebrileCriterion.NOT_KNOWN
    if temperature_c > FEVER_ONCE_C:
        return FebrileCriterion.MET
    if temperature_c < FEVER_SUSTAINED_C:
        return FebrileCriterion.NOT_MET
    return FebrileCriterion.NOT_KNOWN if sustained is None else _met(sustained)
