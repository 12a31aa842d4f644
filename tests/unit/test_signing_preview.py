"""The small curve beside a signature: what stands where."""

import math
from datetime import date
from decimal import Decimal

from monitoring.charts.episodes import Role
from monitoring.charts.inputs import DiagnosisSample
from monitoring.charts.marks import Shape
from monitoring.charts.signing_preview import BOTTOM, LANE, LEFT, RIGHT, TOP, SigningPreview, signing_preview
from monitoring.domain.classify import classify
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, Marker, RuleSetId, Tissue

TODAY = date(2026, 11, 20)
ENOUGH = Decimal(40_000)


def preview(*results: Result, this: str) -> SigningPreview:
    series = Series("s", Marker.NPM1, results, baseline_pct_abl1={Tissue.BONE_MARROW: Decimal(1000)})
    verdict = classify(series, RULESETS[RuleSetId.ELN2021], TODAY)
    return signing_preview(series, verdict, this, [DiagnosisSample(Tissue.BONE_MARROW, date(2026, 1, 5))], TODAY)


def result(name: str, on: date, call: Call, pct: str | None = None, abl1: Decimal = ENOUGH) -> Result:
    return Result(name, on, Tissue.BONE_MARROW, call, Decimal(pct) if pct else None, abl1, assay_key="k")


NEGATIVE = result("n", date(2026, 6, 1), Call.NOT_DETECTED)
INDEX = result("i", date(2026, 10, 29), Call.DETECTED, "0.021")
THIS = result("t", date(2026, 11, 16), Call.DETECTED, "0.093")


def test_index_and_confirming_sample_are_ringed() -> None:
    marks = preview(NEGATIVE, INDEX, THIS, this="t").marks
    assert [(mark.is_this, mark.role) for mark in marks] == [
        (False, None), (False, None), (False, Role.INDEX), (True, Role.CONFIRMING),
    ]  # fmt: skip


def test_not_detected_stands_at_its_own_limit_never_at_zero() -> None:
    (_, mark) = preview(NEGATIVE, this="n").marks
    assert mark.shape is Shape.NOT_DETECTED
    share = (math.log10(100 / 40_000) + 3) / 6
    assert float(mark.y) == round(BOTTOM - share * (BOTTOM - TOP), 1)


def test_a_sample_that_is_not_evaluable_stands_in_the_lane_without_a_number() -> None:
    (_, mark) = preview(result("t", date(2026, 11, 16), Call.DETECTED, "2.5", Decimal(400)), this="t").marks
    assert (float(mark.y), mark.shape, mark.pct_abl1) == (LANE, Shape.NOT_EVALUABLE, None)


def test_everything_stands_inside_the_frame_and_is_written_without_a_comma() -> None:
    picture = preview(NEGATIVE, INDEX, THIS, this="t")
    places = [mark.x for mark in picture.marks] + [tick.x for tick in picture.ticks]
    assert all(LEFT <= float(x) <= RIGHT for x in places)
    assert not any("," in text for text in [*places, *(line.path for line in picture.lines)])


def test_lines_are_dotted_where_one_end_was_not_detected() -> None:
    lines = preview(NEGATIVE, INDEX, THIS, this="t").lines
    assert sorted(line.dotted for line in lines) == [False, True]


def test_the_borders_of_the_rule_sets_are_drawn_once_for_those_that_agree() -> None:
    levels = preview(THIS, this="t").thresholds
    assert [(level.pct_abl1, level.rulesets) for level in levels] == [
        (Decimal("2.0"), (RuleSetId.ELN2021, RuleSetId.ELN2022)),
        (Decimal("0.1"), (RuleSetId.ELN2025,)),
    ]


def test_ticks_are_few_and_name_the_year_once() -> None:
    ticks = preview(result("o", date(2019, 1, 1), Call.NOT_DETECTED), THIS, this="t").ticks
    assert 2 <= len(ticks) <= 6
    assert [tick.on.year for tick in ticks if tick.with_year] == sorted({tick.on.year for tick in ticks})
