"""How often the 95 % interval of the slope holds the true slope, on series of which it is known.

Yardstick: 95 %. Each stratum counts series that can be estimated; those that cannot are drawn again and their share is
told. Seeded, so that the same figures come out on every machine. Source: docs/methods/kinetics.md, "Coverage".
"""

import math
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from monitoring.domain.growth_likelihood import GrowthLikelihood
from monitoring.domain.kinetics import SD_LOG10, GrowthFit, NotEstimable, fit_growth, predicted_level
from monitoring.studies.benchmarks.kinetics_series import SimulatedSeries, simulate

NUMBERS_OF_POINTS = (3, 5, 8, 12)
UNDETECTED = (0.0, 0.3, 0.6)  # of the points, on average, before those that cannot be estimated are drawn again
SD_LOWEST, SD_HIGHEST = 0.15, 0.40  # log10, drawn uniformly for each series
BANDS = ("0.15 to 0.23", "0.23 to 0.32", "0.32 to 0.40")  # thirds of that range
AT_ENDS = 0.2  # of the series: as many again with s at either end of the range
DAYS_AHEAD = 60  # days after the last sample, for which the level of the line is told
WANTED_PCT = (92.0, 98.0)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Series of so many points, of which such a share is undetected; s fixed, or drawn where it is None."""

    points: int
    undetected: float
    series: int
    sd: float | None = None


@dataclass(slots=True)
class Counted:
    """What was found in a stratum; the counters are keyed by band of s and by kind of series."""

    drawn: int = 0
    series: int = 0
    undetected: float = 0.0
    profile: int = 0
    level: int = 0
    too_low: int = 0
    too_high: int = 0
    seconds: float = 0.0
    of: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)


def run(*, series: int, processes: int, seed: int) -> dict[str, Any]:
    """Return the coverage in each stratum in per cent, beside it by band of s, by kind, and at the ends of s."""
    cells = [(points, share) for share in UNDETECTED for points in NUMBERS_OF_POINTS]
    at_ends = max(1, round(series * AT_ENDS))
    wanted = [Stratum(points, share, series) for points, share in cells]
    wanted += [Stratum(points, share, at_ends, sd) for points, share in cells for sd in (SD_LOWEST, SD_HIGHEST)]
    with ProcessPoolExecutor(processes) as pool:
        counted = list(pool.map(partial(count, seed=seed), wanted))
    drawn, ends = counted[: len(cells)], counted[len(cells) :]
    strata = [
        _told(stratum, one, ends[2 * i : 2 * i + 2])
        for i, (stratum, one) in enumerate(zip(wanted, drawn, strict=False))
    ]
    coverages = [stratum["coverage_pct"] for stratum in strata]
    fits = sum(one.series for one in counted)
    return {
        "series_a_stratum": series,
        "series_at_each_end": at_ends,
        "seed": seed,
        "wanted_pct": list(WANTED_PCT),
        "lowest_pct": min(coverages),
        "highest_pct": max(coverages),
        "all_as_wanted": all(WANTED_PCT[0] <= coverage <= WANTED_PCT[1] for coverage in coverages),
        "milliseconds_a_fit": round(1000 * sum(one.seconds for one in counted) / fits, 2),
        "strata": strata,
    }


def count(stratum: Stratum, seed: int) -> Counted:
    """Return what is found in one stratum; its random numbers depend on seed and stratum alone."""
    rng = Random(f"{seed} {stratum.points} {stratum.undetected} {stratum.sd}")  # noqa: S311 - a simulation
    counted = Counted()
    for one, fit in _estimable(rng, stratum, counted):
        counted.series += 1
        counted.undetected += sum(point.censored for point in one.points) / stratum.points
        counted.too_high += one.slope < fit.slope_interval.low
        counted.too_low += one.slope > fit.slope_interval.high
        low, high = GrowthLikelihood(fit.points, SD_LOG10).slope_bounds()
        counted.profile += low <= one.slope <= high
        counted.level += stratum.sd is None and _holds_level(one, fit)
        for key in (_band(one.sd), one.kind):
            counted.of[key] += 1
            counted.covered[key] += fit.slope_interval.low <= one.slope <= fit.slope_interval.high
    return counted


def _estimable(rng: Random, stratum: Stratum, counted: Counted) -> Iterator[tuple[SimulatedSeries, GrowthFit]]:
    """So many series as the product would fit: the conditions are its own, none are added."""
    while counted.series < stratum.series:
        sd = rng.uniform(SD_LOWEST, SD_HIGHEST) if stratum.sd is None else stratum.sd
        one = simulate(rng, stratum.points, stratum.undetected, sd)
        counted.drawn += 1
        began = time.perf_counter()
        fit = fit_growth(one.points)
        if isinstance(fit, GrowthFit):
            counted.seconds += time.perf_counter() - began
            yield one, fit


def _holds_level(one: SimulatedSeries, fit: GrowthFit) -> bool:
    """Whether the band of the line holds its true level so many days after the last sample."""
    on = max(point.on for point in fit.points) + timedelta(days=DAYS_AHEAD)
    level = predicted_level(fit, on)
    if isinstance(level, NotEstimable):
        return False
    true = one.level_on(on)
    above_low = level.interval.low <= 0.0 or math.log10(level.interval.low) <= true
    return above_low and (level.interval.high == math.inf or true <= math.log10(level.interval.high))


def _band(sd: float) -> str:
    place = (sd - SD_LOWEST) / (SD_HIGHEST - SD_LOWEST) * len(BANDS)
    return BANDS[min(math.floor(place), len(BANDS) - 1)]


def _told(stratum: Stratum, counted: Counted, ends: list[Counted]) -> dict[str, Any]:
    by = {key: _pct(counted.covered[key], counted.of[key]) for key in sorted(counted.of)}
    return {
        "points": stratum.points,
        "undetected_pct": round(100 * stratum.undetected),
        "coverage_pct": _pct(counted.series - counted.too_low - counted.too_high, counted.series),
        "standard_error_pct": _standard_error(counted),
        "interval_below_truth_pct": _pct(counted.too_low, counted.series),
        "interval_above_truth_pct": _pct(counted.too_high, counted.series),
        "level_in_60_days_pct": _pct(counted.level, counted.series),
        "plain_profile_pct": _pct(counted.profile, counted.series),
        "by_true_s": {band: by[band] for band in BANDS if band in by},
        "at_fixed_s": {
            f"{sd:.2f}": _pct(one.series - one.too_low - one.too_high, one.series)
            for sd, one in zip((SD_LOWEST, SD_HIGHEST), ends, strict=True)
        },
        "by_kind": {kind: covered for kind, covered in by.items() if kind not in BANDS},
        "undetected_found_pct": _pct(counted.undetected, counted.series),
        "not_estimable_drawn_again_pct": _pct(counted.drawn - counted.series, counted.drawn),
    }


def _standard_error(counted: Counted) -> float:
    share = 1.0 - (counted.too_low + counted.too_high) / counted.series
    return round(100 * math.sqrt(share * (1.0 - share) / counted.series), 2)


def _pct(part: float, whole: float) -> float:
    return round(100 * part / whole, 1)
