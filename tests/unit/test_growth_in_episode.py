"""Which samples carry the growth of an episode and the fall under treatment, and where both end."""

from decimal import Decimal

import pytest

from monitoring.domain.growth_in_episode import Growth, growth_of
from monitoring.domain.growth_since_treatment import since_treatment
from monitoring.domain.kinetics import GrowthFit, HalvingTime, NotEstimable, halving_time
from monitoring.domain.kinetics import NotEstimableBecause as Because
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import CourseStart
from monitoring.queries.growth import forecast_of
from tests.unit.growing_series import BM, FALL, PB, RISE, on, sample, series, verdict

TREATED = 105


def growth(of: Series, day: int) -> Growth:
    found = growth_of(of, verdict(of, day), on(day))
    assert found is not None
    return found


def days_of(fit: GrowthFit | NotEstimable) -> list[int]:
    assert isinstance(fit, GrowthFit)
    return [(point.on - on(0)).days for point in fit.points]


def test_growth_begins_with_the_negative_before_the_index() -> None:
    found = growth(series(sample(-40, "0.5"), *RISE), 110)
    assert days_of(found.fit) == [0, 60, 81, 102]
    assert found.drawn_from == on(60)


def test_both_levels_of_the_forecast_are_told_with_their_intervals() -> None:
    found = growth(series(*RISE), 110)
    assert [level for level, _ in found.reaching] == [Decimal(1), Decimal(10)]
    for _, reached in found.reaching:
        assert reached.earliest_on < reached.on < reached.latest_on
    assert found.not_reached == ()


def test_a_level_that_lies_behind_is_not_told() -> None:
    found = growth(series(sample(0), sample(60, "0.5"), sample(81, "1.6"), sample(102, "4")), 110)
    assert [level for level, _ in found.reaching] == [Decimal(10)]
    assert found.not_reached == ()


def test_a_level_too_far_ahead_says_so() -> None:
    found = growth(series(sample(0), sample(300, "0.01"), sample(420, "0.03"), sample(560, "0.09")), 570)
    assert found.reaching == ()
    assert [(level, why.because) for level, why in found.not_reached] == [
        (Decimal(1), Because.TOO_FAR_AHEAD),
        (Decimal(10), Because.TOO_FAR_AHEAD),
    ]


def test_treatment_ends_the_points_and_the_forecast() -> None:
    found = growth(series(*RISE, *FALL, treatment_starts=(on(TREATED),)), 140)
    assert days_of(found.fit) == [0, 60, 81, 102]
    assert (found.reaching, found.not_reached, found.treated_on) == ((), (), on(TREATED))
    assert forecast_of(found) is None


def test_the_drawn_wedge_has_the_line_inside() -> None:
    forecast = forecast_of(growth(series(*RISE), 110))
    assert forecast is not None
    assert len(forecast.points) > 10
    assert all(one.low_pct_abl1 < one.pct_abl1 < one.high_pct_abl1 for one in forecast.points)
    assert [one.pct_abl1 for one in forecast.crossings] == [Decimal(1), Decimal(10)]


def test_a_fall_is_measured_from_the_last_value_before_treatment() -> None:
    treated = series(*RISE, *FALL, treatment_starts=(on(TREATED),))
    [found] = since_treatment(treated, verdict(treated, 190), on(190))
    assert (found.tissue, found.started_on) == (BM, on(TREATED))
    assert days_of(found.fit) == [102, 130, 158, 186]
    assert found.reduction is not None
    assert found.reduction.reference.collected_on == on(102)
    assert found.reduction.is_at_least
    assert round(found.reduction.log10, 2) == Decimal("2.08")
    assert isinstance(found.fit, GrowthFit)
    halving = halving_time(found.fit)
    assert isinstance(halving, HalvingTime)
    assert 5 < halving.interval.low < 12 < halving.interval.high < 40


def test_each_tissue_is_told_apart_and_only_where_it_was_sampled_since() -> None:
    blood = (sample(102, "0.03", PB), sample(130, "0.02", PB))
    treated = series(*RISE, *FALL, *blood, treatment_starts=(on(TREATED),))
    found = since_treatment(treated, verdict(treated, 190), on(190))
    assert [one.tissue for one in found] == [BM, PB]
    assert isinstance(found[1].fit, NotEstimable)
    assert found[1].fit.because is Because.TOO_FEW_POINTS
    assert since_treatment(treated, verdict(treated, 120), on(120)) == ()


def test_without_a_value_before_treatment_there_is_no_fall() -> None:
    persisting = series(sample(130, "0.06"), treatment_starts=(on(TREATED),))
    [found] = since_treatment(persisting, verdict(persisting, 140), on(140))
    assert found.reduction is None


@pytest.mark.parametrize("kind", list(CourseStart))
def test_a_new_course_ends_it(kind: CourseStart) -> None:
    begun = (CourseBegin(on(170), kind),)
    treated = series(*RISE, *FALL, treatment_starts=(on(TREATED),), course_starts=begun)
    assert since_treatment(treated, verdict(treated, 165), on(165)) != ()
    assert since_treatment(treated, verdict(treated, 190), on(190)) == ()


def test_a_later_relapse_ends_it() -> None:
    again = series(*RISE, *FALL, sample(300, "0.04"), treatment_starts=(on(TREATED),))
    assert since_treatment(again, verdict(again, 301), on(301)) == ()
    assert growth(again, 301).drawn_from == on(300)


def test_without_treatment_there_is_nothing_to_tell() -> None:
    assert since_treatment(series(*RISE), verdict(series(*RISE), 110), on(110)) == ()
