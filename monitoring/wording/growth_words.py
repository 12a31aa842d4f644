"""The numbers under the curve: how fast it doubles or halves, how far from index, lowest, treatment and diagnosis."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.earlier_levels import earlier_levels
from monitoring.domain.evidence import fold_and_log10
from monitoring.domain.growth_in_episode import FORECAST_DAYS, Growth
from monitoring.domain.growth_since_treatment import Reduction, SinceTreatment, since_treatment
from monitoring.domain.kinetics import (
    DoublingTime,
    GrowthFit,
    HalvingTime,
    Interval,
    NotEstimable,
    NotEstimableBecause,
    ReachingDate,
    doubling_time,
    halving_time,
)
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


def key_numbers(account: Account, growth: Growth | None) -> Iterable[KeyNumber]:
    """Return every number under the curve, in the order in which they are read; each names its samples."""
    if growth is not None:
        yield doubling_words(account, growth.tissue, growth.doubling, _carried_by(growth.fit, growth.since))
    yield from since_index_words(account)
    yield from above_lowest_words(account)
    yield from since_treatment_words(account)
    yield from below_diagnosis_words(account)
    if growth is not None:
        yield from reaching_words(growth.reaching, account.as_of)
        yield from no_forecast_words(growth)


def doubling_words(
    account: Account,
    tissue: Tissue,
    doubling: DoublingTime | NotEstimable,
    samples: str = "",
) -> KeyNumber:
    """Return the doubling time in days with its interval and the published median, or why it cannot be told."""
    name = _("Doubling time, %(tissue)s") % {"tissue": tissue_name(tissue)}
    return _time_words(name, doubling, _median_words(account), samples)


def reaching_words(reaching: Sequence[tuple[Decimal, ReachingDate]], as_of: date) -> Iterable[KeyNumber]:
    """Return when the fitted line reaches the levels still ahead, each with its interval; it may have begun."""
    for level, reached in reaching:
        values = {"low": dates.day(reached.earliest_on), "high": dates.day(reached.latest_on)}
        yield KeyNumber(
            _("%(level)s about") % {"level": numbers.pct_of_abl1(level)},
            dates.day(reached.on),
            _reached_words(is_begun=reached.earliest_on < as_of) % values,
        )


def _reached_words(*, is_begun: bool) -> str:
    if is_begun:
        return _("may be reached already: 95 %% from %(low)s to %(high)s; an estimate, never an alert")
    return _("95 %% from %(low)s to %(high)s; an estimate, never an alert")


def no_forecast_words(growth: Growth) -> Iterable[KeyNumber]:
    """Return why no day is told for a level ahead; nothing where the doubling time already says why."""
    if isinstance(growth.doubling, NotEstimable):
        return
    if growth.treated_on is not None:
        began = _("pre-emptive treatment began on %(day)s") % {"day": dates.day(growth.treated_on)}
        yield KeyNumber(_("Forecast"), _("not made"), began)
    for level, why in growth.not_reached:
        name = _("%(level)s about") % {"level": numbers.pct_of_abl1(level)}
        yield KeyNumber(name, _("not estimable"), _why(why.because))


def above_lowest_words(account: Account) -> Iterable[KeyNumber]:
    """Return how far the latest value of each tissue lies above the lowest before it, of its course and assay."""
    index = account.standing.index if account.standing else ""
    for tissue in Tissue:
        latest = account.latest_of(tissue)
        lowest = earlier_levels(account.series, latest.result).lowest if latest and latest.quantified else None
        if latest is None or lowest is None or lowest.earlier.id == index:
            continue  # what has changed since the index is told already
        values = {"level": numbers.pct(latest.quantified or Decimal(0)), "day": dates.day(latest.collected_on)}
        values |= {"lowest": numbers.pct(lowest.by_pct_abl1), "lowest_day": dates.day(lowest.earlier.collected_on)}
        yield KeyNumber(
            _("From the lowest value, %(tissue)s") % {"tissue": tissue_name(tissue)},
            numbers.log10_of_fold(lowest.fold),
            _("%(level)s, %(day)s, against %(lowest)s, %(lowest_day)s") % values,
        )


def since_treatment_words(account: Account) -> Iterable[KeyNumber]:
    """Return for each tissue sampled since treatment began how far and how fast it has fallen."""
    for one in since_treatment(account.series, account.verdict, account.as_of):
        name = _("Below pre-treatment, %(tissue)s") % {"tissue": tissue_name(one.tissue)}
        if one.reduction is None:
            yield KeyNumber(name, _("not estimable"), _("no value before treatment, or no limit since"))
        else:
            yield KeyNumber(name, *_reduction_words(one.latest, one.reduction))
        yield _halving_words(account, one)


def _reduction_words(latest: ClassedResult, reduction: Reduction) -> tuple[str, str]:
    fall = numbers.log10_reduction(reduction.log10)
    values = {
        "level": numbers.pct(reduction.pct_abl1),
        "day": dates.day(latest.collected_on),
        "reference": numbers.pct(reduction.reference.quantified or Decimal(0)),
        "reference_day": dates.day(reduction.reference.collected_on),
    }
    if reduction.is_at_least:
        words = _("limit %(level)s, %(day)s, against %(reference)s, %(reference_day)s")
        return _("at least %(fall)s") % {"fall": fall}, words % values
    return fall, _("%(level)s, %(day)s, against %(reference)s, %(reference_day)s") % values


def _halving_words(account: Account, one: SinceTreatment) -> KeyNumber:
    """The halving time under treatment; where the level surely grows in spite of it, the doubling time."""
    name, samples = {"tissue": tissue_name(one.tissue)}, _carried_by(one.fit, one.since)
    if isinstance(one.fit, NotEstimable):
        return _time_words(_("Halving time, %(tissue)s") % name, one.fit, "", samples)
    doubling = doubling_time(one.fit)
    if isinstance(doubling, DoublingTime):
        grows = _("Doubling time under treatment, %(tissue)s") % name
        return _time_words(grows, doubling, _median_words(account), samples)
    return _time_words(_("Halving time, %(tissue)s") % name, halving_time(one.fit), "", samples)


def _time_words(name: str, time: DoublingTime | HalvingTime | NotEstimable, median: str, samples: str) -> KeyNumber:
    """A time in days, its interval, the published median where one is, and the samples it was estimated from."""
    if isinstance(time, NotEstimable):
        return KeyNumber(name, _("not estimable"), "; ".join(filter(None, (_why(time.because), samples, median))))
    told = (_interval_words(time.interval), median, samples)
    return KeyNumber(name, _("%(days)s days") % {"days": _days(time.days)}, "; ".join(filter(None, told)))


def _interval_words(interval: Interval) -> str:
    return _("95 %% %(low)s to %(high)s") % {"low": _days(interval.low), "high": _days(interval.high)}


def _median_words(account: Account) -> str:
    return _("published median %(median)s") % {"median": PUBLISHED_DOUBLING_TIME_DAYS[account.series.marker]}


def _carried_by(fit: GrowthFit | NotEstimable, since: date) -> str:
    """How many samples carry the line, and from when to when; where there is no line, from when they were sought."""
    if isinstance(fit, NotEstimable):
        return _("from %(day)s on") % {"day": dates.day(since)}
    count, limits = len(fit.points), sum(point.censored for point in fit.points)
    days: list[date] = [point.on for point in fit.points]
    values = {"count": count, "limits": limits, "first": dates.day(min(days)), "last": dates.day(max(days))}
    if not limits:
        return ngettext(
            "%(count)s sample, %(first)s to %(last)s", "%(count)s samples, %(first)s to %(last)s", count
        ) % values  # fmt: skip
    return ngettext(
        "%(count)s sample, %(limits)s by its limit, %(first)s to %(last)s",
        "%(count)s samples, %(limits)s by limit, %(first)s to %(last)s",
        count,
    ) % values  # fmt: skip


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
    values = {"level": numbers.pct(latest.quantified), "day": dates.day(latest.collected_on)}
    values |= {"reference": numbers.pct(index.pct_abl1), "reference_day": dates.day(index.collected_on)}
    yield KeyNumber(
        _("Since index, %(tissue)s") % {"tissue": tissue_name(index.tissue)},
        _("unchanged") if ratio == 1 else numbers.fold(ratio),
        ngettext("%(change)s in %(count)s day", "%(change)s in %(count)s days", days)
        % {"change": numbers.log10_of_fold(ratio), "count": days}
        + "; "
        + _("%(level)s, %(day)s, against %(reference)s, %(reference_day)s") % values,
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
        NotEstimableBecause.NOT_FALLING: _("the level does not fall"),
        NotEstimableBecause.FALL_UNCERTAIN: _("the interval does not exclude a stable level"),
        NotEstimableBecause.TOO_FAR_AHEAD: _("more than %(days)s days ahead") % {"days": FORECAST_DAYS},
        NotEstimableBecause.NO_MAXIMUM: _("the points do not determine a line"),
    }[because]


def _days(days: float) -> str:
    """An estimate in days, a tenth below a hundred."""
    exact = Decimal(repr(days))
    places = Decimal("0.1") if days < DECIMALS_BELOW_DAYS else Decimal(1)
    return f"{exact.quantize(places):f}".replace(".", numbers.marks().decimal)
