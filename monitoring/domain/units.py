"""The scales on which one and the same MRD level is written, and exact passage between them.

Canonical is `pct_abl1` = 100 x target copies / ABL1 copies. A number never travels without its scale:
"0.02" as ratio, as per cent or as per cent of diagnosis are up to a hundredfold apart and more.
Source: docs/methods/units.md; EAC, Gabert et al., Leukemia 2003;17:2318.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

from monitoring.domain.results import Result

# Own contexts, so that no setting of the calling thread can change a result.
SIGNIFICANT_DIGITS = 28
_ROUNDED = Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_HALF_EVEN)
_GENEROUS = Context(prec=2 * SIGNIFICANT_DIGITS, rounding=ROUND_HALF_EVEN)


class Scale(StrEnum):
    """What a level is counted against; only `PCT_BASELINE` needs the diagnosis sample."""

    PCT_ABL1 = "PCT_ABL1"
    RATIO = "RATIO"
    PER_10_4_ABL1 = "PER_10_4_ABL1"
    PER_10_5_ABL1 = "PER_10_5_ABL1"
    PCT_BASELINE = "PCT_BASELINE"


# pct_abl1 = value x 10 ** exponent
PCT_ABL1_EXPONENT = {Scale.PCT_ABL1: 0, Scale.RATIO: 2, Scale.PER_10_4_ABL1: -2, Scale.PER_10_5_ABL1: -3}


class Incomparability(StrEnum):
    """Why two results cannot be compared."""

    TISSUE = "TISSUE"
    ASSAY_KEY = "ASSAY_KEY"
    NOT_QUANTIFIED = "NOT_QUANTIFIED"


class ScaleMissing(Exception):
    """A level came without its scale; it is refused, never guessed."""


class BaselineMissing(Exception):
    """Per cent of diagnosis was asked for where no diagnosis level is known."""


class NotALevel(Exception):
    """A level must be a finite decimal above zero; not detected is a state, not the number 0."""


class IncomparableResults(Exception):
    """Two results of different tissue or assay_key, or one without a value, were compared."""

    def __init__(self, reason: Incomparability) -> None:
        super().__init__(reason.value)
        self.reason = reason


def check_is_level(value: Decimal) -> None:
    """Refuse with NotALevel what is not a finite decimal above zero."""
    if not isinstance(value, Decimal) or not value.is_finite() or value <= 0:
        raise NotALevel(str(value))


def times_power_of_ten(value: Decimal, exponent: int) -> Decimal:
    """Return value x 10 ** exponent, exact at any length; raises NotALevel for NaN and infinity."""
    sign, digits, own_exponent = value.as_tuple()
    if not isinstance(own_exponent, int):  # NaN and infinity carry a letter here
        raise NotALevel(str(value))
    return Decimal((sign, digits, own_exponent + exponent))


def to_pct_abl1(value: Decimal, scale: Scale | None, baseline_pct_abl1: Decimal | None = None) -> Decimal:
    """Return a level in per cent of ABL1; exact from every scale.

    Raises ScaleMissing, NotALevel, and BaselineMissing for PCT_BASELINE without the baseline of the tissue.
    """
    if scale is None:
        raise ScaleMissing(str(value))
    check_is_level(value)
    if scale is Scale.PCT_BASELINE:
        return times_power_of_ten(_exact_product(value, _known(baseline_pct_abl1)), -2)
    return times_power_of_ten(value, PCT_ABL1_EXPONENT[scale])


def from_pct_abl1(pct_abl1: Decimal, scale: Scale | None, baseline_pct_abl1: Decimal | None = None) -> Decimal:
    """Return a level given in per cent of ABL1 on another scale.

    Exact, except PCT_BASELINE, a quotient: 28 significant digits, half to even. Errors as `to_pct_abl1`.
    """
    if scale is None:
        raise ScaleMissing(str(pct_abl1))
    check_is_level(pct_abl1)
    if scale is Scale.PCT_BASELINE:
        return _ROUNDED.divide(times_power_of_ten(pct_abl1, 2), _known(baseline_pct_abl1))
    return times_power_of_ten(pct_abl1, -PCT_ABL1_EXPONENT[scale])


def log10_of(value: Decimal) -> Decimal:
    """Return log10 to 28 significant digits by decimal arithmetic; for display, never for a threshold."""
    check_is_level(value)
    return _ROUNDED.log10(value)


def log10_reduction(reference: Decimal, now: Decimal) -> Decimal:
    """Return log10(reference / now), positive for a fall; both on one scale, one tissue, one assay_key."""
    check_is_level(reference)
    check_is_level(now)
    return _ROUNDED.log10(_GENEROUS.divide(reference, now))


def fell_by_logs(reference: Decimal, now: Decimal, logs: int = 1) -> bool:
    """Say exactly whether `now` is at least `logs` log10 below `reference`: now x 10^logs <= reference."""
    return times_power_of_ten(now, logs) <= reference


def rose_by_logs(reference: Decimal, now: Decimal, logs: int = 1) -> bool:
    """Say exactly whether `now` is at least `logs` log10 above `reference`: now >= 10^logs x reference."""
    return now >= times_power_of_ten(reference, logs)


def comparable_levels(reference: Result, now: Result) -> tuple[Decimal, Decimal]:
    """Return both values in per cent of ABL1; raises IncomparableResults across tissues or assay_keys."""
    if reference.tissue is not now.tissue:
        raise IncomparableResults(Incomparability.TISSUE)
    if reference.assay_key != now.assay_key:
        raise IncomparableResults(Incomparability.ASSAY_KEY)
    if reference.pct_abl1 is None or now.pct_abl1 is None:
        raise IncomparableResults(Incomparability.NOT_QUANTIFIED)
    return reference.pct_abl1, now.pct_abl1


def log10_reduction_between(reference: Result, now: Result) -> Decimal:
    """Return the log10 reduction from one result to another; raises IncomparableResults."""
    return log10_reduction(*comparable_levels(reference, now))


def _known(baseline_pct_abl1: Decimal | None) -> Decimal:
    if baseline_pct_abl1 is None:
        raise BaselineMissing
    check_is_level(baseline_pct_abl1)
    return baseline_pct_abl1


def _exact_product(a: Decimal, b: Decimal) -> Decimal:
    digits = len(a.as_tuple().digits) + len(b.as_tuple().digits)
    return Context(prec=digits).multiply(a, b)
