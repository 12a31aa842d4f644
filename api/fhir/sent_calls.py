"""The call of a sample that was sent: value, comparator, interpretation and reason of absence say it together.

`<0.01 %` alone is no call: it may mean not detected or below quantification. Free of Django.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from api.fhir import quantities
from api.fhir.codes import (
    ABL1_COPIES,
    ASSAY_FAILED,
    CALL,
    CONTROL_GENE_INSUFFICIENT,
    INTERPRETATION,
    ONE_OF_THREE,
    SENSITIVITY_INSUFFICIENT,
)
from api.fhir.elements import an_object, codings, components, local_codes, objects
from api.fhir.refusals import unprocessable
from monitoring.domain.sample_classes import ABL1_COPIES_FOR_NEGATIVE, LOD_PCT_ABL1_FOR_NEGATIVE
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale, to_pct_abl1

WHERE = "Observation"
NOT_DETECTED = {"ND", "NEG"}
DETECTED = {"DET", "POS"}
INDETERMINATE = "IND"
FAILED = {"error", "not-performed"}


@dataclass(frozen=True, slots=True)
class Told:
    """The numbers beside the value; `says_control` is whether code or component names the control gene."""

    target_copies: Decimal | None
    abl1_copies: Decimal | None
    lod_pct_abl1: Decimal | None
    loq_pct_abl1: Decimal | None
    says_control: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """Call, with its value and scale where quantified; ABL1 copies and limits (per cent of ABL1) where known."""

    call: Call
    value: Decimal | None = None
    scale: Scale | None = None
    abl1_copies: Decimal | None = None
    lod_pct_abl1: Decimal | None = None
    loq_pct_abl1: Decimal | None = None


def measured(resource: dict[str, Any], told: Told) -> Measured:
    """Return the call; raises FhirRefused where parts contradict each other (422)."""
    words = _interpretation(resource)
    if words & NOT_DETECTED and words & DETECTED:
        raise _contradiction("Detected and not detected at once.", "interpretation")
    other = [name for name in resource if name.startswith("value") and name != "valueQuantity"]
    if other:
        raise unprocessable("value", "A result is told as a valueQuantity.", f"{WHERE}.{other[0]}")
    if "valueQuantity" in resource:
        if "dataAbsentReason" in resource:
            raise _contradiction("A value and a reason why there is none.", "dataAbsentReason")
        found = _of_value(an_object(resource, "valueQuantity", WHERE), words, told)
    else:
        found = _of_absence(resource, words, told)
    found = _by_call(resource, found)
    return replace(
        found,
        abl1_copies=told.abl1_copies,
        lod_pct_abl1=found.lod_pct_abl1 or told.lod_pct_abl1,
        loq_pct_abl1=found.loq_pct_abl1 or told.loq_pct_abl1,
    )


def _interpretation(resource: dict[str, Any]) -> set[str]:
    found = set()
    for concept in objects(resource, "interpretation", WHERE):
        found |= {code for system, code in codings(concept, f"{WHERE}.interpretation") if system == INTERPRETATION}
    return found


def _of_value(value: dict[str, Any], words: set[str], told: Told) -> Measured:
    place = f"{WHERE}.valueQuantity"
    number, scale = quantities.number(value, place), quantities.scale(value, place)
    if scale in quantities.NAMES_NO_CONTROL_GENE and not told.says_control:
        raise unprocessable("value", f"Copies of what? Send {ABL1_COPIES}, or our own code.", f"{place}.code")
    if number == 0:
        raise unprocessable("value", "Not detected is not the number 0: send <limit with ND.", f"{place}.value")
    comparator = value.get("comparator", "")
    if comparator in ("<", "<="):
        return _below(to_pct_abl1(number, scale), words)
    if comparator != "":
        raise unprocessable("value", "A value above a limit is no result; send what was measured.", place)
    if words & NOT_DETECTED or INDETERMINATE in words:
        raise _contradiction("Only a detected sample has a value.", "interpretation")
    return Measured(Call.DETECTED, number, scale)


def _below(limit_pct_abl1: Decimal, words: set[str]) -> Measured:
    """What is below a limit: the interpretation decides which limit it is, and without one nobody knows."""
    if words & NOT_DETECTED:
        return Measured(Call.NOT_DETECTED, lod_pct_abl1=limit_pct_abl1)
    if words & DETECTED:
        return Measured(Call.DETECTED, loq_pct_abl1=limit_pct_abl1)
    return Measured(Call.INDETERMINATE if INDETERMINATE in words else Call.UNKNOWN)


def _of_absence(resource: dict[str, Any], words: set[str], told: Told) -> Measured:
    if "dataAbsentReason" not in resource:
        raise unprocessable("required", "Neither a value nor a reason why there is none.", f"{WHERE}.dataAbsentReason")
    reason, place = an_object(resource, "dataAbsentReason", WHERE), f"{WHERE}.dataAbsentReason"
    ours = set(local_codes(reason, place))
    if CONTROL_GENE_INSUFFICIENT in ours:
        # Seen all the same: with too little control gene that is no level, but it is not nothing.
        seen = bool(words & DETECTED) and told.abl1_copies is not None
        return Measured(Call.DETECTED if seen else Call.NOT_EVALUABLE)
    if SENSITIVITY_INSUFFICIENT in ours:
        return Measured(_limited(told))
    if ONE_OF_THREE in ours:
        return Measured(Call.INDETERMINATE)
    if words & DETECTED:
        return Measured(Call.DETECTED)
    if words & NOT_DETECTED:
        return Measured(Call.NOT_DETECTED)
    if INDETERMINATE in words and ASSAY_FAILED not in ours:
        return Measured(Call.INDETERMINATE)
    failed = {code for _system, code in codings(reason, place)} & FAILED
    return Measured(Call.NOT_EVALUABLE if failed or ASSAY_FAILED in ours else Call.UNKNOWN)


def _limited(told: Told) -> Call:
    """Not detected, and too little looked at; where the numbers beside it would make it a negative it is neither."""
    if told.abl1_copies is not None:
        negative = told.abl1_copies >= ABL1_COPIES_FOR_NEGATIVE
    else:
        negative = told.lod_pct_abl1 is not None and told.lod_pct_abl1 <= LOD_PCT_ABL1_FOR_NEGATIVE
    return Call.INDETERMINATE if negative else Call.NOT_DETECTED


def _by_call(resource: dict[str, Any], found: Measured) -> Measured:
    """A call that is told in so many words decides, unless the value denies it."""
    for code, each, expression in components(resource, WHERE):
        if code != CALL:
            continue
        told = local_codes(an_object(each, "valueCodeableConcept", expression), expression)
        if len(told) != 1 or told[0] not in set(Call):
            raise unprocessable("code-invalid", "This call is not known.", expression)
        if found.value is not None and told[0] != Call.DETECTED:
            raise _contradiction("Only a detected sample has a value.", "component")
        if "valueQuantity" in resource and found.value is None and Call(told[0]) is not found.call:
            raise _contradiction("The call is another than that of value and interpretation.", "component")
        return replace(found, call=Call(told[0]))
    return found


def _contradiction(why: str, element: str) -> Exception:
    return unprocessable("business-rule", why, f"{WHERE}.{element}")
