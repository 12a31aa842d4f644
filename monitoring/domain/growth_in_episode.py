"""How fast the level of an open relapse or suspicion grows, from the sample it is measured against onwards.

An estimate shown beside the curve, never an alert. Nothing is fitted through treatment: the points end where a
pre-emptive treatment begins, and a forecast is made only while none has begun. Source: docs/methods/kinetics.md.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain import evidence
from monitoring.domain.growth_points import growth_points
from monitoring.domain.kinetics import (
    DoublingTime,
    GrowthFit,
    NotEstimable,
    NotEstimableBecause,
    ReachingDate,
    date_of_reaching,
    doubling_time,
    fit_growth,
)
from monitoring.domain.results import Result
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeStatus, Tissue
from monitoring.domain.verdicts import Episode, Verdict

FORECAST_LEVELS = (Decimal(1), Decimal(10))  # % of ABL1, [DESIGN]: where one sample suffices, where morphology decides
FORECAST_DAYS = 180  # days beyond the last point, at the most, [DESIGN]

Reached = tuple[tuple[Decimal, ReachingDate], ...]
NotReached = tuple[tuple[Decimal, NotEstimable], ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth in the tissue of the index sample; `reaching` by level in % of ABL1, empty once treatment has begun.

    `not_reached` are the levels ahead for which no day can be told, and why. `drawn_from` is the index date: before it
    the line would only fall below every limit. The points are looked for from `since` to `treated_on`, to the latest
    sample while that is None.
    """

    tissue: Tissue
    fit: GrowthFit | NotEstimable
    doubling: DoublingTime | NotEstimable
    reaching: Reached
    drawn_from: date
    since: date
    not_reached: NotReached = ()
    treated_on: date | None = None


def growth_of(series: Series, verdict: Verdict, as_of: date) -> Growth | None:
    """Return the growth of the open episode or candidate; None where nothing is open."""
    episode = _standing(verdict)
    if episode is None:
        return None
    index, treated_on, since = _bounds(series, episode, as_of)
    fit = _fit(series, episode, as_of)
    if isinstance(fit, NotEstimable):
        return Growth(index.tissue, fit, fit, (), episode.relapse_on, since, treated_on=treated_on)
    doubling = doubling_time(fit)
    reaching, not_reached = ((), ()) if treated_on or isinstance(doubling, NotEstimable) else _levels_ahead(fit)
    return Growth(index.tissue, fit, doubling, reaching, episode.relapse_on, since, not_reached, treated_on)


def doubling_of_episode(series: Series, episode: Episode, as_of: date) -> DoublingTime | NotEstimable:
    """Return the doubling time of an episode, open or not, from the same points as its growth: up to its treatment."""
    fit = _fit(series, episode, as_of)
    return fit if isinstance(fit, NotEstimable) else doubling_time(fit)


def _fit(series: Series, episode: Episode, as_of: date) -> GrowthFit | NotEstimable:
    index, treated_on, since = _bounds(series, episode, as_of)
    until = as_of if treated_on is None else treated_on
    return fit_growth(growth_points(series.results, index.tissue, index.assay_key, since, until))


def _bounds(series: Series, episode: Episode, as_of: date) -> tuple[Result, date | None, date]:
    """The index sample, the day on which treatment began, and the day from which points are taken."""
    index = next(result for result in series.results if result.id == episode.index)
    treated_on = min((on for on in series.treatment_starts if episode.relapse_on <= on <= as_of), default=None)
    return index, treated_on, _since(episode)


def _standing(verdict: Verdict) -> Episode | None:
    holding = [one for one in verdict.episodes if one.status == verdict.state and one.number is not None]
    if holding:
        return max(holding, key=lambda one: one.number or 0)
    return next((one for one in verdict.episodes if one.status is EpisodeStatus.SUSPECTED), None)


def _since(episode: Episode) -> date:
    """The day of the negative or lowest value that the index is measured against, if of the same tissue."""
    facts = (evidence.PRIOR_NEGATIVE, evidence.NADIR)
    reference = next((each for each in episode.because if each.fact in facts), None)
    if reference is None or reference.on is None or reference.tissue is not episode.tissue:
        return episode.relapse_on
    return reference.on


def _levels_ahead(fit: GrowthFit) -> tuple[Reached, NotReached]:
    """When the line reaches the levels that still lie ahead of the last sample, within the days of a forecast."""
    last_on = max(point.on for point in fit.points)
    reaching: list[tuple[Decimal, ReachingDate]] = []
    not_reached: list[tuple[Decimal, NotEstimable]] = []
    for level in FORECAST_LEVELS:
        reached = date_of_reaching(fit, level)
        if isinstance(reached, NotEstimable):
            not_reached.append((level, reached))
        elif (reached.on - last_on).days > FORECAST_DAYS:
            not_reached.append((level, NotEstimable(NotEstimableBecause.TOO_FAR_AHEAD)))
        elif reached.on > last_on:
            reaching.append((level, reached))
    return tuple(reaching), tuple(not_reached)
