"""What an episode or flag rests on: samples, reference values, and the arithmetic between them.

Facts stand in the order in which they are told: INDEX with its PRIOR_NEGATIVE or NADIR; CONFIRMED_BY, and after it
what the confirming sample itself rests on; then the responses and the end. `fold` and `log10` are for people to
read; no rule compares them. Source: docs/methods/rules.md, "Evidence".
"""

import math
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from monitoring.domain.results import Measured
from monitoring.domain.terms import Call, Tissue
from monitoring.domain.timeline import PER_CENT, Sample
from monitoring.domain.verdicts import Evidence

INDEX = "INDEX"
PRIOR_NEGATIVE = "PRIOR_NEGATIVE"
NADIR = "NADIR"
CONFIRMED_BY = "CONFIRMED_BY"
WAIVER = "WAIVER"
RESPONSE = "RESPONSE"
REFERENCE = "REFERENCE"
TREATMENT = "TREATMENT"
BASELINE = "BASELINE"
LIMITED_NEGATIVE = "LIMITED_NEGATIVE"
NEGATIVE = "NEGATIVE"
ENDED = "ENDED"

# Own context, so that no setting of the calling thread changes a verdict.
_DIGITS_28 = Context(prec=28, rounding=ROUND_HALF_EVEN)
_DIGITS_12 = Context(prec=12, rounding=ROUND_HALF_EVEN)  # enough for three places, three times as fast
_THREE_PLACES = Decimal("0.001")
_PER_CENT = Decimal(PER_CENT)
# Between these a float holds a fold to fifteen digits; its log10 is then sure to twelve places.
LEAST_FOR_A_FLOAT, MOST_FOR_A_FLOAT = Decimal("1e-200"), Decimal("1e200")
# Thousandths of a log10 this close to a half are rounded by decimal arithmetic instead.
HALF, DOUBTFUL = 0.5, 1e-6


def fold_and_log10(now: Decimal, reference: Decimal) -> tuple[Decimal, Decimal]:
    """Return now / reference (28 significant digits) and its log10 to three places."""
    fold = _DIGITS_28.divide(now, reference)
    return fold, _log10(fold)


def _log10(fold: Decimal) -> Decimal:
    """Return the log10 to three places; by machine arithmetic unless that is too close to the middle of two."""
    if LEAST_FOR_A_FLOAT < fold < MOST_FOR_A_FLOAT:
        quick = math.log10(float(fold))
        thousandths = abs(quick) * 1000
        if abs(thousandths % 1 - HALF) > DOUBTFUL:
            return Decimal(f"{quick:.3f}")
    return _DIGITS_12.quantize(_DIGITS_12.log10(fold), _THREE_PLACES)


def floor_corrected(result: Measured) -> Decimal | None:
    """Return max(value, loq_pct_abl1, 100 / ABL1 copies) in per cent of ABL1; None without a value."""
    value, loq, abl1_copies = result.pct_abl1, result.loq_pct_abl1, result.abl1_copies
    if value is None:
        return None
    amounts = [value]
    if loq is not None:
        amounts.append(loq)
    if abl1_copies:
        amounts.append(_DIGITS_28.divide(_PER_CENT, abl1_copies))
    return max(amounts)


def limit_of(result: Measured) -> Decimal | None:
    """Return the limit of a sample without a value, in per cent of ABL1; None where it is not known.

    Not detected: its limit of detection, else one copy in its ABL1 copies. Detected: its limit of quantification.
    """
    if result.call is Call.DETECTED:
        return result.loq_pct_abl1
    if result.lod_pct_abl1 is not None:
        return result.lod_pct_abl1
    return _DIGITS_28.divide(_PER_CENT, result.abl1_copies) if result.abl1_copies else None


def of_sample(fact: str, sample: Sample, index: Sample | None = None, tissue: Tissue | None = None) -> Evidence:
    """Return a fact that is a sample, with the days between it and the index where one is given.

    `tissue` where the fact is told of another tissue than the sample's: a marrow NEGATIVE may answer for blood.
    """
    value = sample.pct_abl1
    return Evidence(
        fact=fact,
        result=sample.id,
        on=sample.collected_on,
        tissue=tissue or sample.tissue,
        pct_abl1=value,
        limit_pct_abl1=limit_of(sample) if value is None else None,
        days=None if index is None else abs(sample.day - index.day),
    )


