"""What a laboratory hands over for one sample, and the result that follows from it.

Four forms: the copies of each well; the Cq of each well with the curves of its run; what a run of the instrument gave,
quantified with all its controls; or a value that was computed elsewhere, which never comes without its scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from monitoring.domain.assay import AssaySettings, assess_mutation_type
from monitoring.domain.control_gene import assess_abl1
from monitoring.domain.copies import MeanCopies, check_is_countable, copies_of_cq
from monitoring.domain.problems import any_fails
from monitoring.domain.quantification import Quantification, quantify_copies, quantify_cq
from monitoring.domain.replicates import wells_of
from monitoring.domain.sensitivity import limit_pct_abl1
from monitoring.domain.standard_curve import StandardCurve
from monitoring.domain.terms import Call, Tissue
from monitoring.domain.units import Scale, ScaleMissing, to_pct_abl1


@dataclass(frozen=True, slots=True)
class CopiesReading:
    """Copies of each valid well, 0 where nothing amplified."""

    target_copies_by_well: tuple[Decimal, ...]
    abl1_copies_by_well: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class ReportedReading:
    """A call with, where detected and quantified, a value on its scale; ABL1 copies and limits where they were told.

    Limits are in per cent of ABL1: of detection, and of quantification, below which a detected sample has no value.
    """

    call: Call
    value: Decimal | None = None
    scale: Scale | None = None
    abl1_copies: Decimal | None = None
    lod_pct_abl1: Decimal | None = None
    loq_pct_abl1: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CqReading:
    """Cq of each valid well in cycles, None where nothing amplified, with the curve of each gene as it was typed."""

    target_wells: tuple[Decimal | None, ...]
    abl1_wells: tuple[Decimal | None, ...]
    target_curve: StandardCurve
    abl1_curve: StandardCurve


@dataclass(frozen=True, slots=True)
class WellRead:
    """One well as it is kept: its Cq where it was told, and its copies, 0 for a negative one.

    Copies are None where no curve could be used. `plate_well` and `left_out_because` are those of a run.
    """

    cq: Decimal | None
    copies: Decimal | None
    plate_well: str = ""
    left_out_because: str = ""


@dataclass(frozen=True, slots=True)
class RunReading:
    """What a run gave for one sample and assay: the result with curves and controls of the run, and every well of it.

    `run_id` names the run; `pct_baseline` is the level in per cent of diagnosis where it has no standards.
    """

    run_id: int
    measured: Quantification
    target_wells: tuple[WellRead, ...]
    abl1_wells: tuple[WellRead, ...]
    pct_baseline: Decimal | None = None


Reading = CopiesReading | CqReading | RunReading | ReportedReading


def wells_read(
    reading: CopiesReading | CqReading | RunReading, assay: AssaySettings
) -> tuple[tuple[WellRead, ...], tuple[WellRead, ...]]:
    """Return the wells of the target and those of ABL1."""
    if isinstance(reading, RunReading):
        return reading.target_wells, reading.abl1_wells
    if isinstance(reading, CopiesReading):
        target, abl1 = reading.target_copies_by_well, reading.abl1_copies_by_well
        return tuple(WellRead(None, each) for each in target), tuple(WellRead(None, each) for each in abl1)
    return (
        _read_by_curve(reading.target_wells, reading.target_curve, assay),
        _read_by_curve(reading.abl1_wells, reading.abl1_curve, assay),
    )


def _read_by_curve(cqs: tuple[Decimal | None, ...], curve: StandardCurve, assay: AssaySettings) -> tuple[WellRead, ...]:
    return tuple(
        WellRead(cq, copies_of_cq(cq, curve) if cq is not None and cq < assay.cq_cutoff else Decimal(0)) for cq in cqs
    )


class ValueContradictsCall(Exception):
    """A value was given for a sample in which nothing was detected."""


def measure(
    reading: Reading,
    assay: AssaySettings,
    mutation_type: str | None,
    baseline_pct_abl1: Mapping[Tissue, Decimal],
    tissue: Tissue,
) -> Quantification:
    """Return the result of a reading, in per cent of ABL1.

    Raises ControlGeneMissing, CopiesNotCountable, ScaleMissing, NotALevel, BaselineMissing or ValueContradictsCall.
    """
    if isinstance(reading, CopiesReading):
        return quantify_copies(
            target_copies_by_well=reading.target_copies_by_well,
            abl1_copies_by_well=reading.abl1_copies_by_well,
            assay=assay,
            patient_mutation_type=mutation_type,
        )
    if isinstance(reading, RunReading):
        return reading.measured
    if isinstance(reading, CqReading):
        return quantify_cq(
            target_wells=wells_of(*reading.target_wells),
            abl1_wells=wells_of(*reading.abl1_wells),
            target_curve=reading.target_curve,
            abl1_curve=reading.abl1_curve,
            assay=assay,
            patient_mutation_type=mutation_type,
        )
    return _reported(reading, assay, mutation_type, baseline_pct_abl1.get(tissue))


def _reported(
    reading: ReportedReading, assay: AssaySettings, mutation_type: str | None, baseline_pct_abl1: Decimal | None
) -> Quantification:
    if reading.value is not None and reading.scale is None:
        raise ScaleMissing(str(reading.value))
    if reading.value is not None and reading.call is not Call.DETECTED:
        raise ValueContradictsCall(reading.call.value)
    value = None if reading.value is None else to_pct_abl1(reading.value, reading.scale, baseline_pct_abl1)
    problems = assess_mutation_type(assay, mutation_type)
    abl1 = _control_gene(reading.abl1_copies)
    if reading.abl1_copies is not None:
        problems += assess_abl1(reading.abl1_copies)
    not_evaluable = any_fails(problems)
    return Quantification(
        call=Call.NOT_EVALUABLE if not_evaluable else reading.call,
        pct_abl1=None if not_evaluable else value,
        extrapolated_pct_abl1=None,
        target_copies=None,
        abl1_copies=reading.abl1_copies,
        lod_pct_abl1=reading.lod_pct_abl1 or (limit_pct_abl1(assay.lod_copies, abl1) if abl1 else None),
        # Where a value was computed elsewhere, so was its limit of quantification: kept as told, never guessed here.
        loq_pct_abl1=reading.loq_pct_abl1,
        positive_wells=None,
        valid_wells=None,
        problems=problems,
    )


def _control_gene(abl1_copies: Decimal | None) -> MeanCopies | None:
    if abl1_copies is None:
        return None
    check_is_countable(abl1_copies)
    return MeanCopies(abl1_copies, 1) if abl1_copies > 0 else None
