"""Runs the tables of cohorts.md."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from monitoring.domain.classify import classify
from monitoring.domain.cohorts.assembly import AnalysisQuestion, analyse
from monitoring.domain.cohorts.facts import ClinicalFacts, Happening, Line, LineKind
from monitoring.domain.cohorts.patient import Course, CycleGiven, ResponseAt, Selection
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, RuleSetId, Tissue
from monitoring.domain.treatment import Cycle, PreemptiveTreatment

T = TypeVar("T")
TABLES = (Path(__file__).parent / "cohorts.md").read_text(encoding="utf-8")
DAY_0 = date(2024, 1, 10)
ENTRY = re.compile(r"(?P<what>[A-Z]+)(?P<day>-?\d+)(x(?P<cycles>\d))?(?: (?P<value>\S+))?$")
LINES = {
    "VEN": ("VEN-AZA", LineKind.PRE_EMPTIVE),
    "GILT": ("GILT", LineKind.PRE_EMPTIVE),
    "FLAG": ("FLAG", LineKind.SALVAGE),
}
EVENTS = {
    "HSCT": "HSCT", "RELAPSE": "HAEMATOLOGICAL_RELAPSE", "REMISSION": "REMISSION", "DEATH": "DEATH",
    "CONTACT": "LAST_CONTACT", "ASSESSED": "LAST_DISEASE_ASSESSMENT",
}  # fmt: skip
COURSES = {"HSCT": CourseStart.HSCT, "RELAPSE": CourseStart.HAEMATOLOGICAL_RELAPSE}


def table(heading: str) -> pytest.MarkDecorator:
    """Run a test for every row of the table under a heading."""
    section = TABLES.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return pytest.mark.parametrize("row", cells, ids=[cell[0] for cell in cells])


@table("The failure and its treatment")
def test_the_failure_and_its_treatment(row: list[str]) -> None:
    what, timeline, failure, course, others = row
    selection, _ = read(timeline, RuleSetId.TIONG2020 if what.startswith("TIONG2020") else RuleSetId.ELN2021)
    assert said(selection.failure, lambda one: f"{one.kind} {day_of(one.on)}") == failure
    assert said(selection.course, lambda one: str(day_of(one.starts_on))) == course
    assert (", ".join(selection.other_treatments) or "none") == others


@table("Outcome")
def test_the_outcome(row: list[str]) -> None:
    _, timeline, second, remission, contact, assessed, before = row
    _, course = read(timeline)
    assert said(course.second_molecular_relapse_on, lambda on: str(day_of(on))) == second
    assert {True: "yes", False: "no", None: "none"}[course.in_remission_at_last_news] == remission
    assert said(course.last_contact_on, lambda on: str(day_of(on))) == contact
    assert said(course.last_assessment_on, lambda on: str(day_of(on))) == assessed
    assert said(course.before_transplant.get(Tissue.BONE_MARROW), response_said) == before


@table("Best response of first line")
def test_the_best_response_of_first_line(row: list[str]) -> None:
    _, timeline, best = row
    assert read(timeline)[0].first_line_response == best


def response_said(response: ResponseAt) -> str:
    """Tell a response and its day."""
    assert response.on is not None
    return f"{response.response} {day_of(response.on)}"


def said(value: T | None, tell: Callable[[T], str]) -> str:
    """Tell a value, or that there is none."""
    return "none" if value is None else tell(value)


def day_of(on: date) -> int:
    """The number of a day."""
    return (on - DAY_0).days


def read(timeline: str, ruleset: RuleSetId = RuleSetId.ELN2021) -> tuple[Selection, Course]:
    """Return what the row of a timeline says."""
    series = Series("1", Marker.NPM1, baseline_pct_abl1={Tissue.BONE_MARROW: Decimal(500)}, end_of_treatment=DAY_0)
    events = [Happening("REMISSION", on(-120))]
    lines = [Line(LineKind.FIRST_LINE, "7+3", on(-180), DAY_0)]
    for text in timeline.split(", "):
        entry = ENTRY.match(text)
        assert entry is not None, text
        what, day = entry["what"], int(entry["day"])
        if what == "M":
            series = replace(series, results=(*series.results, sample(len(series.results), day, entry["value"])))
        elif what in LINES:
            cycles = int(entry["cycles"] or 2) if what == "VEN" else 0
            lines.append(line(what, day, cycles))
            if lines[-1].kind is LineKind.PRE_EMPTIVE:
                series = replace(series, treatment_starts=(*series.treatment_starts, on(day)))
        else:
            events.append(Happening(EVENTS[what], on(day)))
            if what in COURSES:
                series = replace(series, course_starts=(*series.course_starts, CourseBegin(on(day), COURSES[what])))
    facts = ClinicalFacts(date(1960, 1, 1), "F", lines=tuple(lines), events=tuple(events))
    verdict = classify(series, RULESETS[ruleset], on(1000))
    treatments = tuple(treatment(each, lines, events) for each in lines if each.kind is LineKind.PRE_EMPTIVE)
    return analyse(AnalysisQuestion(series, verdict, treatments, facts, on(1000)))


def treatment(own: Line, lines: list[Line], events: list[Happening]) -> PreemptiveTreatment:
    """The course of a line, with what came after it."""
    hsct = [event.on for event in events if event.kind == "HSCT" and event.on >= own.starts_on]
    others = [each.starts_on for each in lines if each.starts_on > own.starts_on]
    cycles = tuple(Cycle(each.number, each.starts_on, each.given_days) for each in own.cycles)
    return PreemptiveTreatment(own.starts_on, cycles, min(hsct, default=None), min(others, default=None))


def line(name: str, day: int, cycles: int) -> Line:
    """A line of treatment from a day on."""
    regimen, kind = LINES[name]
    given = tuple(
        CycleGiven(n + 1, on(day + 28 * n), on(day + 28 * n + 27), 14, 14, 400, "AZACITIDINE", 7, "", "", None, "")
        for n in range(cycles)
    )
    return Line(kind, regimen, on(day), cycles=given)


def sample(number: int, day: int, value: str) -> Result:
    """A marrow sample: a level in per cent of ABL1, or negative."""
    call = Call.NOT_DETECTED if value == "neg" else Call.DETECTED
    pct = None if value == "neg" else Decimal(value)
    return Result(str(number), on(day), Tissue.BONE_MARROW, call, pct, Decimal(40_000), None, None, "A", None)


def on(day: int) -> date:
    """The date of a day."""
    return DAY_0 + timedelta(days=day)