def negative_evidence(
    negative: Sample, sample: Sample, fact: str = PRIOR_NEGATIVE, *, inherited: bool = False
) -> Evidence:
    """Return the NEGATIVE on which a sample's conversion rests; another tissue than the sample's shows in `tissue`."""
    value = negative.pct_abl1
    return Evidence(
        fact=fact,
        result=negative.id,
        on=negative.collected_on,
        tissue=negative.tissue,
        pct_abl1=value,
        limit_pct_abl1=limit_of(negative) if value is None else None,
        days=abs(sample.day - negative.day),
        inherited=inherited,
    )


def compared(fact: str, sample: Sample, reference: Sample, level: Decimal | None, by: Decimal | None) -> Evidence:
    """Return a reference sample with fold and log10 of a level over the value it is compared by."""
    fold, log10 = (None, None) if level is None or by is None else fold_and_log10(level, by)
    return Evidence(
        fact=fact,
        result=reference.id,
        on=reference.collected_on,
        tissue=reference.tissue,
        pct_abl1=reference.pct_abl1,
        fold=fold,
        log10=log10,
        days=abs(sample.day - reference.day),
        floor_pct_abl1=by if fact == NADIR else None,
    )


def nadir_evidence(sample: Sample, nadir: Sample) -> tuple[Evidence, ...]:
    """Return the nadir with fold and log10 of the sample's raw value over the floor-corrected nadir."""
    return (compared(NADIR, sample, nadir, sample.pct_abl1, floor_corrected(nadir)),)


def reference_evidence(sample: Sample, reference: Sample) -> tuple[Evidence, ...]:
    """Return the value before treatment with fold and log10 of the sample over it; an unquantified one by its limit."""
    value = sample.pct_abl1
    level = sample.loq_pct_abl1 if value is None else value
    return (compared(REFERENCE, sample, reference, level, reference.pct_abl1),)


def treatment_evidence(start: int) -> tuple[Evidence, ...]:
    """Return the start of the pre-emptive treatment that a response or progression is counted from."""
    return (Evidence(fact=TREATMENT, on=date.fromordinal(start)),)


def progression_evidence(
    sample: Sample, reference: Sample | None, lowest: Sample | None, treatment: int
) -> tuple[Evidence, ...]:
    """Return the value before treatment, or else the lowest one since, over which the sample rose by one log10."""
    start = treatment_evidence(treatment)
    if reference is not None:
        return reference_evidence(sample, reference) + start
    return start if lowest is None else nadir_evidence(sample, lowest) + start


def baseline_evidence(pct_abl1: Decimal, baseline: Decimal, tissue: Tissue) -> tuple[Evidence, ...]:
    """Return the level at diagnosis with fold and log10 of a level over it."""
    fold, log10 = fold_and_log10(pct_abl1, baseline)
    return (Evidence(fact=BASELINE, tissue=tissue, pct_abl1=baseline, fold=fold, log10=log10),)


def waiver_evidence(sample: Sample, baseline: Decimal | None) -> tuple[Evidence, ...]:
    """Return the level for which one sample suffices; with `baseline` also in per cent of diagnosis."""
    value, pct_baseline = sample.pct_abl1, None
    if baseline is not None and value is not None:
        pct_baseline = _DIGITS_28.multiply(_DIGITS_28.divide(value, baseline), _PER_CENT)
    return (
        Evidence(
            fact=WAIVER,
            result=sample.id,
            on=sample.collected_on,
            tissue=sample.tissue,
            pct_abl1=value,
            pct_baseline=pct_baseline,
        ),
    )


def end_evidence(day: int, by: Sample | None) -> tuple[Evidence, ...]:
    """Return the day from which on an episode is no longer open, and the sample that closed it; none for an event."""
    on = date.fromordinal(day)
    if by is None:
        return (Evidence(fact=ENDED, on=on),)
    return (Evidence(fact=ENDED, result=by.id, on=on, tissue=by.tissue),)
