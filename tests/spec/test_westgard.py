"""Runs the tables of westgard.md, on a chart with a mean of 26.4 cycles and an SD of 0.15."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.westgard import ControlPoint, ControlTarget, Judgement, Standing, judge

TABLES = (Path(__file__).parent / "westgard.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<case>[^|]+) \| (?P<points>(?:[^|]|\\\|)+) \| (?P<said>[^|]+) \|$", re.MULTILINE)
ROWS = [match.groups() for match in ROW.finditer(TABLES) if match["case"].strip() not in {"case"}]
MEAN, SD = Decimal("26.4"), Decimal("0.15")
SHORT = {Standing.IN_CONTROL: ".", Standing.WARNING: "w", Standing.LEFT_OUT: "-", Standing.NO_TARGET: "-"}


def chart(points: str) -> list[ControlPoint]:
    made, lot = [], 1
    for word in points.replace("\\|", "|").split():
        if word == "|":
            lot += 1
            continue
        target = None if word == "?" else ControlTarget(MEAN, SD, f"lot {lot}")
        sds = Decimal(0) if word == "?" else Decimal(word.strip("()"))
        made.append(ControlPoint(MEAN + sds * SD, target, word.startswith("(")))
    return made


def said(judgement: Judgement) -> str:
    return SHORT.get(judgement.standing) or ",".join(judgement.rules)


@pytest.mark.parametrize(("case", "points", "expected"), ROWS)
def test_westgard(case: str, points: str, expected: str) -> None:
    assert " ".join(said(each) for each in judge(chart(points))) == expected


def test_the_tables_are_read() -> None:
    assert len(ROWS) >= 30
