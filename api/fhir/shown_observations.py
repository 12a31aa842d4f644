"""A result as an Observation. Free of Django.

Not detected is never 0, a limit is never a value without its comparator, and what cannot be said has a reason.
Source: docs/methods/fhir.md, "Results".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.fhir import codes
from api.fhir.codes import coding, local_coding
from api.fhir.quantities import COPIES, PER_CENT, quantity
from monitoring.domain.sample_classes import ABL1_COPIES_TO_EVALUATE, class_of_measurement
from monitoring.domain.terms import Call, Marker, SampleClass, Tissue


@dataclass(frozen=True, slots=True)
class Level:
    """What was measured: levels and limits in per cent of ABL1, copies as means a well."""

    call: Call
    pct_abl1: Decimal | None
    target_copies: Decimal | None
    abl1_copies: Decimal | None
    lod_pct_abl1: Decimal | None
    loq_pct_abl1: Decimal | None


@dataclass(frozen=True, slots=True)
class ShownResult:
    """One version of a result, with everything its Observation says."""

    number: int
    version: int
    changed_at: str
    status: str
    identifiers: Sequence[tuple[str, str]]
    marker: Marker
    tissue: Tissue
    assay: str
    laboratory: str
    patient: int
    sample: int
    collected: str
    issued: str
    level: Level
    comment: str


def observation(base: str, shown: ShownResult) -> dict[str, Any]:
    """Return the resource; `base` is the address of this server."""
    own = (f"{base}/fhir/ids/result", str(shown.number))
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "id": str(shown.number),
        "meta": {"versionId": str(shown.version), "lastUpdated": shown.changed_at},
        "identifier": [{"system": system, "value": value} for system, value in (*shown.identifiers, own)],
        "status": shown.status,
        "category": [{"coding": [coding(codes.CATEGORY, "laboratory", "Laboratory")]}],
        "code": {"coding": _codings(base, shown), "text": f"{shown.marker.value} / ABL1 (RT-qPCR)"},
        "subject": {"reference": f"Patient/{shown.patient}"},
        "effectiveDateTime": shown.collected,
        "issued": shown.issued,
        "performer": [{"display": shown.laboratory}],
        "method": {"text": shown.assay},
        "specimen": {"reference": f"Specimen/{shown.sample}"},
    }
    found |= level_elements(base, shown.level)
    return found | ({"note": [{"text": shown.comment}]} if shown.comment else {})


def level_elements(base: str, level: Level) -> dict[str, Any]:
    """Return value, interpretation, reason of absence, limits and copies of a result."""
    found = _said(base, level)
    parts = [
        (codes.TARGET_COPIES, level.target_copies, COPIES),
        (codes.ABL1_COPIES, level.abl1_copies, COPIES),
        (codes.LOD, level.lod_pct_abl1, PER_CENT),
        (codes.LOQ, level.loq_pct_abl1, PER_CENT),
    ]
    called = {"valueCodeableConcept": {"coding": [local_coding(base, level.call.value)]}}
    return found | {
        "component": [_component(base, codes.CALL, called)]
        + [
            _component(base, code, {"valueQuantity": quantity(value, unit)})
            for code, value, unit in parts
            if value is not None
        ]
    }


def _component(base: str, code: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"code": {"coding": [local_coding(base, code)]}, **value}


def _codings(base: str, shown: ShownResult) -> list[dict[str, Any]]:
    found = [local_coding(base, codes.RATIO_CODES[shown.marker])]
    loinc = codes.LOINC_CODES.get((shown.marker, shown.tissue))
    return [*found, coding(codes.LOINC, loinc)] if loinc else found


def _said(base: str, level: Level) -> dict[str, Any]:
    seen = "DET" if level.call is Call.DETECTED else ""
    if level.abl1_copies is not None and level.abl1_copies < ABL1_COPIES_TO_EVALUATE:
        why = f"Not evaluable: ABL1 {level.abl1_copies:f} copies (at least {ABL1_COPIES_TO_EVALUATE} are needed)"
        return _absent(base, "error", codes.CONTROL_GENE_INSUFFICIENT, why, "IND", seen)
    if level.call is Call.DETECTED:
        return _detected(base, level)
    if level.call is Call.NOT_DETECTED:
        return _not_detected(base, level)
    if level.call is Call.INDETERMINATE:
        return _absent(base, "error", codes.ONE_OF_THREE, "Indeterminate", "IND")
    if level.call is Call.NOT_EVALUABLE:
        return _absent(base, "error", codes.ASSAY_FAILED, "Not evaluable", "IND")
    return _absent(base, "unknown", "", "Detected or not is unknown")


def _detected(base: str, level: Level) -> dict[str, Any]:
    if level.pct_abl1 is not None:
        return {"valueQuantity": quantity(level.pct_abl1, PER_CENT), **_interpreted("DET")}
    if level.loq_pct_abl1 is not None:
        return {"valueQuantity": quantity(level.loq_pct_abl1, PER_CENT, "<"), **_interpreted("DET")}
    return _absent(base, "unknown", "", "Detected, not quantified", "DET")


def _not_detected(base: str, level: Level) -> dict[str, Any]:
    of = class_of_measurement(level.call, level.abl1_copies, None, level.lod_pct_abl1)
    if of is not SampleClass.NEGATIVE:
        why = "Not detected, and too little was looked at to call it negative"
        return _absent(base, "error", codes.SENSITIVITY_INSUFFICIENT, why, "IND")
    if level.lod_pct_abl1 is not None:
        return {"valueQuantity": quantity(level.lod_pct_abl1, PER_CENT, "<"), **_interpreted("ND")}
    return _absent(base, "unknown", "", "Not detected; the limit of detection is not known", "ND")


def _absent(base: str, reason: str, ours: str, text: str, *words: str) -> dict[str, Any]:
    told = [coding(codes.ABSENT, reason)] + ([local_coding(base, ours)] if ours else [])
    return {"dataAbsentReason": {"coding": told, "text": text}, **_interpreted(*words)}


def _interpreted(*words: str) -> dict[str, Any]:
    told = [{"coding": [coding(codes.INTERPRETATION, word)]} for word in words if word]
    return {"interpretation": told} if told else {}
