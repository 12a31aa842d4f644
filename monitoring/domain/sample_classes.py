"""From call and ABL1 copies to the class of a sample (docs/methods/rules.md, "Sample class")."""

from decimal import Decimal

from monitoring.domain.results import Result
from monitoring.domain.terms import Call, SampleClass

# ABL1 copies below which nothing can be said; EAC control gene criterion, Hannover SOP "repeat with new cDNA".
ABL1_COPIES_TO_EVALUATE = Decimal(1_000)
# ABL1 copies from which "not detected" is NEGATIVE; ELN-DAVID 2025 criterion A, applied in every rule set.
ABL1_COPIES_FOR_NEGATIVE = Decimal(10_000)
# Limit of detection, % of ABL1, that proves a NEGATIVE where ABL1 copies are unknown: one copy in 10,000.
LOD_PCT_ABL1_FOR_NEGATIVE = Decimal("0.01")

# Tuples: finding a member by identity is faster than hashing it.
DETECTED_CLASSES = (SampleClass.LOW_LEVEL, SampleClass.POSITIVE, SampleClass.DETECTED)
INERT_CLASSES = (SampleClass.NOT_EVALUABLE, SampleClass.LIMITED_NEGATIVE, SampleClass.INDETERMINATE)

_NEGATIVE = SampleClass.NEGATIVE
_LIMITED_NEGATIVE = SampleClass.LIMITED_NEGATIVE
_NOT_EVALUABLE = SampleClass.NOT_EVALUABLE
_DETECTED = Call.DETECTED
_NOT_DETECTED = Call.NOT_DETECTED
_INDETERMINATE = Call.INDETERMINATE


def class_of_call(result: Result) -> SampleClass | None:
    """Return the class that call and ABL1 copies decide; None for a quantified result, which a rule set decides."""
    call, copies = result.call, result.abl1_copies
    if call is not _DETECTED and call is not _NOT_DETECTED and call is not _INDETERMINATE:
        return _NOT_EVALUABLE
    if copies is not None and copies < ABL1_COPIES_TO_EVALUATE:
        return _NOT_EVALUABLE
    if call is _DETECTED:
        return SampleClass.LOW_LEVEL if result.pct_abl1 is None else None
    if call is _INDETERMINATE:
        return SampleClass.INDETERMINATE
    return _class_of_not_detected(result)


def _class_of_not_detected(result: Result) -> SampleClass:
    if result.abl1_copies is not None:  # a limit of detection never overrides known copies
        return _NEGATIVE if result.abl1_copies >= ABL1_COPIES_FOR_NEGATIVE else _LIMITED_NEGATIVE
    lod = result.lod_pct_abl1
    return _NEGATIVE if lod is not None and lod <= LOD_PCT_ABL1_FOR_NEGATIVE else _LIMITED_NEGATIVE
