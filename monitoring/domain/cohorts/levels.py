"""Levels of a patient as a cohort draws them, and how fast the failure rose.

Source: docs/methods/cohorts.md, docs/methods/kinetics.md.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.cohorts.patient import Doubling, Level
from monitoring.domain.growth_in_episode import doubling_of_episode
from monitoring.domain.kinetics import NotEstimable
from monitoring.domain.series import Series
from monitoring.domain.terms import Tissue
from monitoring.domain.verdicts import Episode


def levels_of(samples: Sequence[ClassedResult]) -> tuple[Level, ...]:
    """Return every evaluable sample, in the order of the rules; detected below quantification has no level."""
    return tuple(_level(sample) for sample in samples if sample.is_evaluable)


def last_levels(samples: Sequence[ClassedResult]) -> Mapping[Tissue, Level]:
    """Return the latest evaluable sample of each tissue; of several on a day, a detected and the highest one."""
    found: dict[Tissue, ClassedResult] = {}
    for sample in samples:
        if sample.is_evaluable:
            found[sample.tissue] = max(found.get(sample.tissue, sample), sample, key=_of_a_day)
    return {tissue: _level(sample) for tissue, sample in found.items()}


def doubling_of(series: Series, episode: Episode, as_of: date) -> Doubling | None:
    """Return the doubling time of an episode's rise up to its treatment or its end; None where none can be told."""
    until = as_of if episode.ended_on is None else min(as_of, episode.ended_on)
    doubling = doubling_of_episode(series, episode, until)
    if isinstance(doubling, NotEstimable):
        return None
    high = doubling.interval.high
    return Doubling(doubling.days, doubling.interval.low, high if math.isfinite(high) else None)


def _of_a_day(sample: ClassedResult) -> tuple[date, bool, bool, object]:
    value = sample.quantified
    return sample.collected_on, not sample.is_negative, value is not None, value or 0


def _level(sample: ClassedResult) -> Level:
    if sample.is_negative:
        return Level(sample.collected_on, sample.tissue, sample.limit_pct_abl1, is_detected=False)
    return Level(sample.collected_on, sample.tissue, sample.quantified, is_detected=True)
