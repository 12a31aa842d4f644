"""One value on every scale of the figure, and the short number written beside its mark.

`pct_abl1` is the stored value; the other scales are derived (docs/methods/rules.md, scales). Heights are floats,
because they are a picture; numbers that are read are made from the exact decimals.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from monitoring.charts.inputs import Scale
from monitoring.domain.terms import Tissue

PER_CENT = Decimal(100)
PER_1E5_IN_ONE_PER_CENT = Decimal(1000)  # 1 % of ABL1 is 1,000 copies per 10^5 ABL1
ONE_COPY = Decimal(100)  # one target copy is 100 / ABL1 copies per cent
SHOWN_FROM_PCT = Decimal("1E-9")  # one copy in 10^11 ABL1: below anything a sample can hold
SHOWN_TO_PCT = Decimal("1E9")
LABEL_DIGITS = 2  # significant digits of a number written beside a mark
LABEL_DECIMALS_LOG10 = 2
MOST_DECIMALS_LOG10 = 6
NO_BASELINE = "NO_BASELINE"
OTHER_ASSAY = "OTHER_ASSAY"
SCALE_NAMES = tuple((scale, scale.value) for scale in Scale)  # an enum's value is slow to read
NEEDS_BASELINE = (Scale.PCT_BASELINE, Scale.LOG10_REDUCTION)


class BaselineMissing(LookupError):
    """A scale of diagnosis was asked for where there is no diagnosis value."""


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
    """A value in per cent of ABL1 on another scale; the diagnosis value is needed for two of them."""
    if scale is Scale.PCT_ABL1:
        return pct_abl1
    if scale is Scale.PER_1E5_ABL1:
        return pct_abl1 * PER_1E5_IN_ONE_PER_CENT
    if baseline is None:
        raise BaselineMissing(scale)
    if scale is Scale.PCT_BASELINE:
        return PER_CENT * pct_abl1 / baseline
    return Decimal(repr(math.log10(baseline / pct_abl1)))


def in_pct_abl1(scale: Scale, value: Decimal, baseline: Decimal | None) -> Decimal | None:
    """A value of any scale in per cent of ABL1; None where that needs a diagnosis value and there is none."""
    if scale is Scale.PCT_ABL1:
        return value
    if scale is Scale.PER_1E5_ABL1:
        return value / PER_1E5_IN_ONE_PER_CENT
    if baseline is None:
        return None
    if scale is Scale.PCT_BASELINE:
        return value * baseline / PER_CENT
    return baseline / Decimal(10) ** value


def is_shown(pct_abl1: Decimal | None) -> bool:
    """Whether a value has a height that a picture can hold."""
    return pct_abl1 is not None and SHOWN_FROM_PCT <= pct_abl1 <= SHOWN_TO_PCT


def plain(value: Decimal | None) -> str | None:
    """The exact decimal as written, without exponent."""
    return None if value is None else format(value, "f")


def short(value: Decimal, borders: Iterable[Decimal] = ()) -> str:
    """A positive number to two significant digits, more where fewer would carry it across a border.

    Digits before the decimal point are never rounded away.
    """
    exponent = min(value.adjusted() - LABEL_DIGITS + 1, 0)
    borders = tuple(borders)
    while True:
        rounded = value.quantize(Decimal(1).scaleb(exponent)) if _has_digit(value, exponent) else value
        if rounded == value or all((value < border) == (rounded < border) for border in borders):
            return format(rounded, "f")
        exponent -= 1


def _has_digit(value: Decimal, exponent: int) -> bool:
    """Whether rounding to this exponent would take a digit away."""
    last = value.as_tuple().exponent
    return isinstance(last, int) and last < exponent


def short_log10(value: Decimal, borders: Iterable[Decimal] = ()) -> str:
    """A log10 reduction to two decimals, more where fewer would carry it across a border."""
    borders = tuple(borders)
    for decimals in range(LABEL_DECIMALS_LOG10, MOST_DECIMALS_LOG10):
        text = format(value, f".{decimals}f")
        if all((value < border) == (Decimal(text) < border) for border in borders):
            return text
    return format(value, f".{MOST_DECIMALS_LOG10}f")


def label(scale: Scale, value: Decimal, borders: Sequence[Decimal] = ()) -> str:
    """The number beside a mark, in the notation of its scale, with a decimal point and no grouping."""
    return short_log10(value, borders) if scale is Scale.LOG10_REDUCTION else short(value, borders)


def heights(pct_abl1: Decimal, baseline: Decimal | None) -> dict[str, float]:
    """The height of a value on every scale on which it has one, to six digits: enough for a picture."""
    value = float(pct_abl1)
    found = {"PCT_ABL1": value, "PER_1E5_ABL1": value * float(PER_1E5_IN_ONE_PER_CENT)}
    if baseline is not None:
        share = value / float(baseline)
        found |= {
            "PCT_BASELINE": float(PER_CENT) * share,
            "LOG10_REDUCTION": -math.log10(share),
        }
    return {scale: float(f"{height:.6g}") for scale, height in found.items()}
