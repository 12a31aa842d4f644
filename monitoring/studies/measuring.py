"""What a laboratory finds in a sample of a true level: ABL1 copies, assay noise, three wells, a call and a value."""

import math
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from monitoring.domain.control_gene import ABL1_ADEQUATE, ABL1_SUFFICIENT
from monitoring.domain.replicates import call_wells
from monitoring.domain.terms import Call

ASSAY_NOISE_SD = 0.25  # log10, between assays in one laboratory: about 0.2 to 0.3
WELLS = 3
CERTAIN_COPIES = 30.0  # copies a well from which no well stays empty and counting noise vanishes beside assay noise
FAILED_SHARE = 0.015  # of samples, ABL1 below 1,000 copies; constructed
LIMITED_SHARE = 0.05  # of samples, ABL1 1,000 to 9,999 copies; constructed
STRAY_WELL_SHARE = 0.01  # of samples without target, one well that amplifies all the same; constructed
MEDIAN_ABL1 = 36_000  # copies a well of an ordinary sample; constructed
SPREAD_OF_ABL1 = 0.4  # standard deviation of the natural logarithm; constructed
HIGHEST_ABL1 = 150_000  # copies a well
ROUNDED_TO = 100  # copies
PER_CENT = 100.0
SIGNIFICANT_FIGURES = 3


@dataclass(frozen=True, slots=True)
class Method:
    """How a laboratory measures: its bias in log10, its limit of quantification, and whether it tells lower values."""

    bias_log10: float = 0.0
    loq_copies: float = 3.0
    reports_below_loq: bool = True


@dataclass(frozen=True, slots=True)
class Measurement:
    """Call, value in per cent of ABL1 as text, ABL1 copies a well."""

    call: Call
    pct_abl1: str | None
    abl1_copies: int


def measure(rng: Random, level: float, method: Method) -> Measurement:
    """Return what a sample of this true level (log10 of per cent of ABL1) gives."""
    abl1 = draw_abl1(rng)
    found = 10.0 ** (level + method.bias_log10 + rng.gauss(0.0, ASSAY_NOISE_SD))
    copies = found * abl1 / PER_CENT
    if copies >= CERTAIN_COPIES:
        return Measurement(Call.DETECTED, as_text(found), abl1)
    wells = [draw_poisson(rng, copies) for _ in range(WELLS)]
    if not any(wells) and rng.random() < STRAY_WELL_SHARE:
        wells[0] = 1
    call = call_wells(sum(1 for well in wells if well), WELLS)
    if call is not Call.DETECTED:
        return Measurement(call, None, abl1)
    mean = sum(wells) / WELLS
    quantified = mean >= method.loq_copies or method.reports_below_loq
    return Measurement(call, as_text(PER_CENT * mean / abl1) if quantified else None, abl1)


def draw_abl1(rng: Random) -> int:
    """Return the ABL1 copies of a sample: mostly adequate, sometimes limited, rarely too few."""
    kind = rng.random()
    if kind < FAILED_SHARE:
        return rng.randrange(ROUNDED_TO, int(ABL1_SUFFICIENT), 10)
    if kind < FAILED_SHARE + LIMITED_SHARE:
        return rng.randrange(int(ABL1_SUFFICIENT), int(ABL1_ADEQUATE), ROUNDED_TO)
    copies = MEDIAN_ABL1 * math.exp(rng.gauss(0.0, SPREAD_OF_ABL1))
    return max(int(ABL1_ADEQUATE), min(HIGHEST_ABL1, round(copies / ROUNDED_TO) * ROUNDED_TO))


def draw_poisson(rng: Random, mean: float) -> int:
    """Return a count of this mean; for means up to CERTAIN_COPIES (Knuth's product of uniforms)."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def as_text(pct_abl1: float) -> str:
    """Return a value as a laboratory writes it: three significant figures, no exponent."""
    text = f"{pct_abl1:.{SIGNIFICANT_FIGURES}g}"
    return format(Decimal(text), "f") if "e" in text else text
