"""Runs the tables of schedule.md."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.due_samples import DueSample, DueStatus, ScheduleRule
from monitoring.domain.results import Result
from monitoring.domain.sampling_intervals import SamplingIntervals, intervals_of
from monitoring.domain.schedule import Schedule, ScheduleQuestion, SuspectedRelapse, overdue_flags, sampling_schedule
from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import Call, CourseStart, Marker, Timepoint, Tissue
from monitoring.domain.treatment import Cycle, PreemptiveTreatment

DAY_0 = date(2025, 1, 6)
RULE = ScheduleRule
SAMPLE = r"(BM|PB) d(-?\d+)(?: \(ABL1 (\d+)\))?(?P<one> 1/3)?(?P<marked> after cycle 2)?"


def on(day: int | str) -> date:
    return DAY_0 + timedelta(days=int(day))


@dataclass
class Given:
    marker: Marker = Marker.NPM1
    results: list[Result] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    dates: dict[str, date] = field(default_factory=dict)
    courses: list[CourseBegin] = field(default_factory=list)
    suspected: list[SuspectedRelapse] = field(default_factory=list)
    intervals: SamplingIntervals = field(default_factory=SamplingIntervals)
    set_apart: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def treatments(self) -> tuple[PreemptiveTreatment, ...]:
        started_on = self.dates.get("treatment") or (self.cycles[0].day_1 if self.cycles else None)
        if started_on is None:
            return ()
        return (PreemptiveTreatment(started_on, tuple(self.cycles), self.dates.get("conditioning")),)

    def asked(self, as_of: date) -> ScheduleQuestion:
        return ScheduleQuestion(
            marker=self.marker,
            as_of=as_of,
            results=self.results,
            cycle_2_on=self.dates.get("cycle 2"),
            end_of_treatment=self.dates.get("end"),
            treatments=self.treatments,
            course_starts=self.courses,
            suspected=self.suspected,
            death_on=self.dates.get("death"),
            intervals=self.intervals,
        )


def read_given(text: str, ended_on: int) -> Given:
    given = Given(dates={"end": on(ended_on)})
    for token in text.split("; "):
        read_token(given, token)
    return given


def read_token(given: Given, token: str) -> None:
    for pattern, take in TOKENS:
        if found := re.fullmatch(pattern, token):
            take(given, found)
            return
    raise AssertionError(f"cannot read: {token}")


def take_suspected(given: Given, found: re.Match[str]) -> None:
    confirming = tuple(Tissue(tissue) for tissue in (found[3] or found[1]).split("/"))
    given.suspected.append(SuspectedRelapse(on(found[2]), Tissue(found[1]), confirming))


def take_interval(given: Given, found: re.Match[str]) -> None:
    given.intervals = replace(given.intervals, marrow_days=int(found[1]))


def take_set_apart(given: Given, found: re.Match[str]) -> None:
    """As on record: the centre's before the patient's, which stands over it."""
    given.set_apart.append((found[1], found[2], found[3]))
    given.intervals = intervals_of(tuple((name, days) for _whose, name, days in sorted(given.set_apart)))


TOKENS: tuple[tuple[str, Callable[[Given, re.Match[str]], None]], ...] = (
    ("-", lambda given, found: None),
    (SAMPLE, lambda given, found: given.results.append(result(found, f"s{len(given.results)}"))),
    ("CBF", lambda given, found: setattr(given, "marker", Marker.CBFB_MYH11)),
    ("no end", lambda given, found: given.dates.clear()),
    (r"C(\d+) d(-?\d+)", lambda given, found: given.cycles.append(Cycle(int(found[1]), on(found[2])))),
    (
        r"(cycle 2|end|death|treatment|conditioning) d(-?\d+)",
        lambda given, found: given.dates.update({found[1]: on(found[2])}),
    ),
    (
        r"relapse d(-?\d+)",
        lambda given, found: given.courses.append(CourseBegin(on(found[1]), CourseStart.HAEMATOLOGICAL_RELAPSE)),
    ),
    (r"suspected (BM|PB) d(\d+)(?: confirmed in ([\w/]+))?", take_suspected),
    (r"marrow every (\d+)", take_interval),
    (r"(centre|patient) (\w+) ([\d,]+)", take_set_apart),
    (r"HSCT d(-?\d+)", lambda given, found: given.courses.append(CourseBegin(on(found[1]), CourseStart.HSCT))),
)


def result(match: re.Match[str], name: str) -> Result:
    return Result(
        id=name,
        collected_on=on(match[2]),
        tissue=Tissue(match[1]),
        call=Call.INDETERMINATE if match["one"] else Call.NOT_DETECTED,
        abl1_copies=Decimal(match[3] or 40_000),
        timepoint=Timepoint.AFTER_CYCLE_2 if match["marked"] else None,
    )


def day(date_: date | None) -> str:
    assert date_ is not None
    return f"d{(date_ - DAY_0).days}"


def named(due: DueSample) -> str:
    names = {
        RULE.AFTER_VENETOCLAX_CYCLE: f"C{due.number} ",
        RULE.FOLLOW_UP: "",
        RULE.CONFIRM_SUSPECTED_RELAPSE: "CONFIRM ",
    }
    if due.rule is RULE.AFTER_HSCT:
        return "" if due.number is None else f"day {due.number} "
    return names.get(due.rule, f"{due.rule} ")


def told(due: DueSample) -> str:
    if due.status is DueStatus.NO_DATE:
        return due.rule.value
    taken = f" {day(due.taken_on)}" if due.taken_on else ""
    overdue = f" {due.overdue_days}" if due.overdue_days else ""
    tissues = "/".join(due.tissues)
    if due.rule is RULE.CONFIRM_SUSPECTED_RELAPSE:
        return f"CONFIRM {tissues} by {day(due.due_on)}, aim at {day(due.target_on)}, {due.status}{overdue}"
    return f"{named(due)}{tissues} {day(due.due_on)} {due.status}{taken}{overdue}"


def rows(heading: str) -> list[list[str]]:
    text = (Path(__file__).parent / "schedule.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def table(*headings: str) -> pytest.MarkDecorator:
    found = [row for heading in headings for row in rows(heading)]
    return pytest.mark.parametrize("row", found, ids=[row[0] for row in found])


def check(row: list[str], *, ended_on: int = 0, hsct_on: int | None = None, without: frozenset[ScheduleRule]) -> None:
    _, text, seen_on, expected = row
    given = read_given(text, ended_on)
    if hsct_on is not None:
        given.courses.append(CourseBegin(on(hsct_on), CourseStart.HSCT))
    schedule = sampling_schedule(given.asked(on(seen_on.removeprefix("d"))))
    due = [one for one in in_order(schedule) if one.rule not in without]
    assert ("; ".join(map(told, due)) or "-") == expected


def in_order(schedule: Schedule) -> list[DueSample]:
    """By date, as a person reads them; what has no date comes last."""
    return sorted([*schedule.past, *schedule.to_come], key=lambda due: due.due_on or date.max)


FIRST_LINE = frozenset({RULE.AFTER_CYCLE_2, RULE.END_OF_TREATMENT})


@table(
    "NPM1: follow-up after the end of treatment",
    "CBF: follow-up after the end of treatment",
    "No end of treatment recorded",
)
def test_follow_up(row: list[str]) -> None:
    check(row, without=FIRST_LINE)


@table("Intervals set apart by a centre or for a patient")
def test_intervals_set_apart(row: list[str]) -> None:
    check(row, without=FIRST_LINE)


@table("First line")
def test_first_line(row: list[str]) -> None:
    check(row, without=frozenset({RULE.FOLLOW_UP}))


@table("On pre-emptive venetoclax")
def test_on_venetoclax(row: list[str]) -> None:
    check(row, ended_on=-40, without=FIRST_LINE)


@pytest.mark.parametrize("cycle_days", [28, 35, 42])
def test_a_treatment_without_a_sample_is_overdue_every_day(cycle_days: int) -> None:
    """From the end of the first grace on, blood and marrow each have one overdue sample, on every day of treatment."""
    cycles = "; ".join(f"C{number + 1} d{number * cycle_days}" for number in range(8))
    given = read_given(cycles, ended_on=-40)
    grace_over = {Tissue.PERIPHERAL_BLOOD: 27 + 7, Tissue.BONE_MARROW: 27 + 14}
    for day in range(28, 7 * cycle_days + 56 + 91):  # and on, in follow-up
        flags = overdue_flags(sampling_schedule(given.asked(on(day))))
        overdue = sorted(flag.tissue for flag in flags if flag.tissue)
        assert overdue == sorted(tissue for tissue, last in grace_over.items() if day > last), day


@table("After HSCT")
def test_after_hsct(row: list[str]) -> None:
    check(row, ended_on=-100, hsct_on=0, without=FIRST_LINE | {RULE.FOLLOW_UP})


@table("Suspected relapse goes before everything else")
def test_suspected_relapse(row: list[str]) -> None:
    _, text, seen_on, expected = row
    schedule = sampling_schedule(read_given(text, 0).asked(on(seen_on.removeprefix("d"))))
    open_ones = [due for due in schedule.to_come if due.rule not in FIRST_LINE]
    assert "; ".join(map(told, open_ones)) == expected
