"""One value on every scale of the figure, and the short number written beside its mark.

`pct_abl1` is the stored value; the other scales are derived (docs/methods/rules.md, scales). Heights are floats,
because they are a picture; numbers that are read are made from the exact decimals.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from functools import cache

from monitoring.charts.inputs import Scale
from monitoring.domain import units
from monitoring.domain.terms import Tissue

UNIT = {
    Scale.PCT_ABL1: units.Scale.PCT_ABL1,
    Scale.PCT_BASELINE: units.Scale.PCT_BASELINE,
    Scale.PER_1E5_ABL1: units.Scale.PER_10_5_ABL1,
}
PER_CENT = 100.0
PER_1E5_IN_ONE_PER_CENT = 1000.0  # 1 % of ABL1 is 1,000 copies per 10^5 ABL1
ONE_COPY = Decimal(100)  # per cent of ABL1 of one target copy, times ABL1 copies
SHOWN_FROM_PCT = Decimal("1E-9")  # one copy in 10^11 ABL1: below anything a sample can hold
SHOWN_TO_PCT = Decimal("1E9")
LABEL_DIGITS = 3  # significant digits of a number written beside a mark: as many as in every sentence
LABEL_DECIMALS_LOG10 = 2
NEAR_BORDER_LOG10 = 0.006  # further off, two decimals cannot cross
ANY_LENGTH = Context(prec=200)  # rounding a number as typed never fails for its length
NO_BASELINE = "NO_BASELINE"
OTHER_ASSAY = "OTHER_ASSAY"
SCALE_NAMES = tuple((scale, scale.value) for scale in Scale)  # an enum's value is slow to read
NEEDS_BASELINE = (Scale.PCT_BASELINE, Scale.LOG10_REDUCTION)


@dataclass(frozen=True, slots=True)
class Baselines:
    """The diagnosis values (per cent of ABL1) by tissue, their assay where known, and the borders of each scale."""

    pct_abl1: Mapping[Tissue, Decimal]
    assay_keys: Mapping[Tissue, str | None] = field(default_factory=dict)
    borders: Mapping[tuple[Tissue, Scale], tuple[Decimal, ...]] = field(default_factory=dict)

    def absent(self, tissue: Tissue, assay_key: str | None = None) -> str | None:
        """Why a value of this tissue and assay has no place on the scales of diagnosis; None where it has one."""
        if tissue not in self.pct_abl1:
            return NO_BASELINE
        known = self.assay_keys.get(tissue)
        return OTHER_ASSAY if known and assay_key and known != assay_key else None


def on_scale(scale: Scale, pct_abl1: Decimal, baseline: Decimal | None) -> Decimal:
    """A value in per cent of ABL1 on another scale; raises BaselineMissing where that needs a diagnosis value."""
    if scale is Scale.PCT_ABL1:
        return pct_abl1
    if scale is not Scale.LOG10_REDUCTION:
        return units.from_pct_abl1(pct_abl1, UNIT[scale], baseline)
    if baseline is None:
        raise units.BaselineMissing
    return units.log10_reduction(baseline, pct_abl1)


def in_pct_abl1(scale: Scale, value: Decimal, baseline: Decimal | None) -> Decimal | None:
    """A value of any scale in per cent of ABL1; None where that needs a diagnosis value and there is none."""
    if baseline is None and scale in NEEDS_BASELINE:
        return None
    if scale is not Scale.LOG10_REDUCTION:
        return units.to_pct_abl1(value, UNIT[scale], baseline)
    return baseline / Decimal(10) ** value if baseline is not None else None


def is_shown(pct_abl1: Decimal | None) -> bool:
    """Whether a value has a height that a picture can hold."""
    return pct_abl1 is not None and SHOWN_FROM_PCT <= pct_abl1 <= SHOWN_TO_PCT


def plain(value: Decimal | None) -> str | None:
    """The exact decimal as written, without exponent."""
    return None if value is None else format(value, "f")


def short(value: Decimal, borders: Iterable[Decimal] = ()) -> str:
    """A positive number to three significant digits, more where fewer would carry it onto or across a border.

    Digits before the decimal point are never rounded away; no zero stands at the end, as in every sentence.
    """
    exponent = min(value.adjusted() - LABEL_DIGITS + 1, 0)
    rounded = value.quantize(_step(exponent), context=ANY_LENGTH)
    while rounded != value and any(value.compare(border) != rounded.compare(border) for border in borders):
        exponent -= 1
        rounded = value.quantize(_step(exponent), context=ANY_LENGTH)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@cache
def _step(exponent: int) -> Decimal:
    return Decimal(1).scaleb(exponent)


def short_log10(baseline: Decimal, pct_abl1: Decimal, borders: Iterable[Decimal] = ()) -> str:
    """The log10 reduction to two decimals, more where fewer would carry it across a border."""
    about = math.log10(baseline / pct_abl1)
    near = [border for border in borders if abs(float(border) - about) < NEAR_BORDER_LOG10]
    return _beside(units.log10_reduction(baseline, pct_abl1), near) if near else format(about, ".2f")


def _beside(reduction: Decimal, borders: Sequence[Decimal]) -> str:
    """A log10 reduction in as many decimals as keep it on its side of the borders; all it has, at the worst."""
    for decimals in range(LABEL_DECIMALS_LOG10, units.SIGNIFICANT_DIGITS):
        text = format(reduction, f".{decimals}f")
        if all((reduction < border) == (Decimal(text) < border) for border in borders):
            return text
    return format(reduction, "f")


def label(scale: Scale, pct_abl1: Decimal, baseline: Decimal | None, borders: Sequence[Decimal] = ()) -> str:
    """The number beside a mark, in the notation of its scale, with a decimal point and no grouping."""
    if scale is Scale.LOG10_REDUCTION and baseline is not None:
        return short_log10(baseline, pct_abl1, borders)
    return short(on_scale(scale, pct_abl1, baseline), borders)


def heights(pct_abl1: Decimal, baseline: Decimal | None) -> dict[str, float]:
    """The height of a value on every scale on which it has one, to six digits: enough for a picture."""
    value = float(pct_abl1)
    found = {"PCT_ABL1": value, "PER_1E5_ABL1": value * PER_1E5_IN_ONE_PER_CENT}
    if baseline is not None:
        share = value / float(baseline)
        found |= {
            "PCT_BASELINE": PER_CENT * share,
            "LOG10_REDUCTION": -math.log10(share),
        }
    return {scale: float(f"{height:.6g}") for scale, height in found.items()}
