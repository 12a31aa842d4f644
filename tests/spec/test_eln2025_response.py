"""Runs the tables of eln2025_response.md."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitoring.domain.classify import classify
from monitoring.domain.eln2025_categories import Category, Reason, ResponseAt, TimePoint
from monitoring.domain.eln2025_response import eln2025_responses
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import FlagCode, RuleSetId, Tissue
from tests.spec.verdict_tables import DAY_0, cells, read_series

TABLES = Path(__file__).parent / "eln2025_response.md"
SEEN_ON = DAY_0 + timedelta(days=400)
TISSUES = {"marrow": Tissue.BONE_MARROW, "blood": Tissue.PERIPHERAL_BLOOD}
POINTS = {
    "after two cycles": TimePoint.AFTER_CYCLE_2,
    "before transplant": TimePoint.BEFORE_HSCT,
    "at the end of treatment": TimePoint.END_OF_TREATMENT,
    "in follow-up": TimePoint.FOLLOW_UP,
}
CBF = {"CBFB::MYH11": "CBFB::MYH11 · baseline 80", "RUNX1::RUNX1T1": "RUNX1::RUNX1T1 · baseline 400"}


def rows() -> Iterator[object]:
    tissue, point, setting = Tissue.BONE_MARROW, TimePoint.FOLLOW_UP, ""
    for line in TABLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            where, what = line.removeprefix("## ").split(", ")[1].split(" ", 1)
            tissue, point, setting = TISSUES[where], POINTS[what], ""
        elif line.startswith("Setting: "):
            setting = CBF[line.removeprefix("Setting: ").split(",")[0]]
        elif line.startswith("| ") and not line.startswith("| case"):
            case, series, *expected = cells(line)
            yield pytest.param(point, tissue, with_setting(series, setting), expected, id=case)


def with_setting(series: str, setting: str) -> str:
    """The series of a row; what it says itself comes last and wins."""
    samples, *own = series.split(" · ")
    return " · ".join([samples, *([setting] if setting else []), *own])


def answers(text: str) -> tuple[ResponseAt, ...]:
    series, as_of = read_series(text)
    on = as_of or SEEN_ON
    return eln2025_responses(series, classify(series, RULESETS[RuleSetId.ELN2025], on), on)


ROWS = list(rows())


@pytest.mark.parametrize(("point", "tissue", "text", "expected"), ROWS)
def test_the_categories(point: TimePoint, tissue: Tissue, text: str, expected: list[str]) -> None:
    [answer] = [one for one in answers(text) if (one.time_point, one.tissue) == (point, tissue)]
    category = answer.category.value + (", HSCT" if answer.hsct_urgently_indicated else "")
    assert [category, answer.reason.value, answer.result.id if answer.result else "-"] == expected


def test_every_category_and_every_reason_is_told() -> None:
    told = [row.values[3] for row in ROWS]  # type: ignore[attr-defined]
    assert {expected[0].split(",")[0] for expected in told} == {each.value for each in Category}
    assert {expected[1] for expected in told} == {each.value for each in Reason}


def test_npm1_is_asked_for_at_four_places_and_cbf_before_transplant_too() -> None:
    assert [(one.time_point.value, one.tissue.value) for one in answers("no samples")] == [
        ("AFTER_CYCLE_2", "PB"), ("END_OF_TREATMENT", "BM"), ("FOLLOW_UP", "PB"), ("FOLLOW_UP", "BM")
    ]  # fmt: skip
    cbf = answers("no samples · CBFB::MYH11 · HSCT d60")
    assert (cbf[0].tissue, cbf[2].time_point) == (Tissue.BONE_MARROW, TimePoint.BEFORE_HSCT)
    assert answers("no samples · CBFB::MYH11 · HSCT d-3")[1].time_point is TimePoint.BEFORE_HSCT


AT_THE_END = [row.values[2] for row in ROWS if row.values[0] is TimePoint.END_OF_TREATMENT]  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", AT_THE_END)
def test_high_risk_at_the_end_of_treatment_is_the_flag_of_the_rule_engine(text: str) -> None:
    series, as_of = read_series(text)
    verdict = classify(series, RULESETS[RuleSetId.ELN2025], as_of or SEEN_ON)
    [answer] = [one for one in answers(text) if one.time_point is TimePoint.END_OF_TREATMENT]
    flagged = any(flag.code is FlagCode.EOT_POSITIVE for flag in verdict.flags)
    assert flagged is (answer.category is Category.HIGH_RISK)
