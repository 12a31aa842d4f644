"""Two assays measured on the same samples: their factor, how sure it is, and how far single samples scatter.

All on the log10 scale, where ratios are differences. Source: Bland and Altman, Lancet 1986;1:307; Branford et al.,
Blood 2008;112:3330 (bias within 1.2-fold and limits of agreement within 5-fold); docs/methods/bridging.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from monitoring.domain.units import check_is_level

MIN_PAIRS = 3  # pairs; fewer give no interval worth reading, [DESIGN]
ENOUGH_PAIRS = 20  # pairs, [DESIGN] after the exchange of 20 to 30 samples for a BCR::ABL1 conversion factor
WIDE_ENOUGH = Decimal(100)  # highest over lowest level; a factor is known only over the range that was measured
BIAS_FOLD = Decimal("1.2")  # Branford 2008, for BCR::ABL1
AGREEMENT_FOLD = Decimal(5)  # Branford 2008, for BCR::ABL1
AGREEMENT_SD = Decimal("1.96")  # 95 % of a normal distribution; Bland and Altman 1986
KEPT_DIGITS = 12

# Student's t, two-sided 95 %, by degrees of freedom; beyond the table the next smaller entry, which widens.
T_95 = {
    1: "12.706", 2: "4.303", 3: "3.182", 4: "2.776", 5: "2.571", 6: "2.447", 7: "2.365", 8: "2.306", 9: "2.262",
    10: "2.228", 11: "2.201", 12: "2.179", 13: "2.160", 14: "2.145", 15: "2.131", 16: "2.120", 17: "2.110",
    18: "2.101", 19: "2.093", 20: "2.086", 21: "2.080", 22: "2.074", 23: "2.069", 24: "2.064", 25: "2.060",
    26: "2.056", 27: "2.052", 28: "2.048", 29: "2.045", 30: "2.042", 40: "2.021", 60: "2.000", 120: "1.980",
}  # fmt: skip

_WORKING = Context(prec=50, rounding=ROUND_HALF_EVEN)
_KEPT = Context(prec=KEPT_DIGITS, rounding=ROUND_HALF_EVEN)


class TooFewPairs(Exception):
    """A factor was asked of fewer than three samples measured by both assays."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One sample by both assays, in % of ABL1, both above 0."""

    first: Decimal
    second: Decimal

    def __post_init__(self) -> None:
        check_is_level(self.first)
        check_is_level(self.second)

    @property
    def fold(self) -> Decimal:
        """Second over first."""
        return _KEPT.divide(self.second, self.first)

    @property
    def log10_difference(self) -> Decimal:
        """log10 of second over first."""
        return _KEPT.log10(_WORKING.divide(self.second, self.first))


@dataclass(frozen=True, slots=True)
class Bridge:
    """The geometric mean of second over first with its 95 % interval, and the 95 % limits of agreement, as ratios."""

    pairs: int
    factor: Decimal
    factor_low: Decimal
    factor_high: Decimal
    agreement_low: Decimal
    agreement_high: Decimal
    sd_log10: Decimal
    span: Decimal

    @property
    def is_few(self) -> bool:
        """Whether there are fewer than 20 pairs."""
        return self.pairs < ENOUGH_PAIRS

    @property
    def is_narrow(self) -> bool:
        """Whether the levels of the first assay span less than two log10."""
        return self.span < WIDE_ENOUGH

    @property
    def differs(self) -> bool:
        """Whether the interval of the factor leaves out 1: the assays differ by more than chance."""
        return self.factor_low > 1 or self.factor_high < 1

    @property
    def is_biased(self) -> bool:
        """Whether the factor lies beyond 1.2-fold either way."""
        return _is_beyond(self.factor, BIAS_FOLD)

    @property
    def scatters(self) -> bool:
        """Whether a limit of agreement lies beyond 5-fold either way."""
        return _is_beyond(self.agreement_low, AGREEMENT_FOLD) or _is_beyond(self.agreement_high, AGREEMENT_FOLD)


def bridge(pairs: Sequence[Pair]) -> Bridge:
    """Return factor, interval and spread of samples measured by both assays; raises TooFewPairs."""
    if len(pairs) < MIN_PAIRS:
        raise TooFewPairs(len(pairs))
    logs = [_WORKING.log10(_WORKING.divide(pair.second, pair.first)) for pair in pairs]
    mean, sd = _mean_and_sd(logs)
    half = _WORKING.multiply(_t95(len(pairs) - 1), _WORKING.divide(sd, _WORKING.sqrt(Decimal(len(pairs)))))
    reach = _WORKING.multiply(AGREEMENT_SD, sd)
    firsts = [pair.first for pair in pairs]
    return Bridge(
        pairs=len(pairs),
        factor=_ratio(mean),
        factor_low=_ratio(_WORKING.subtract(mean, half)),
        factor_high=_ratio(_WORKING.add(mean, half)),
        agreement_low=_ratio(_WORKING.subtract(mean, reach)),
        agreement_high=_ratio(_WORKING.add(mean, reach)),
        sd_log10=_KEPT.plus(sd),
        span=_KEPT.divide(max(firsts), min(firsts)),
    )


def seen_as(fold: Decimal, factor: Decimal) -> Decimal:
    """Return the rise that a true rise of `fold` shows as, when the first sample is by the first assay."""
    return _KEPT.multiply(fold, factor)


def _mean_and_sd(logs: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    mean = _WORKING.divide(_sum(logs), Decimal(len(logs)))
    squares = [_WORKING.power(_WORKING.subtract(each, mean), Decimal(2)) for each in logs]
    return mean, _WORKING.sqrt(_WORKING.divide(_sum(squares), Decimal(len(logs) - 1)))


def _sum(numbers: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = _WORKING.add(total, number)
    return total


def _t95(degrees: int) -> Decimal:
    return Decimal(T_95[max(known for known in T_95 if known <= degrees)])


def _ratio(log10: Decimal) -> Decimal:
    return _KEPT.power(Decimal(10), log10)


def _is_beyond(fold: Decimal, limit: Decimal) -> bool:
    """Whether a ratio lies beyond `limit`-fold up or down; exact."""
    return fold > limit or _WORKING.multiply(fold, limit) < 1
