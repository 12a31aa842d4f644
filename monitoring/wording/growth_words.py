"""The numbers under the curve: how fast it doubles, how far from index and diagnosis, when it reaches a level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.evidence import fold_and_log10
from monitoring.domain.kinetics import DoublingTime, NotEstimable, NotEstimableBecause, ReachingDate
from monitoring.domain.published_kinetics import PUBLISHED_DOUBLING_TIME_DAYS
from monitoring.domain.terms import Tissue
from monitoring.domain.units import log10_reduction
from monitoring.wording import dates, numbers
from monitoring.wording.account import Account
from monitoring.wording.phrases import tissue_name

DECIMALS_BELOW_DAYS = 100  # days; a tenth of a day is told below it


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """One number with its name and what belongs to it."""

    name: str
    value: str
    beside: str


def doubling_words(account: Account, tissue: Tissue, doubling: DoublingTime | NotEstimable) -> KeyNumber:
    """Return the doubling time in days with its interval and the published median, or why it cannot be told."""
    name = _("Doubling time, %(tissue)s") % {"tissue": tissue_name(tissue)}
    if isinstance(doubling, NotEstimable):
        return KeyNumber(name, _("not estimable"), _why(doubling.because))
    median = PUBLISHED_DOUBLING_TIME_DAYS[account.series.marker]
    values = {"low": _days(doubling.interval.low), "high": _days(doubling.interval.high), "median": median}
    return KeyNumber(
        name,
        _("%(days)s days") % {"days": _days(doubling.days)},
        _("95 %% %(low)s to %(high)s; published median %(median)s") % values,
    )


def reaching_words(reaching: Sequence[tuple[Decimal, ReachingDate]]) -> Iterable[KeyNumber]:
    """Return when the fitted line reaches its first level still ahead, with the interval."""
    for level, reached in reaching[:1]:
        values = {"low": dates.day(reached.earliest_on), "high": dates.day(reached.latest_on)}
        yield KeyNumber(
            _("%(level)s about") % {"level": numbers.pct_of_abl1(level)},
            dates.day(reached.on),
            _("95 %% from %(low)s to %(high)s; an estimate, never an alert") % values,
        )


def since_index_words(account: Account) -> Iterable[KeyNumber]:
    """Return the latest value over that of the index, where the two may be compared."""
    episode = account.standing
    if episode is None:
        return
    index = account.result(episode.index)
    later = [
        one
        for one in account.samples
        if one.is_detected and one.tissue is index.tissue and one.result.assay_key == index.assay_key
    ]
    latest = max(later, key=lambda one: one.collected_on, default=None)
    if latest is None or latest.collected_on <= index.collected_on:
        return
    if index.pct_abl1 is None or latest.quantified is None:
        return
    ratio, _log10 = fold_and_log10(latest.quantified, index.pct_abl1)
    days = (latest.collected_on - index.collected_on).days
    yield KeyNumber(
        _("Since index, %(tissue)s") % {"tissue": tissue_name(index.tissue)},
        _("unchanged") if ratio == 1 else numbers.fold(ratio),
        ngettext("%(change)s in %(count)s day", "%(change)s in %(count)s days", days)
        % {"change": numbers.log10_of_fold(ratio), "count": days},
    )


def below_diagnosis_words(account: Account) -> Iterable[KeyNumber]:
    """Return how far the latest sample of each sampled tissue lies below diagnosis; at least so far if not detected."""
    for tissue in Tissue:
        latest, baseline = account.latest_of(tissue), account.series.baseline_pct_abl1.get(tissue)
        if latest is not None and baseline is not None:
            yield from _below(tissue, latest, baseline)


def _below(tissue: Tissue, latest: ClassedResult, baseline: Decimal) -> Iterable[KeyNumber]:
    level = latest.result.pct_abl1 or latest.limit_pct_abl1
    if level is None:
        return
    fall = numbers.log10_reduction(log10_reduction(baseline, level))
    detected = latest.result.pct_abl1 is not None
    values = {"level": numbers.pct(level), "baseline": numbers.pct(baseline), "day": dates.day(latest.collected_on)}
    words = _("%(level)s of %(baseline)s, %(day)s") if detected else _("limit %(level)s of %(baseline)s, %(day)s")
    yield KeyNumber(
        _("Below diagnosis, %(tissue)s") % {"tissue": tissue_name(tissue)},
        fall if detected else _("at least %(fall)s") % {"fall": fall},
        words % values,
    )


def _why(because: NotEstimableBecause) -> str:
    return {
        NotEstimableBecause.TOO_FEW_POINTS: _("fewer than three samples of one assay since then"),
        NotEstimableBecause.TOO_FEW_DETECTED: _("fewer than two values since then"),
        NotEstimableBecause.DETECTED_ON_ONE_DAY: _("values of one day only"),
        NotEstimableBecause.NOT_GROWING: _("the level does not grow"),
        NotEstimableBecause.GROWTH_UNCERTAIN: _("the interval does not exclude a stable level"),
        NotEstimableBecause.TOO_FAR_AHEAD: _("too far ahead"),
        NotEstimableBecause.NO_MAXIMUM: _("the points do not determine a line"),
    }[because]


def _days(days: float) -> str:
    """An estimate in days, a tenth below a hundred."""
    exact = Decimal(repr(days))
    places = Decimal("0.1") if days < DECIMALS_BELOW_DAYS else Decimal(1)
    return f"{exact.quantize(places):f}".replace(".", numbers.marks().decimal)
