"""What a person or the laboratory's settings say about a run beside its file: assays, samples, exclusions.

Source: docs/methods/runs.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from monitoring.domain.assay import AssaySettings
from monitoring.domain.delta_cq import DELTA_CQ_SLOPE
from monitoring.domain.plate import WellRole
from monitoring.domain.problems import Problem, ProblemCode
from monitoring.domain.standard_curve import StandardCurve
from monitoring.domain.terms import Marker, Tissue

HOURS_TO_LYSIS = Decimal(72)  # hours from the needle to lysis; beyond, RNA may have decayed: a caution, no other class
ANY_CONTROL = ""  # a range that holds for every positive control of the target


class ExclusionWithoutReason(Exception):
    """A well was left out and nobody said why."""


class ControlRangeRefused(Exception):
    """A laboratory's standard deviation of its positive control is not above 0, or its mean is no number of cycles."""


class DeltaCqSlopeRefused(Exception):
    """The slope for differences of Cq is not below 0."""


@dataclass(frozen=True, slots=True)
class ControlRange:
    """Mean and standard deviation of a positive control in this laboratory, in cycles."""

    mean_cq: Decimal
    sd_cq: Decimal

    def __post_init__(self) -> None:
        if not (self.mean_cq.is_finite() and self.sd_cq.is_finite() and self.sd_cq > 0):
            raise ControlRangeRefused(f"{self.mean_cq} {self.sd_cq}")


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """How one target of the run is measured, and by what it is judged.

    `stored_curve` serves only where the run holds no standards of the target; `by_delta_cq` only where neither is
    there, with a slope in cycles per log10. `standard_copies` are the copies of standards (by sample name) that the
    file does not tell. Raises DeltaCqSlopeRefused.
    """

    assay: AssaySettings = field(default_factory=AssaySettings)
    marker: Marker | None = None
    stored_curve: StandardCurve | None = None
    standard_copies: Mapping[str, Decimal] = field(default_factory=dict)
    positive_controls: Mapping[str, ControlRange] = field(default_factory=dict)
    by_delta_cq: bool = False
    delta_cq_slope: Decimal = DELTA_CQ_SLOPE

    def __post_init__(self) -> None:
        if not self.delta_cq_slope.is_finite() or self.delta_cq_slope >= 0:
            raise DeltaCqSlopeRefused(str(self.delta_cq_slope))

    def range_of(self, control: str) -> ControlRange | None:
        """Return the laboratory's range of a positive control by its name, or of any, or None."""
        return self.positive_controls.get(control) or self.positive_controls.get(ANY_CONTROL)


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What is known of a sample and its patient; levels of diagnosis by target.

    `mutation_types` says the type by target where a patient is followed for several markers; `mutation_type` is that
    of every other target.
    """

    mutation_type: str | None = None
    tissue: Tissue | None = None
    hours_to_lysis: Decimal | None = None
    diagnosis_delta_cq: Mapping[str, Decimal] = field(default_factory=dict)
    diagnosis_pct_abl1: Mapping[str, Decimal] = field(default_factory=dict)
    mutation_types: Mapping[str, str | None] = field(default_factory=dict)

    def mutation_type_for(self, target: str) -> str | None:
        """Return the mutation type of the patient in the marker that a target measures, None where it is not known."""
        return self.mutation_types.get(target, self.mutation_type)

    def problems(self) -> tuple[Problem, ...]:
        """Return the caution about a sample that waited more than 72 hours for lysis."""
        if self.hours_to_lysis is None or self.hours_to_lysis <= HOURS_TO_LYSIS:
            return ()
        return (Problem(ProblemCode.LYSED_LATE, None, self.hours_to_lysis),)


NOTHING_KNOWN = SampleFacts()
DEFAULT_TARGET = TargetPlan()

WellAndTarget = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Everything beside the file; the empty plan takes EAC's settings and finds ABL1 and the controls by name.

    `roles` is what a person says of a sample name; it changes everything but a standard. `exclusions` gives the
    reason by (well, target); `otherwise` is how targets are measured that `targets` does not name. Raises
    ExclusionWithoutReason.
    """

    control_gene: str | None = None
    targets: Mapping[str, TargetPlan] = field(default_factory=dict)
    samples: Mapping[str, SampleFacts] = field(default_factory=dict)
    roles: Mapping[str, WellRole] = field(default_factory=dict)
    exclusions: Mapping[WellAndTarget, str] = field(default_factory=dict)
    not_used: frozenset[str] = frozenset()
    otherwise: TargetPlan = DEFAULT_TARGET

    def __post_init__(self) -> None:
        for (well, target), reason in self.exclusions.items():
            if not reason.strip():
                raise ExclusionWithoutReason(f"{well} {target}")

    def of_target(self, target: str) -> TargetPlan:
        """Return how a target is measured: as every target of which nothing is said."""
        return self.targets.get(target, self.otherwise)

    def of_sample(self, sample: str) -> SampleFacts:
        """Return what is known of a sample."""
        return self.samples.get(sample, NOTHING_KNOWN)


DEFAULT_PLAN = RunPlan()
