"""Runs the tables of response.md."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.response import ResponseQuestion, TissueResponse, best_first_line_response, respond
from monitoring.domain.results import Result
from monitoring.domain.sample_classes import class_of_call
from monitoring.domain.terms import Call, CycleResponse, SampleClass, Tissue
from monitoring.domain.treatment import Cycle, PreemptiveTreatment

DAY_0 = date(2025, 1, 6)
ELN2021_POSITIVE = Decimal(2)
SAMPLE = re.compile(
    r"(?P<tissue>BM|PB) d(?P<day>-?\d+) (?P<value>ND|1/3|< \?|< [\d.]+|[\d.]+)"
    r"(?: \(ABL1 (?P<abl1>\d+)\))?(?: \[(?P<key>\w)\])?"
)


@dataclass
class Given:
    samples: list[ClassedResult] = field(default_factory=list)
    cycles: dict[int, int] = field(default_factory=lambda: {1: 0, 2: 28})
    days: dict[str, int | None] = field(default_factory=lambda: {"index": -40, "as of": 400})
    baseline: dict[Tissue, Decimal] = field(default_factory=dict)

    def on(self, name: str) -> date | None:
        day = self.days.get(name)
        return None if day is None else DAY_0 + timedelta(days=day)

    @property
    def treatment(self) -> PreemptiveTreatment:
        return PreemptiveTreatment(
            started_on=DAY_0,
            cycles=tuple(Cycle(k, DAY_0 + timedelta(days=day)) for k, day in sorted(self.cycles.items())),
            conditioning_on=self.on("conditioning"),
            other_treatment_on=self.on("other treatment"),
        )


def read_given(text: str) -> Given:
    given = Given()
    for token in text.split("; "):
        if sample := SAMPLE.fullmatch(token):
            given.samples.append(classed(sample, f"s{len(given.samples)}"))
        elif token == "no index":
            given.days["index"] = None
        elif token == "only C1":
            given.cycles = {1: 0}
        elif cycle := re.fullmatch(r"C(\d+) d(\d+)", token):
            given.cycles[int(cycle[1])] = int(cycle[2])
        elif baseline := re.fullmatch(r"baseline (BM|PB) ([\d.]+)", token):
            given.baseline[Tissue(baseline[1])] = Decimal(baseline[2])
        elif day := re.fullmatch(r"(index|as of|conditioning|other treatment|course began) d(-?\d+)", token):
            given.days[day[1]] = int(day[2])
        else:
            raise AssertionError(f"cannot read: {token}")
    return given


def classed(match: re.Match[str], name: str) -> ClassedResult:
    value = match["value"]
    calls = {"ND": Call.NOT_DETECTED, "1/3": Call.INDETERMINATE}
    limit = value.removeprefix("< ") if value.startswith("<") else "?"
    result = Result(
        id=name,
        collected_on=DAY_0 + timedelta(days=int(match["day"])),
        tissue=Tissue(match["tissue"]),
        call=calls.get(value, Call.DETECTED),
        pct_abl1=Decimal(value) if value[0].isdigit() and value != "1/3" else None,
        abl1_copies=Decimal(match["abl1"] or 40_000),
        loq_pct_abl1=None if limit == "?" else Decimal(limit),
        assay_key=match["key"] or "A",
    )
    low = result.pct_abl1 is not None and result.pct_abl1 < ELN2021_POSITIVE
    return ClassedResult(result, class_of_call(result) or (SampleClass.LOW_LEVEL if low else SampleClass.POSITIVE))


def question(given: Given) -> ResponseQuestion:
    as_of = given.on("as of")
    assert as_of is not None
    return ResponseQuestion(
        samples=given.samples,
        treatment=given.treatment,
        as_of=as_of,
        index_on=given.on("index"),
        course_began_on=given.on("course began"),
        baseline_pct_abl1=given.baseline,
    )


def day_of(on: date | None) -> int | None:
    return None if on is None else (on - DAY_0).days


def told(response: TissueResponse) -> str:
    log10 = "" if response.log10_reduction is None else f"{response.log10_reduction:.2f}".replace("-0.00", "0.00")
    bracket = f" ({'>= ' if response.is_at_least else ''}{log10})" if log10 else ""
    return f"C{response.cycle} {response.tissue} {response.response}{bracket}"


def rows(heading: str) -> list[list[str]]:
    text = (Path(__file__).parent / "response.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def table(heading: str) -> Callable[..., None]:
    found = rows(heading)
    assert found
    return pytest.mark.parametrize("row", found, ids=[row[0] for row in found])


BY_CYCLE = [
    row
    for heading in (
        "The categories, in their order",
        "Inert samples are not evaluable",
        "The reference",
        "The window of a cycle",
        "Several samples on one day: the most serious decides",
    )
    for row in rows(heading)
]


@pytest.mark.parametrize("row", BY_CYCLE, ids=[row[0] for row in BY_CYCLE])
def test_the_response_after_each_cycle(row: list[str]) -> None:
    _, given, expected = row
    answer = respond(question(read_given(given)))
    evaluated = [r for r in answer.by_cycle if r.response is not CycleResponse.NOT_EVALUATED]
    assert "; ".join(map(told, evaluated)) == ("" if expected == "-" else expected)


@table("After C1 ± C2, best response, alert")
def test_the_judgement_of_a_treatment(row: list[str]) -> None:
    _, given, after, best, alert = row
    answer = respond(question(read_given(given)))
    none = CycleResponse.NOT_EVALUATED
    judged = [f"{t} {answer.after_c1_c2[t]}" for t in Tissue if answer.after_c1_c2[t] is not none]
    bests = [f"{t} {answer.best[t].response} {answer.best[t].days}" for t in Tissue if answer.best[t].days]
    alerts = [f"{flag.code} {flag.tissue} d{day_of(flag.on)}" for flag in answer.flags]
    told = ["; ".join(words) or "-" for words in (judged, bests, alerts)]
    assert told == [after, best, alert]


@table("Minor response, low positive")
def test_what_is_told_beside(row: list[str]) -> None:
    _, given, minor, below = row
    answer = respond(question(read_given(given)))
    marrow = next(r for r in answer.by_cycle if (r.cycle, r.tissue) == (1, Tissue.BONE_MARROW))
    assert ("yes" if marrow.is_minor_response else "no", marrow.below_diagnosis.value) == (minor, below)


@table("Best response of first line (inclusion in FILO 2025)")
def test_the_best_response_of_first_line(row: list[str]) -> None:
    _, given, best = row
    samples = read_given(given).samples
    assert best_first_line_response(samples, DAY_0, DAY_0 + timedelta(days=100)).value == best
