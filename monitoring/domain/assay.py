"""How a laboratory has set up an assay; every default is the guideline's or EAC's.

Source: docs/methods/quantification.md.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.copies import UndeterminedWells
from monitoring.domain.problems import Gene, Problem, ProblemCode
from monitoring.domain.replicates import CQ_CUTOFF
from monitoring.domain.sensitivity import LOD_COPIES, LOQ_COPIES
from monitoring.domain.standard_curve import CurveLimits


class BelowQuantification(StrEnum):
    """What is reported of a detected sample with mean copies below the limit of quantification."""

    WITHOUT_VALUE = "WITHOUT_VALUE"  # "< limit, positive"; the extrapolated value is kept for plotting
    WITH_VALUE = "WITH_VALUE"


class AssaySettingsRefused(Exception):
    """A setting of an assay is not a positive number (a limit of blank may be 0)."""


@dataclass(frozen=True, slots=True)
class AssaySettings:
    """Cut-off in cycles, limits in copies a well, mutation types the primers were made for (empty: all).

    `limit_of_blank` is what wild-type cDNA may show; where none was established any well that amplifies is too much.
    """

    cq_cutoff: Decimal = CQ_CUTOFF
    undetermined: UndeterminedWells = UndeterminedWells.AS_ZERO
    lod_copies: Decimal = LOD_COPIES
    loq_copies: Decimal = LOQ_COPIES
    below_quantification: BelowQuantification = BelowQuantification.WITHOUT_VALUE
    curve_limits: CurveLimits = field(default_factory=CurveLimits)
    mutation_types: frozenset[str] = frozenset()
    limit_of_blank: Decimal | None = None

    def __post_init__(self) -> None:
        for setting in (self.cq_cutoff, self.lod_copies, self.loq_copies):
            if not setting.is_finite() or setting <= 0:
                raise AssaySettingsRefused(str(setting))
        blank = self.limit_of_blank
        if blank is not None and (not blank.is_finite() or blank < 0):
            raise AssaySettingsRefused(str(blank))


def assess_mutation_type(assay: AssaySettings, patient_type: str | None) -> tuple[Problem, ...]:
    """Return the problem of an assay made for other mutation types: its "not detected" means nothing."""
    if not assay.mutation_types or patient_type in assay.mutation_types:
        return ()
    code = ProblemCode.MUTATION_TYPE_UNKNOWN if patient_type is None else ProblemCode.MUTATION_TYPE_NOT_COVERED
    return (Problem(code, Gene.TARGET),)
