"""Reads the tables of verdicts that stand in the .md files of this folder.

A table holds cases; a case is a heading, one line in code marks with the series, and one row per rule set. The words
of series and rows are explained in worked_series.md. Nothing here knows a rule.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from monitoring.domain.results import Result
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, RuleSetId, SampleClass, Timepoint, Tissue
from monitoring.domain.verdicts import Episode, Flag, Verdict

DAY_0 = date(2025, 1, 6)
CLASSES = {
    "NEG": SampleClass.NEGATIVE, "LOW": SampleClass.LOW_LEVEL, "POS": SampleClass.POSITIVE,
    "DET": SampleClass.DETECTED, "LIM": SampleClass.LIMITED_NEGATIVE, "IND": SampleClass.INDETERMINATE,
    "NE": SampleClass.NOT_EVALUABLE, "IGN": SampleClass.IGNORED, "-": None,
}  # fmt: skip
CALLS = {
    "ND": Call.NOT_DETECTED, "1/3": Call.INDETERMINATE, "failed": Call.NOT_EVALUABLE, "unread": Call.UNKNOWN,
    "< LOQ": Call.DETECTED,
}  # fmt: skip
SAMPLE = re.compile(
    r"d(?P<day>-?\d+) (?P<tissue>BM|PB) (?P<value>ND|1/3|failed|unread|< LOQ|[\d.]+)"
    r"(?: \((?P<limits>[^)]+)\))?(?: \[(?P<key>\w)\])?(?P<mark> EOT| C2)?"
)
LIMIT = re.compile(r"(ABL1|LOD|LOQ) (\?|[\d.]+)")
COURSES = {"HSCT": CourseStart.HSCT, "haematological relapse": CourseStart.HAEMATOLOGICAL_RELAPSE}
TIMEPOINTS = {" EOT": Timepoint.END_OF_TREATMENT, " C2": Timepoint.AFTER_CYCLE_2}
UNKNOWN = "?"
NOTHING = "-"


@dataclass
class Row:
    """What one rule set is expected to say; None where a table has no such column."""

    ruleset: RuleSetId
    state: str | None
    classes: list[SampleClass | None] | None
    episodes: list[str] | None
    flags: list[str] | None


@dataclass
class Case:
    """One series with its rows."""

    title: str
    series: Series
    as_of: date | None
    rows: list[Row] = field(default_factory=list)


def day(text: str) -> date:
    """The date of a day like d90."""
    return DAY_0 + timedelta(days=int(text.removeprefix("d")))


def read_cases(path: Path) -> list[Case]:
    """All cases of a file."""
    cases: list[Case] = []
    title, columns = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            title = line.removeprefix("### ")
        elif line.startswith(("`d", "`no samples")):
            series, as_of = read_series(line.strip("`"))
            cases.append(Case(title, series, as_of))
        elif line.startswith("| rule set"):
            columns = [cell.strip() for cell in line.strip("|").split("|")]
        elif line.startswith("| ") and cases:
            cases[-1].rows += read_rows(dict(zip(columns, cells(line), strict=True)))
    return cases


def cells(line: str) -> list[str]:
    """The cells of a row."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def read_rows(cell: dict[str, str]) -> Iterator[Row]:
    """One row per rule set that is named in the first cell."""
    for name in cell["rule set"].split():
        yield Row(
            ruleset=RuleSetId(name),
            state=cell.get("state"),
            classes=[CLASSES[word] for word in cell["classes"].split()] if "classes" in cell else None,
            episodes=listed(cell["episodes"], "; ") if "episodes" in cell else None,
            flags=sorted(listed(cell["flags"], ", ")) if "flags" in cell else None,
        )


def listed(text: str, separator: str) -> list[str]:
    """The entries of a cell."""
    return [] if text == NOTHING else text.split(separator)


