"""From the wells of one sample to its result: call, per cent of ABL1, limits of this very sample, problems.

Three ways in, one way out: Cq with standard curves, copies well by well, or mean copies with a stated call.
Source: EAC, Gabert et al., Leukemia 2003;17:2318; ELN-DAVID 2025; docs/methods/quantification.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from monitoring.domain.assay import AssaySettings, BelowQuantification, assess_mutation_type
from monitoring.domain.control_gene import Abl1Adequacy, abl1_adequacy, assess_abl1, assess_abl1_wells
from monitoring.domain.copies import MeanCopies, check_is_countable, mean_copies, mean_of_counted, pct_of
from monitoring.domain.problems import Gene, Problem, ProblemCode, any_fails
from monitoring.domain.replicates import (
    ReplicateCall,
    Well,
    assess_count,
    assess_spread,
    call_replicates,
    call_wells,
)
from monitoring.domain.sensitivity import limit_pct_abl1
from monitoring.domain.standard_curve import NoCurve, StandardCurve, assess_curve
from monitoring.domain.terms import Call

DEFAULT_ASSAY = AssaySettings()


class CallContradictsCopies(Exception):
    """A call was stated that the copies beside it deny: not detected with copies, or detected with none."""


@dataclass(frozen=True, slots=True)
class Quantification:
    """The result of one sample; `pct_abl1` is there only with DETECTED, and below quantification by setting.

    `extrapolated_pct_abl1` is the value below the limit of quantification, for plotting. Copies are means a
    well; wells are those of the target (None where only means were given).
    """

    call: Call
    pct_abl1: Decimal | None
    extrapolated_pct_abl1: Decimal | None
    target_copies: Decimal | None
    abl1_copies: Decimal | None
    lod_pct_abl1: Decimal | None
    loq_pct_abl1: Decimal | None
    positive_wells: int | None
    valid_wells: int | None
    problems: tuple[Problem, ...]

    @property
    def abl1_adequacy(self) -> Abl1Adequacy | None:
        """The band of the control gene; None where its curve failed and no copies are known."""
        return None if self.abl1_copies is None else abl1_adequacy(self.abl1_copies)


@dataclass(frozen=True, slots=True)
class _Measured:
    call: Call
    target: MeanCopies | None
    abl1: MeanCopies | None
    problems: tuple[Problem, ...]
    wells: ReplicateCall | None = None


def quantify_cq(
    *,
    target_wells: Sequence[Well],
    abl1_wells: Sequence[Well],
    target_curve: StandardCurve | NoCurve,
    abl1_curve: StandardCurve | NoCurve,
    assay: AssaySettings = DEFAULT_ASSAY,
    abl1_assay: AssaySettings | None = None,
    patient_mutation_type: str | None = None,
    run_problems: Sequence[Problem] = (),
) -> Quantification:
    """Return the result of a sample from its Cq (cycles) and the curves of its run.

    `abl1_assay` is the setting of the control gene, that of the target where none is given; `run_problems` are
    those of the run's controls. Raises ControlGeneMissing without a valid ABL1 well.
    """
    abl1_assay = abl1_assay or assay
    control_problems = assess_abl1_wells(sum(well.is_valid for well in abl1_wells))
    abl1_curve_problems = _curve_problems(abl1_curve, abl1_assay, Gene.ABL1)
    target = _target_by_curve(target_wells, target_curve, assay, patient_mutation_type)
    problems = (
        *run_problems,
        *target.problems,
        *abl1_curve_problems,
        *control_problems,
        *assess_spread(abl1_wells, Gene.ABL1, abl1_assay.cq_cutoff),
    )
    abl1 = _mean_by_curve(abl1_wells, abl1_curve, abl1_curve_problems, abl1_assay)
    return _result(replace(target, abl1=abl1, problems=problems), assay)


def quantify_without_abl1(
    *,
    target_wells: Sequence[Well],
    target_curve: StandardCurve | NoCurve,
    assay: AssaySettings = DEFAULT_ASSAY,
    patient_mutation_type: str | None = None,
    run_problems: Sequence[Problem] = (),
) -> Quantification:
    """Return what a sample without a valid ABL1 well shows: not evaluable, the copies of its target kept."""
    target = _target_by_curve(target_wells, target_curve, assay, patient_mutation_type)
    missing = Problem(ProblemCode.ABL1_NOT_MEASURED, Gene.ABL1)
    return _result(replace(target, problems=(*run_problems, *target.problems, missing)), assay)


def quantify_copies(
    *,
    target_copies_by_well: Sequence[Decimal],
    abl1_copies_by_well: Sequence[Decimal],
    assay: AssaySettings = DEFAULT_ASSAY,
    patient_mutation_type: str | None = None,
    run_problems: Sequence[Problem] = (),
) -> Quantification:
    """Return the result of a sample from the copies of its wells, 0 for a negative well.

    Raises ControlGeneMissing without an ABL1 well, CopiesNotCountable for NaN, infinity and negative numbers.
    """
    control_problems = assess_abl1_wells(len(abl1_copies_by_well))
    target = mean_of_counted(target_copies_by_well, assay.undetermined) if target_copies_by_well else None
    abl1 = mean_of_counted(abl1_copies_by_well, assay.undetermined)
    positive, valid = sum(copies > 0 for copies in target_copies_by_well), len(target_copies_by_well)
    wells = ReplicateCall(call_wells(positive, valid), positive, valid)
    problems = (
        *run_problems,
        *assess_mutation_type(assay, patient_mutation_type),
        *assess_count(valid, Gene.TARGET),
        *control_problems,
    )
    return _result(_Measured(wells.call, target, abl1, problems, wells), assay)


def quantify_mean_copies(
    *,
    call: Call,
    target_copies: Decimal | None,
    abl1_copies: Decimal,
    assay: AssaySettings = DEFAULT_ASSAY,
    patient_mutation_type: str | None = None,
    run_problems: Sequence[Problem] = (),
) -> Quantification:
    """Return the result of a sample from mean copies a well and the call its laboratory made of the wells.

    Without target copies a DETECTED sample is one below quantification. Raises CallContradictsCopies and
    CopiesNotCountable.
    """
    check_is_countable(abl1_copies)
    _check_call_agrees(call, target_copies)
    target = MeanCopies(target_copies, 1) if target_copies is not None else None
    problems = (*run_problems, *assess_mutation_type(assay, patient_mutation_type))
    return _result(_Measured(call, target, MeanCopies(abl1_copies, 1), problems), assay)


def _target_by_curve(
    wells: Sequence[Well], curve: StandardCurve | NoCurve, assay: AssaySettings, patient_mutation_type: str | None
) -> _Measured:
    """Call, mean copies and findings of the target alone."""
    curve_problems = _curve_problems(curve, assay, Gene.TARGET)
    called = call_replicates(wells, assay.cq_cutoff)
    target = _mean_by_curve(wells, curve, curve_problems, assay)
    problems = (
        *assess_mutation_type(assay, patient_mutation_type),
        *curve_problems,
        *assess_count(called.valid_wells, Gene.TARGET),
        *assess_spread(wells, Gene.TARGET, assay.cq_cutoff),
        *_above_highest_standard(target, curve),
    )
    return _Measured(called.call, target, None, problems, called)


def _curve_problems(curve: StandardCurve | NoCurve, assay: AssaySettings, gene: Gene) -> tuple[Problem, ...]:
    return (curve.problem,) if isinstance(curve, NoCurve) else assess_curve(curve, assay.curve_limits, gene)


def _check_call_agrees(call: Call, target_copies: Decimal | None) -> None:
    if target_copies is None:
        return
    check_is_countable(target_copies)
    seen = target_copies > 0
    if (call is Call.DETECTED and not seen) or (call is Call.NOT_DETECTED and seen):
        raise CallContradictsCopies(f"{call.value} {target_copies}")


def _mean_by_curve(
    wells: Sequence[Well], curve: StandardCurve | NoCurve, problems: tuple[Problem, ...], assay: AssaySettings
) -> MeanCopies | None:
    """No copies by a curve that failed, none without a valid well."""
    if isinstance(curve, NoCurve) or any_fails(problems) or not any(well.is_valid for well in wells):
        return None
    return mean_copies(wells, curve, assay.undetermined, assay.cq_cutoff)


def _above_highest_standard(target: MeanCopies | None, curve: StandardCurve | NoCurve) -> tuple[Problem, ...]:
    if isinstance(curve, NoCurve):
        return ()
    standards = [well.copies for well in curve.wells if well.cq is not None]
    if target is None or not standards or target.per_well <= max(standards):
        return ()
    return (Problem(ProblemCode.ABOVE_HIGHEST_STANDARD, Gene.TARGET, target.per_well),)


def _result(measured: _Measured, assay: AssaySettings) -> Quantification:
    call = Call.NOT_EVALUABLE if any_fails(measured.problems) else measured.call
    abl1 = measured.abl1
    countable = abl1 if abl1 is not None and abl1.total > 0 else None
    value, below = _value(call, measured.target, countable, assay)
    unquantified = call is Call.DETECTED and value is None and countable is not None
    return Quantification(
        call=call,
        pct_abl1=value,
        extrapolated_pct_abl1=below,
        target_copies=None if measured.target is None else measured.target.per_well,
        abl1_copies=None if abl1 is None else abl1.per_well,
        lod_pct_abl1=None if countable is None else limit_pct_abl1(assay.lod_copies, countable),
        loq_pct_abl1=None if countable is None else limit_pct_abl1(assay.loq_copies, countable),
        positive_wells=None if measured.wells is None else measured.wells.positive_wells,
        valid_wells=None if measured.wells is None else measured.wells.valid_wells,
        problems=(
            *measured.problems,
            *(() if abl1 is None else assess_abl1(abl1.per_well)),
            *((Problem(ProblemCode.BELOW_QUANTIFICATION, Gene.TARGET),) if unquantified or below is not None else ()),
        ),
    )


def _value(
    call: Call, target: MeanCopies | None, abl1: MeanCopies | None, assay: AssaySettings
) -> tuple[Decimal | None, Decimal | None]:
    """The reported value and the extrapolated one, in per cent of ABL1."""
    if call is not Call.DETECTED or target is None or abl1 is None:
        return None, None
    pct = pct_of(target, abl1)
    if target.per_well >= assay.loq_copies:
        return pct, None
    return (None if assay.below_quantification is BelowQuantification.WITHOUT_VALUE else pct), pct
