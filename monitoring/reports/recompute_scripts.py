"""Scripts in R and Python that recompute a figure from the exported analysis set, with its options filled in.

Everything that is filled in is a code of the product or a whole number: nothing that somebody typed becomes a program.
"""

import importlib.metadata
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitoring.domain.cohorts.analysis_endpoints import DAYS_COLUMN, EVENT_COLUMN, FIRST_EVENT_COLUMN, named
from monitoring.domain.cohorts.drawn_curve import MILESTONES
from monitoring.domain.cohorts.grouping import EVERYBODY
from monitoring.domain.cohorts.parts import Grouping, NotAQuestion, Part, PartQuestion

ROOM = Path(__file__).resolve().parent / "snippets"
LANGUAGES = ("R", "py")
PARTS: Mapping[Part, str] = {Part.SURVIVAL: "survival", Part.INCIDENCE: "incidence", Part.TRANSPLANT: "transplant"}
GROUP_COLUMNS: Mapping[Grouping, str] = {
    Grouping.SIGNALLING: "signalling",
    Grouping.FIRST_LINE_RESPONSE: "first_line_response",
    Grouping.FAILURE: "failure_kind",
    Grouping.MARKER: "marker",
    Grouping.CENTRE: "centre",
}
PLACE = re.compile(r"\{\{(\w+)\}\}")
LIFELINES = "0.30.3"  # with which the tests compare, where it is not installed beside the product


@dataclass(frozen=True, slots=True)
class ScriptOf:
    """Which cohort and file a script is for."""

    cohort_id: int
    version: int
    file_name: str


def can_recompute(question: PartQuestion) -> bool:
    """Whether there is a script for a part; what is pooled cannot be exported, hence not recomputed."""
    return question.part in PARTS and not question.pooled


def script(question: PartQuestion, of: ScriptOf, language: str) -> str:
    """Return the script of a question in one of the LANGUAGES; raises NotAQuestion where there is none."""
    endpoint, origin = question.endpoint, question.origin
    if not can_recompute(question) or endpoint is None or origin is None:
        raise NotAQuestion("part")
    places = {
        "cohort": str(of.cohort_id),
        "version": str(of.version),
        "file": of.file_name,
        "script": script_name(question, of, language),
        "endpoint": endpoint.value,
        "origin": origin.value,
        "days": named(DAYS_COLUMN, endpoint),
        "event": named(EVENT_COLUMN, endpoint),
        "first_event": named(FIRST_EVENT_COLUMN, endpoint),
        "months": ", ".join(str(months) for months in MILESTONES),
        "lifelines": _lifelines(),
        **_apart(question),
    }
    template = (ROOM / f"{PARTS[question.part]}.{language}.txt").read_text(encoding="utf-8")
    return PLACE.sub(lambda found: places[found[1]], template)


def _apart(question: PartQuestion) -> dict[str, str]:
    """What tells the curves of a figure apart: a grouping, or the way in which the transplanted are compared."""
    if question.comparison is not None:
        return {"comparison": question.comparison.value, "landmark": str(question.landmark_days or 0)}
    grouping = question.grouping or Grouping.NONE
    column = GROUP_COLUMNS.get(grouping)
    return {
        "grouping": grouping.value,
        "python_group": f'rows["{column}"]' if column else f'"{EVERYBODY}"',
        "r_group": f"rows${column}" if column else f'"{EVERYBODY}"',
    }


def script_name(question: PartQuestion, of: ScriptOf, language: str) -> str:
    """Return the name of the script's file."""
    return f"cohort-{of.cohort_id}-{PARTS[question.part]}.{language}"


def _lifelines() -> str:
    try:
        return importlib.metadata.version("lifelines")
    except importlib.metadata.PackageNotFoundError:
        return LIFELINES
