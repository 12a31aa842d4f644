"""Each sample as a mark: its shape, its height on every scale, its role, and the facts told on it.

A sample that was not detected stands at its own limit, never at zero. A sample without a height stands in the lane
under the axis.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from monitoring.charts.events import course_of, sorted_starts
from monitoring.charts.inputs import DiagnosisSample, TrajectoryInputs
from monitoring.charts.scales import (
    ONE_COPY,
    SCALE_NAMES,
    Baselines,
    heights,
    is_shown,
    label,
    plain,
)
from monitoring.domain.results import Result
from monitoring.domain.terms import Call, SampleClass, Timepoint, Tissue
from monitoring.domain.verdicts import Verdict

INERT = frozenset({SampleClass.NOT_EVALUABLE, SampleClass.LIMITED_NEGATIVE, SampleClass.INDETERMINATE})
LOD = "LOD"
LOQ = "LOQ"
FROM_ABL1 = "FROM_ABL1"
BASELINE = "BASELINE"


class Shape(StrEnum):
    """How a sample is drawn."""

    DETECTED = "DETECTED"
    UNQUANTIFIED = "UNQUANTIFIED"
    NOT_DETECTED = "NOT_DETECTED"
    LIMITED = "LIMITED"
    INDETERMINATE = "INDETERMINATE"
    NOT_EVALUABLE = "NOT_EVALUABLE"


SHAPE_OF_CLASS = {
    SampleClass.NOT_EVALUABLE: Shape.NOT_EVALUABLE,
    SampleClass.LIMITED_NEGATIVE: Shape.LIMITED,
    SampleClass.INDETERMINATE: Shape.INDETERMINATE,
}
SHAPE_OF_CALL = {
    Call.NOT_DETECTED: Shape.NOT_DETECTED,
    Call.INDETERMINATE: Shape.INDETERMINATE,
    Call.NOT_EVALUABLE: Shape.NOT_EVALUABLE,
    Call.UNKNOWN: Shape.NOT_EVALUABLE,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One sample as drawn. `height_pct_abl1` is None where the sample has no height: it stands in the lane."""

    id: str
    on: date
    tissue: Tissue
    shape: Shape
    course: int
    call: Call
    sample_class: SampleClass | None
    height_pct_abl1: Decimal | None
    height_is: str | None
    pct_abl1: Decimal | None
    abl1_copies: Decimal | None
    lod_pct_abl1: Decimal | None
    loq_pct_abl1: Decimal | None
    assay_key: str | None
    timepoint: Timepoint | None = None
    remarks: tuple[str, ...] = field(default=())

    @property
    def is_joined(self) -> bool:
        """Whether a line may run to this mark: evaluable samples and the diagnosis sample only."""
        return self.sample_class not in INERT and self.sample_class is not SampleClass.IGNORED

    @property
    def is_detected(self) -> bool:
        """Whether the height is the value itself."""
        return self.shape is Shape.DETECTED


def own_limit(result: Result) -> tuple[Decimal | None, str | None]:
    """The limit of detection of this very sample in per cent of ABL1, and where it comes from: given, or one copy."""
    if is_shown(result.lod_pct_abl1):
        return result.lod_pct_abl1, LOD
    if result.abl1_copies is not None and result.abl1_copies > 0:
        return ONE_COPY / result.abl1_copies, FROM_ABL1
    return None, None


def shape_of(result: Result, sample_class: SampleClass) -> Shape:
    """The shape by class; by call for a sample that the rule set does not read."""
    by_class = SHAPE_OF_CLASS.get(sample_class)
    if by_class is not None:
        return by_class
    if result.call is Call.DETECTED:
        return Shape.UNQUANTIFIED if result.pct_abl1 is None else Shape.DETECTED
    return SHAPE_OF_CALL[result.call]


def height_of(result: Result, shape: Shape) -> tuple[Decimal | None, str | None]:
    """Where the mark stands (per cent of ABL1) and what that height is: None for the value itself, or which limit."""
    if shape is Shape.NOT_EVALUABLE:
        return None, None
    if shape is Shape.DETECTED:
        return (result.pct_abl1, None) if is_shown(result.pct_abl1) else (None, None)
    if shape is Shape.UNQUANTIFIED and is_shown(result.loq_pct_abl1):
        return result.loq_pct_abl1, LOQ
    limit, limit_is = own_limit(result)
    return (limit, limit_is) if is_shown(limit) else (None, None)


