"""Vertical lines: what happened to the patient, and the relapse dates of the verdict."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from monitoring.charts.episodes import DrawnEpisode, Tone
from monitoring.charts.inputs import ClinicalEvent, EventKind, Finding
from monitoring.charts.scales import plain
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import CourseStart, Marker

RELAPSE = "RELAPSE"
SUSPECTED = "SUSPECTED"
KIND_OF_COURSE_START = {
    CourseStart.HSCT: EventKind.HSCT,
    CourseStart.HAEMATOLOGICAL_RELAPSE: EventKind.HAEMATOLOGICAL_RELAPSE,
}


def event_lines(
    series: Series,
    events: Iterable[ClinicalEvent],
    episodes: Iterable[DrawnEpisode],
    as_of: date,
    findings: Iterable[Finding] = (),
) -> list[dict[str, Any]]:
    """Every line up to `as_of`, oldest first: recorded events, those of the series, findings, and relapse dates."""
    told = {(event.kind, event.on): event.detail for event in _of_series(series)}
    told |= {(event.kind, event.on): event.detail for event in events}
    courses = {start.on: at for at, start in enumerate(sorted_starts(series, as_of), start=2)}
    lines = [
        _line(
            kind.value,
            on,
            detail,
            courses.get(on) if kind in KIND_OF_COURSE_START.values() else None,
        )
        for (kind, on), detail in told.items()
        if on <= as_of
    ]
    lines.extend(finding_lines(findings, series.marker, as_of))
    lines.extend(_relapse_line(at, drawn) for at, drawn in enumerate(episodes) if drawn.has_line)
    return sorted(lines, key=lambda line: (line["on"], line["kind"]))


def finding_lines(findings: Iterable[Finding], marker: Marker, as_of: date) -> list[dict[str, Any]]:
    """One line for each day and kind of finding; `marker_lost` tells the one after which the curve is blind."""
    together: dict[tuple[date, EventKind], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.on <= as_of:
            together[finding.on, finding.kind].append(finding)
    return [_finding_line(kind, on, found, marker) for (on, kind), found in sorted(together.items())]


def _finding_line(kind: EventKind, on: date, found: list[Finding], marker: Marker) -> dict[str, Any]:
    lost = kind is EventKind.MUTATION_LOST and any(one.gene == marker.value for one in found)
    return _line(kind.value, on, ", ".join(one.name for one in found), None) | {
        "findings": [{"name": one.name, "vaf_pct": plain(one.vaf_pct)} for one in found],
        "marker_lost": lost,
    }


def sorted_starts(series: Series, as_of: date) -> list[CourseBegin]:
    """The course starts up to `as_of`; on one date haematological relapse before HSCT."""
    begun = [start for start in series.course_starts if start.on <= as_of]
    return sorted(begun, key=lambda start: (start.on, start.kind is CourseStart.HSCT))


def course_of(on: date, starts: Iterable[CourseBegin]) -> int:
    """The number of the course that a sample of this day belongs to; the day of a start belongs to the new course."""
    return 1 + sum(start.on <= on for start in starts)


def _of_series(series: Series) -> list[ClinicalEvent]:
    events = [ClinicalEvent(KIND_OF_COURSE_START[start.kind], start.on) for start in series.course_starts]
    if series.end_of_treatment is not None:
        events.append(ClinicalEvent(EventKind.END_OF_TREATMENT, series.end_of_treatment))
    if series.death_on is not None:
        events.append(ClinicalEvent(EventKind.DEATH, series.death_on))
    return events


def _line(kind: str, on: date, detail: str, course: int | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "on": on.isoformat(),
        "detail": detail,
        "course": course,
        "tone": Tone.PAST.value,
    }


def _relapse_line(at: int, drawn: DrawnEpisode) -> dict[str, Any]:
    """The date of an episode is that of its index sample; a candidate is a line of its own kind."""
    return {
        "kind": RELAPSE if drawn.episode.number is not None else SUSPECTED,
        "on": drawn.episode.relapse_on.isoformat(),
        "detail": "",
        "course": None,
        "tone": drawn.tone.value,
        "episode": at,
    }


def line_shapes(lines: Iterable[dict[str, Any]], lane: float) -> list[dict[str, Any]]:
    """The lines as shapes behind the curve, named by their kind."""
    return [vertical(f"event:{at}", line["on"], lane, 1.0) for at, line in enumerate(lines)]


def vertical(name: str, on: str, bottom: float, top: float) -> dict[str, Any]:
    """One vertical line, from and to heights of the paper."""
    return {
        "type": "line",
        "name": name,
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "x0": on,
        "x1": on,
        "y0": bottom,
        "y1": top,
        "line": {"width": 1},
    }
