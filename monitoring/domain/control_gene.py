"""ABL1, the control gene: whether a sample holds enough of it to say anything.

Source: ELN-DAVID 2025 (10,000, optimally 30,000); the floor of 1,000 after routine practice;
docs/methods/sensitivity.md.
"""

from decimal import Decimal
from enum import StrEnum

from monitoring.domain.problems import Gene, Problem, ProblemCode
from monitoring.domain.sample_classes import ABL1_COPIES_FOR_NEGATIVE, ABL1_COPIES_TO_EVALUATE

ABL1_SUFFICIENT = ABL1_COPIES_TO_EVALUATE  # mean copies a well; below, nothing can be said
ABL1_ADEQUATE = ABL1_COPIES_FOR_NEGATIVE  # mean copies a well; below, not detected is no negative; ELN-DAVID 2025
ABL1_OPTIMAL = Decimal(30_000)  # mean copies a well; ELN-DAVID 2025
ABL1_WELLS = 2  # duplicate or triplicate; EAC


class Abl1Adequacy(StrEnum):
    """The bands of the control gene."""

    INSUFFICIENT = "INSUFFICIENT"
    LIMITED = "LIMITED"
    ADEQUATE = "ADEQUATE"
    OPTIMAL = "OPTIMAL"


class ControlGeneMissing(Exception):
    """No valid ABL1 well was given; a result without control gene is no result."""


class ControlGeneInsufficient(Exception):
    """ABL1 is below 1,000 copies; a value or limit would say nothing."""


def abl1_adequacy(abl1_copies: Decimal) -> Abl1Adequacy:
    """Return the band of the mean ABL1 copies a well: below 1,000, 10,000, 30,000, or above."""
    if abl1_copies < ABL1_SUFFICIENT:
        return Abl1Adequacy.INSUFFICIENT
    if abl1_copies < ABL1_ADEQUATE:
        return Abl1Adequacy.LIMITED
    return Abl1Adequacy.ADEQUATE if abl1_copies < ABL1_OPTIMAL else Abl1Adequacy.OPTIMAL


def check_abl1_is_sufficient(abl1_copies: Decimal) -> None:
    """Refuse with ControlGeneInsufficient fewer than 1,000 ABL1 copies."""
    if abl1_adequacy(abl1_copies) is Abl1Adequacy.INSUFFICIENT:
        raise ControlGeneInsufficient(str(abl1_copies))


def assess_abl1_wells(valid: int) -> tuple[Problem, ...]:
    """Return the problem of a control gene measured in one well only; raises ControlGeneMissing for none."""
    if valid == 0:
        raise ControlGeneMissing
    return (Problem(ProblemCode.ABL1_SINGLE_WELL, Gene.ABL1),) if valid < ABL1_WELLS else ()


def assess_abl1(abl1_copies: Decimal) -> tuple[Problem, ...]:
    """Return the problem of an insufficient or limited control gene; the number is the mean copies a well."""
    adequacy = abl1_adequacy(abl1_copies)
    if adequacy is Abl1Adequacy.INSUFFICIENT:
        return (Problem(ProblemCode.ABL1_INSUFFICIENT, Gene.ABL1, abl1_copies),)
    limited = adequacy is Abl1Adequacy.LIMITED
    return (Problem(ProblemCode.ABL1_LIMITED, Gene.ABL1, abl1_copies),) if limited else ()
