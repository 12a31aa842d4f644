"""The picture of a comparison: one axis of months, bounds as triangles, names apart."""

import re
from datetime import date
from decimal import Decimal

from monitoring.charts.comparison import BOTTOM, RIGHT, TOP, Compared, comparison, months_from
from monitoring.charts.marks import Mark, marks_of_series
from monitoring.domain.cohort_band import BandMonth, Quantile
from tests.unit.trajectory_series import AS_OF, BM, ELN2021, PB, relapsed_after_hsct, verdict

RELAPSE_ON = date(2026, 1, 19)


def marks() -> list[Mark]:
    inputs = relapsed_after_hsct()
    return marks_of_series(inputs, verdict(inputs, ELN2021), AS_OF)


def month(number: int, median: str, *, is_below: bool = False, lower_below: bool = False) -> BandMonth:
    middle = Quantile(Decimal(median), is_below)
    lower = Quantile(Decimal("0.001"), is_below or lower_below)
    return BandMonth(number, 12, 0, lower, middle, Quantile(Decimal(5), False))


def test_the_origin_of_each_curve_stands_over_that_of_the_other() -> None:
    drawn = comparison([Compared("A", RELAPSE_ON, marks()), Compared("B", date(2025, 6, 3), marks())], BM)
    assert months_from(RELAPSE_ON, RELAPSE_ON) == 0
    assert [tick.at for tick in drawn.months if tick.months == 0] == [drawn.origin_x]
    assert [curve.name for curve in drawn.curves] == ["A", "B"]


def test_one_tissue_is_drawn_and_every_sample_of_it() -> None:
    for tissue in (BM, PB):
        [curve] = comparison([Compared("A", RELAPSE_ON, marks())], tissue).curves
        assert len(curve.marks) == sum(mark.tissue is tissue for mark in marks())


def test_lines_to_what_was_not_detected_are_dotted() -> None:
    [curve] = comparison([Compared("A", RELAPSE_ON, marks())], BM).curves
    assert [line.is_dotted for line in curve.lines] == [False, True]


def test_every_place_lies_on_the_picture() -> None:
    drawn = comparison([Compared("A", RELAPSE_ON, marks())], BM, [month(n, "0.5") for n in range(-30, 60)])
    assert drawn.band is not None
    paths = [line.d for curve in drawn.curves for line in curve.lines] + list(drawn.band.areas)
    for x, y in (map(float, pair.split()) for path in paths for pair in re.findall(r"[\d.]+ [\d.]+", path)):
        assert 0 <= x <= RIGHT + 1
        assert TOP - 1 <= y <= BOTTOM + 1


def test_a_median_that_is_only_bounded_is_a_triangle_with_a_dotted_line() -> None:
    months = [month(0, "0.5"), month(1, "0.4"), month(2, "0.003", is_below=True)]
    band = comparison([Compared("A", RELAPSE_ON, marks())], BM, months).band
    assert band is not None
    assert [line.is_dotted for line in band.median] == [False, True]
    assert len(band.bounds) == 1


def test_the_area_reaches_the_floor_where_the_lower_quartile_is_only_bounded() -> None:
    months = [month(0, "0.5", lower_below=True), month(1, "0.4", lower_below=True)]
    band = comparison([Compared("A", RELAPSE_ON, marks())], BM, months).band
    assert band is not None
    assert band.areas[0].count(f" {BOTTOM:.1f}") == 2


def test_a_missing_month_cuts_the_band() -> None:
    months = [month(0, "0.5"), month(1, "0.4"), month(3, "0.4")]
    band = comparison([Compared("A", RELAPSE_ON, marks())], BM, months).band
    assert band is not None
    assert (len(band.areas), len(band.median)) == (2, 1)


def test_names_do_not_run_into_each_other() -> None:
    drawn = comparison([Compared(name, RELAPSE_ON, marks()) for name in "AB"], BM)
    first, second = (float(curve.label_y) for curve in drawn.curves)
    assert abs(first - second) >= 15
