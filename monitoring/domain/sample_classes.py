"""From call and ABL1 copies to the class of a sample (docs/methods/rules.md, "Sample class")."""

from decimal import Decimal

from monitoring.domain.result_columns import Written, exact
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
_INERT_INDETERMINATE = SampleClass.INDETERMINATE
_LOW_LEVEL = SampleClass.LOW_LEVEL
_DETECTED = Call.DETECTED
_NOT_DETECTED = Call.NOT_DETECTED
_INDETERMINATE = Call.INDETERMINATE


def class_of_call(result: Result) -> SampleClass | None:
    """Return the class that call and ABL1 copies decide; None for a quantified result, which a rule set decides."""
    return class_of_measurement(result.call, result.abl1_copies, result.pct_abl1, result.lod_pct_abl1)


def class_of_measurement(
    call: Call, abl1_copies: Decimal | None, pct_abl1: Decimal | None, lod_pct_abl1: Written
) -> SampleClass | None:
    """Return what `class_of_call` returns for a result of this call, ABL1 copies, value and limit, per cent of ABL1."""
    if call is not _DETECTED and call is not _NOT_DETECTED and call is not _INDETERMINATE:
        return _NOT_EVALUABLE
    if abl1_copies is not None and abl1_copies < ABL1_COPIES_TO_EVALUATE:
        return _NOT_EVALUABLE
    if call is _DETECTED:
        return _LOW_LEVEL if pct_abl1 is None else None
    if call is _INDETERMINATE:
        return _INERT_INDETERMINATE
    if abl1_copies is not None:  # a limit of detection never overrides known copies
        return _NEGATIVE if abl1_copies >= ABL1_COPIES_FOR_NEGATIVE else _LIMITED_NEGATIVE
    lod = exact(lod_pct_abl1)
    return _NEGATIVE if lod is not None and lod <= LOD_PCT_ABL1_FOR_NEGATIVE else _LIMITED_NEGATIVE
