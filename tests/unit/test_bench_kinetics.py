"""`manage.py bench kinetics`: simulated series are what they are said to be, and the counting is right."""

import json
import math
from io import StringIO
from random import Random
from statistics import mean, median, stdev

import pytest
from django.core.management import CommandError, call_command

from monitoring.domain.published_kinetics import PUBLISHED_DOUBLING_TIME_DAYS
from monitoring.domain.terms import Marker
from monitoring.studies.benchmarks.kinetics import BANDS, Stratum, count, run
from monitoring.studies.benchmarks.kinetics_series import (
    DAYS_BETWEEN_SAMPLES,
    DECLINE,
    HALVING_DAYS,
    MEDIAN_ABL1_COPIES,
    ORIGIN,
    SimulatedSeries,
    simulate,
)

MANY = 1_500
LEAST_SERIES = 250


def simulated(points: int, undetected: float, sd: float = 0.25) -> list[SimulatedSeries]:
    rng = Random(5)
    return [simulate(rng, points, undetected, sd) for _ in range(MANY)]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("points", [3, 8])
def test_each_point_is_undetected_with_about_the_chance_that_is_named(points: int, share: float) -> None:
    found = [point.censored for one in simulated(points, share) for point in one.points]
    assert mean(found) == pytest.approx(share, abs=0.04)


def test_growth_doubles_as_published_and_a_fall_halves_within_its_range() -> None:
    everything = simulated(3, 0.0)
    for marker in Marker:
        days = [math.log10(2) / one.slope for one in everything if one.kind == marker.value]
        assert median(days) == pytest.approx(PUBLISHED_DOUBLING_TIME_DAYS[marker], rel=0.1)
    falls = [-math.log10(2) / one.slope for one in everything if one.kind == DECLINE]
    assert HALVING_DAYS[0] <= min(falls) < 10 < 40 < max(falls) <= HALVING_DAYS[1]


def test_a_rise_is_undetected_at_first_and_a_fall_at_last() -> None:
    for one in simulated(8, 0.6):
        if abs(one.slope) > 0.02:
            assert one.points[0 if one.slope > 0 else -1].censored
    assert any(one.slope < 0 for one in simulated(8, 0.6))


def test_samples_are_irregular_and_each_has_its_own_limit() -> None:
    series = simulated(8, 0.6)
    gaps = {
        (later.on - earlier.on).days
        for one in series
        for earlier, later in zip(one.points, one.points[1:], strict=False)
    }
    assert (min(gaps), max(gaps)) == DAYS_BETWEEN_SAMPLES
    limits = [point.log10_pct_abl1 for one in series for point in one.points if point.censored]
    assert median(limits) == pytest.approx(math.log10(100 / MEDIAN_ABL1_COPIES), abs=0.1)
    assert stdev(limits) > 0.2


def test_values_scatter_about_the_line_as_they_are_told_to() -> None:
    rests = []
    for one in simulated(3, 0.0, sd=0.4):
        first, middle, last = one.points
        share = (middle.on - first.on).days / (last.on - first.on).days
        between = first.log10_pct_abl1 + share * (last.log10_pct_abl1 - first.log10_pct_abl1)
        rests.append((middle.log10_pct_abl1 - between) / math.sqrt(1 + share**2 + (1 - share) ** 2))
    assert stdev(rests) == pytest.approx(0.4, rel=0.06)
    assert simulated(3, 0.0)[0].points[0].on == ORIGIN


@pytest.mark.parametrize("share", [0.0, 0.6])
@pytest.mark.parametrize("points", [3, 12])
def test_the_interval_holds_the_truth_as_often_as_it_says(points: int, share: float) -> None:
    """Few series and a wide margin; the command counts with thousands."""
    counted = count(Stratum(points, share, LEAST_SERIES), seed=3)
    covered = counted.series - counted.too_low - counted.too_high
    assert 0.89 * counted.series <= covered
    assert counted.covered.total() == 2 * covered


def test_the_same_seed_gives_the_same_figures_by_any_number_of_processes() -> None:
    one, two = (run(series=12, processes=processes, seed=7) for processes in (1, 2))
    for report in (one, two):
        del report["milliseconds_a_fit"]
    assert one == two


def test_the_command_tells_every_stratum_with_what_is_beside_it() -> None:
    out = StringIO()
    call_command("bench", "kinetics", "--series", "6", "--shards", "1", "--format", "json", stdout=out)
    report = json.loads(out.getvalue())["kinetics"]
    cells = [(one["points"], one["undetected_pct"]) for one in report["strata"]]
    assert sorted(cells) == [(points, share) for points in (3, 5, 8, 12) for share in (0, 30, 60)]
    for one in report["strata"]:
        assert 0 <= one["coverage_pct"] <= 100
        assert set(one["at_fixed_s"]) == {"0.15", "0.40"}
        assert set(one["by_true_s"]) <= set(BANDS)
    assert report["lowest_pct"] == min(one["coverage_pct"] for one in report["strata"])


def test_the_table_has_a_line_for_each_stratum() -> None:
    out = StringIO()
    call_command("bench", "kinetics", "--series", "4", "--shards", "1", stdout=out)
    assert out.getvalue().count("coverage_pct") == 12


def test_no_series_is_no_measurement() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("bench", "kinetics", "--series", "0")