def mark_of(result: Result, sample_class: SampleClass, course: int, remarks: Iterable[str] = ()) -> Mark:
    """One result as a mark."""
    shape = shape_of(result, sample_class)
    height, height_is = height_of(result, shape)
    return Mark(
        id=result.id,
        on=result.collected_on,
        tissue=result.tissue,
        shape=shape,
        course=course,
        call=result.call,
        sample_class=sample_class,
        height_pct_abl1=height,
        height_is=height_is,
        pct_abl1=result.pct_abl1,
        abl1_copies=result.abl1_copies,
        lod_pct_abl1=result.lod_pct_abl1,
        loq_pct_abl1=result.loq_pct_abl1,
        assay_key=result.assay_key,
        timepoint=result.timepoint,
        remarks=tuple(remarks),
    )


def mark_of_diagnosis(sample: DiagnosisSample, pct_abl1: Decimal) -> Mark:
    """The diagnosis sample as the first mark of its tissue; it has no class, since no rule reads it."""
    return Mark(
        id=sample.id,
        on=sample.collected_on,
        tissue=sample.tissue,
        shape=Shape.DETECTED,
        course=1,
        call=Call.DETECTED,
        sample_class=None,
        height_pct_abl1=pct_abl1 if is_shown(pct_abl1) else None,
        height_is=None,
        pct_abl1=pct_abl1,
        abl1_copies=sample.abl1_copies,
        lod_pct_abl1=None,
        loq_pct_abl1=None,
        assay_key=sample.assay_key,
        remarks=(BASELINE,),
    )


def marks_of_series(inputs: TrajectoryInputs, verdict: Verdict, as_of: date) -> list[Mark]:
    """The diagnosis samples and every result that took part in the verdict, by day, marrow before blood."""
    baseline = inputs.series.baseline_pct_abl1
    found = [
        mark_of_diagnosis(sample, baseline[sample.tissue])
        for sample in inputs.diagnosis_samples
        if sample.tissue in baseline and sample.collected_on <= as_of
    ]
    starts = sorted_starts(inputs.series, as_of)
    classes = {sample.id: sample.sample_class for sample in verdict.samples}
    remarks = _remarks(inputs, verdict)
    for result in inputs.series.results:
        if result.id in classes and result.collected_on <= as_of:
            course = course_of(result.collected_on, starts)
            found.append(mark_of(result, classes[result.id], course, remarks.get(result.id, ())))
    return sorted(
        found,
        key=lambda mark: (
            mark.on,
            mark.sample_class is not None,
            mark.tissue is not Tissue.BONE_MARROW,
        ),
    )


def _remarks(inputs: TrajectoryInputs, verdict: Verdict) -> Mapping[str, Sequence[str]]:
    """The codes told on a sample: flags of the verdict, then what the inputs add."""
    found: dict[str, list[str]] = defaultdict(list)
    for flag in verdict.flags:
        if flag.result is not None:
            found[flag.result].append(flag.code.value)
    for result, codes in inputs.remarks.items():
        found[result].extend(codes)
    return found


def facts(mark: Mark, baselines: Baselines) -> dict[str, Any]:
    """The mark as it is stored: codes, exact decimals as written, and its height and short number on each scale."""
    told: dict[str, Any] = {
        "id": mark.id,
        "on": mark.on.isoformat(),
        "tissue": mark.tissue.value,
        "shape": mark.shape.value,
        "call": mark.call.value,
        "class": mark.sample_class.value if mark.sample_class else None,
        "course": mark.course,
        "height_is": mark.height_is,
        "y": {},
        "label": {},
        **_exact(mark),
    }
    if mark.timepoint is not None:
        told["timepoint"] = mark.timepoint.value
    if mark.remarks:
        told["remarks"] = list(mark.remarks)
    if mark.height_pct_abl1 is not None:
        _place(told, mark, mark.height_pct_abl1, baselines)
    return told


def _exact(mark: Mark) -> dict[str, Any]:
    numbers: Mapping[str, Decimal | None] = {
        "pct_abl1": mark.pct_abl1,
        "abl1_copies": mark.abl1_copies,
        "lod_pct_abl1": mark.lod_pct_abl1,
        "loq_pct_abl1": mark.loq_pct_abl1,
    }
    told: dict[str, Any] = {name: plain(value) for name, value in numbers.items() if value is not None}
    if mark.assay_key:
        told["assay_key"] = mark.assay_key
    return told


def _place(told: dict[str, Any], mark: Mark, height: Decimal, baselines: Baselines) -> None:
    """Write height and label of each scale; name the reason where a scale of diagnosis has none."""
    baseline = baselines.pct_abl1.get(mark.tissue)
    reason = baselines.absent(mark.tissue, mark.assay_key)
    if reason is not None:
        told["absent"] = reason
        baseline = None
    told["y"] = heights(height, baseline)
    for scale, name in SCALE_NAMES:
        if name in told["y"]:
            told["label"][name] = label(scale, height, baseline, baselines.borders.get((mark.tissue, scale), ()))