def read_series(text: str) -> tuple[Series, date | None]:
    """A series and the day as of which it is asked about."""
    samples, *settings = text.split(" · ")
    given: dict[str, Any] = {"end_of_treatment": DAY_0, "baseline": Decimal(1000), "marker": Marker.NPM1}
    given |= {"treatment_starts": (), "course_starts": (), "death_on": None, "as_of": None, "marker_lost": False}
    for setting in settings:
        given |= read_setting(setting, given)
    baseline, as_of = given.pop("baseline"), given.pop("as_of")
    given["baseline_pct_abl1"] = {} if baseline is None else {Tissue.BONE_MARROW: baseline}
    if samples != "no samples":
        tokens = enumerate(samples.split("; "), start=1)
        given["results"] = tuple(read_sample(token, f"s{number}") for number, token in tokens)
    return Series(id="case", **given), as_of


def read_setting(text: str, given: dict[str, Any]) -> dict[str, Any]:
    """What differs from the usual setting."""
    words: dict[str, dict[str, Any]] = {marker.value: {"marker": marker} for marker in Marker}
    words |= {"no baseline": {"baseline": None}, "no end of treatment": {"end_of_treatment": None}}
    words |= {"marker lost at relapse": {"marker_lost": True}}
    if text in words:
        return words[text]
    name, value = text.rsplit(" ", 1)
    if name == "baseline":
        return {"baseline": Decimal(value)}
    if name == "treatment":
        return {"treatment_starts": (*given["treatment_starts"], day(value))}
    if name in COURSES:
        return {"course_starts": (*given["course_starts"], CourseBegin(day(value), COURSES[name]))}
    return {{"as of": "as_of", "end of treatment": "end_of_treatment", "death": "death_on"}[name]: day(value)}


def read_sample(text: str, name: str) -> Result:
    """One sample."""
    match = SAMPLE.fullmatch(text)
    assert match, f"cannot read the sample: {text}"
    value = match["value"]
    limits = {"ABL1": "40000", "LOD": UNKNOWN, "LOQ": UNKNOWN}
    limits |= dict(LIMIT.findall(match["limits"] or ""))
    known = {name: None if limit == UNKNOWN else Decimal(limit) for name, limit in limits.items()}
    return Result(
        id=name,
        collected_on=day(match["day"]),
        tissue=Tissue(match["tissue"]),
        call=CALLS.get(value, Call.DETECTED),
        pct_abl1=None if value in CALLS else Decimal(value),
        abl1_copies=known["ABL1"],
        lod_pct_abl1=known["LOD"],
        loq_pct_abl1=known["LOQ"],
        assay_key=match["key"] or "",
        timepoint=TIMEPOINTS.get(match["mark"]),
    )


def told_day(on: date) -> str:
    """A date as a day like d90."""
    return f"d{(on - DAY_0).days}"


def told_episode(episode: Episode) -> str:
    """An episode or candidate in the words of the tables."""
    kind = episode.kind.value.removeprefix("MOLECULAR_").lower()
    words = [f"#{episode.number}"] if episode.number is not None else []
    words += [episode.rule.value, kind, episode.status.value, episode.tissue.value]
    words += [told_day(episode.relapse_on), f"({episode.index})"]
    if episode.confirmed_on is not None:
        words += ["by", told_day(episode.confirmed_on), f"({episode.confirmed_by})"]
    words += ["late"] * episode.late + ["waived"] * episode.waived
    for tissue in Tissue:
        if tissue in episode.response:
            words += [tissue.value, episode.response[tissue].value]
    return " ".join(words)


def told_flag(flag: Flag) -> str:
    """A flag in the words of the tables."""
    return flag.code.value if flag.on is None else f"{flag.code.value} {told_day(flag.on)} ({flag.result})"


def told_classes(verdict: Verdict, series: Series) -> list[SampleClass | None]:
    """The classes in the order in which the series is written; None for a result that took no part."""
    classes = {sample.id: sample.sample_class for sample in verdict.samples}
    return [classes.get(result.id) for result in series.results]
