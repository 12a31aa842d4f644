"""Runs the tables of run_calls.md."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.assay import AssaySettings
from monitoring.domain.plate import Plate, Reaction, WellRole
from monitoring.domain.problems import Problem
from monitoring.domain.run_pairs import RunPair
from monitoring.domain.run_plan import ANY_CONTROL, ControlRange, RunPlan, TargetPlan
from monitoring.domain.run_report import RunReport, quantify_run
from tests.plates_by_hand import ABL1_STANDARDS, FOLLOW_UP, NPM1_STANDARDS, plate, reactions, sample, standards, water

PAGE = Path(__file__).with_name("run_calls.md").read_text(encoding="utf-8")
NPM1, CBFB, ABL1 = "NPM1", "CBFB::MYH11", "ABL1"
SAMPLE = "25-0101"
TARGETS = (NPM1, CBFB, ABL1)
CONTROLS = {
    "NTC": WellRole.NO_TEMPLATE,
    "no-RT": WellRole.NO_RT,
    "blank": WellRole.EXTRACTION_BLANK,
    "WT": WellRole.WILD_TYPE,
    "positive": WellRole.POSITIVE_CONTROL,
}
IN_THE_RUN = re.compile(
    r"(?P<control>\S+) (?P<target>\S+) (?P<wells>[^(]+)"
    r"(?:\((?:limit of blank (?P<blank>\S+)|(?P<mean>\S+) SD (?P<sd>\S+))\))?"
)
Row = list[str]


def rows(heading: str) -> list[object]:
    section = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    table = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [pytest.param([cell.strip() for cell in row], id=row[0].strip()) for row in table[1:]]


def left_out(text: str) -> tuple[bool, ...]:
    return tuple(each.startswith("x") for each in text.split())


def cqs(text: str) -> list[str | None]:
    return [None if each == "-" else each.removeprefix("x") for each in text.split()]


def omitting(made: list[Reaction], text: str) -> list[Reaction]:
    return [replace(reaction, omitted=out) for reaction, out in zip(made, left_out(text), strict=True)]


def codes(problems: tuple[Problem, ...]) -> str:
    return " ".join(sorted(problem.code.value for problem in problems)) or "-"


def six_digits(value: Decimal | None) -> str:
    return "-" if value is None else str(Decimal(f"{value:.6g}"))


def pair_of(report: RunReport, target: str) -> RunPair:
    [pair] = [pair for pair in report.pairs if (pair.sample, pair.target) == (SAMPLE, target)]
    return pair


@pytest.mark.parametrize("row", [*rows("Calls: how many wells"), *rows("Control gene: what a call is worth")])
def test_a_sample_is_called_as_the_table_says(row: Row) -> None:
    _case, target_wells, abl1_wells, call, pct, sample_class, findings = row
    made = plate(
        standards(NPM1, NPM1_STANDARDS),
        standards(ABL1, ABL1_STANDARDS),
        water(NPM1, ABL1),
        omitting(reactions(SAMPLE, NPM1, cqs(target_wells)), target_wells),
        omitting(reactions(SAMPLE, ABL1, cqs(abl1_wells)), abl1_wells),
    )
    pair = pair_of(quantify_run(made), NPM1)
    said = (pair.quantification.call.value, six_digits(pair.quantification.pct_abl1), pair.sample_class)
    assert (*said, codes(pair.own_problems)) == (call, six_digits(_number(pct)), sample_class, findings)


def _number(text: str) -> Decimal | None:
    return None if text == "-" else Decimal(text)


@pytest.mark.parametrize("row", rows("Controls: what fails whom"))
def test_a_control_fails_whom_the_table_says(row: Row) -> None:
    _case, in_the_run, of_npm1, of_cbfb, where = row
    made, plan = run_with_control(in_the_run)
    report = quantify_run(made, plan)
    calls = [pair_of(report, target).quantification.call.value for target in (NPM1, CBFB)]
    assert calls == [of_npm1, of_cbfb]
    assert pair_of(report, NPM1).wells_call.value == "DETECTED"
    found = {f"{control.sample} / {control.target}" for control in report.controls if control.problems}
    assert found == set() if where == "-" else {where}


def run_with_control(in_the_run: str) -> tuple[Plate, RunPlan]:
    told = IN_THE_RUN.fullmatch(in_the_run)
    controls = [reactions("NTC", target, [None, None], WellRole.NO_TEMPLATE) for target in TARGETS]
    plan = TargetPlan()
    if told is not None:
        name, target = told["control"], told["target"]
        if name == "NTC":
            controls.pop(TARGETS.index(target))
        wells = told["wells"].strip()
        controls.append(omitting(reactions(name, target, cqs(wells), CONTROLS[name]), wells))
        if told["blank"]:
            plan = TargetPlan(assay=AssaySettings(limit_of_blank=Decimal(told["blank"])))
        elif told["mean"]:
            expected = ControlRange(Decimal(told["mean"]), Decimal(told["sd"]))
            plan = TargetPlan(positive_controls={ANY_CONTROL: expected})
    made = plate(
        *(standards(target, NPM1_STANDARDS) for target in (NPM1, CBFB)),
        standards(ABL1, ABL1_STANDARDS),
        *controls,
        sample(SAMPLE, *FOLLOW_UP, target=NPM1),
        reactions(SAMPLE, CBFB, FOLLOW_UP[0]),
    )
    return made, RunPlan(targets={NPM1: plan})


@pytest.mark.parametrize("row", rows("Curves: when nothing is quantified"))
def test_a_curve_is_judged_as_the_table_says(row: Row) -> None:
    _case, points, call, pct, finding = row
    measured = [each.split() for each in points.split(";") if each.strip() != "-"]
    made = plate(
        standards(NPM1, [(int(copies), cq) for copies, cq in measured]),
        standards(ABL1, ABL1_STANDARDS),
        water(NPM1, ABL1),
        sample(SAMPLE, *FOLLOW_UP, target=NPM1),
    )
    report = quantify_run(made)
    pair = pair_of(report, NPM1)
    told = (pair.quantification.call.value, six_digits(pair.quantification.pct_abl1))
    assert told == (call, six_digits(_number(pct)))
    [curve] = [curve for curve in report.curves if curve.target == NPM1]
    assert codes(curve.problems) == finding
