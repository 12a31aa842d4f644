"""The parts of a cohort's page, and what can be asked of each: a question is small, named, and printed with its answer.

Source: docs/methods/cohorts.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from monitoring.domain.cohorts.endpoints import Endpoint, Origin
from monitoring.domain.cohorts.patient import FailureKind
from monitoring.domain.terms import Tissue

POOLED_LEAST = 10  # patients; [DESIGN] patients of other centres are only counted together, and not below this number


class Part(StrEnum):
    """One figure or table."""

    FLOW = "FLOW"
    RESPONSE = "RESPONSE"
    DEPTH = "DEPTH"
    WATERFALL = "WATERFALL"
    ENDPOINTS = "ENDPOINTS"
    SURVIVAL = "SURVIVAL"
    INCIDENCE = "INCIDENCE"
    TRANSPLANT = "TRANSPLANT"
    TIMES = "TIMES"
    SWIMMER = "SWIMMER"
    TRAJECTORIES = "TRAJECTORIES"
    TOXICITY = "TOXICITY"
    MUTATIONS = "MUTATIONS"
    KINETICS = "KINETICS"


class Grouping(StrEnum):
    """How a curve is split: by what was known at every origin, never by what came after it.

    By transplant, which comes later, curves are compared in the part of that name.
    """

    NONE = "NONE"
    SIGNALLING = "SIGNALLING"
    FIRST_LINE_RESPONSE = "FIRST_LINE_RESPONSE"
    FAILURE = "FAILURE"
    MARKER = "MARKER"
    CENTRE = "CENTRE"


class Comparison(StrEnum):
    """How transplanted and not transplanted patients are compared; NAIVE never stands without its warning."""

    LANDMARK = "LANDMARK"
    SIMON_MAKUCH = "SIMON_MAKUCH"
    NAIVE = "NAIVE"


class NotAQuestion(ValueError):
    """A part was asked what it does not answer; `field` names it."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class PartQuestion:
    """What is asked of a part; None where the part does not take it. `pooled`: with other centres, counts only."""

    part: Part
    endpoint: Endpoint | None = None
    origin: Origin | None = None
    grouping: Grouping | None = None
    comparison: Comparison | None = None
    tissue: Tissue | None = None
    landmark_days: int | None = None
    pooled: bool = False


# What each part takes, with what it answers when nothing is said.
DEFAULTS: Mapping[Part, Mapping[str, Any]] = {
    Part.FLOW: {},
    Part.RESPONSE: {},
    Part.DEPTH: {"tissue": Tissue.BONE_MARROW},
    Part.WATERFALL: {},
    Part.ENDPOINTS: {"origin": Origin.MOLECULAR_RELAPSE},
    Part.SURVIVAL: {
        "endpoint": Endpoint.RFS_MRD,
        "origin": Origin.MOLECULAR_RELAPSE,
        "grouping": Grouping.NONE,
    },
    Part.INCIDENCE: {"endpoint": Endpoint.RFS_MRD, "origin": Origin.MOLECULAR_RELAPSE, "grouping": Grouping.NONE},
    Part.TRANSPLANT: {
        "endpoint": Endpoint.OS,
        "origin": Origin.MOLECULAR_RELAPSE,
        "comparison": Comparison.LANDMARK,
        "landmark_days": 180,
    },
    Part.TIMES: {},
    Part.SWIMMER: {"origin": Origin.MOLECULAR_RELAPSE},
    Part.TRAJECTORIES: {"origin": Origin.CYCLE_1, "tissue": Tissue.BONE_MARROW},
    Part.TOXICITY: {},
    Part.MUTATIONS: {},
    Part.KINETICS: {},
}
# The only ones that can be asked of several centres together: curves of groups, never lists or small counts.
POOLED_PARTS = frozenset({Part.SURVIVAL, Part.INCIDENCE, Part.TRANSPLANT})
# Of single patients: to read it is to read their records.
SINGLE_PATIENTS = frozenset({Part.WATERFALL, Part.SWIMMER, Part.TRAJECTORIES})
OPTIONS: Mapping[str, type[StrEnum]] = {
    "endpoint": Endpoint,
    "origin": Origin,
    "grouping": Grouping,
    "comparison": Comparison,
    "tissue": Tissue,
}


def ask(part: str, asked: Mapping[str, Any]) -> PartQuestion:
    """Return the question of a part, with defaults for what is not said; raises NotAQuestion naming the field."""
    try:
        named = Part(part)
    except ValueError as error:
        raise NotAQuestion("part") from error
    defaults = DEFAULTS[named]
    unknown = sorted(set(asked) - set(defaults) - {"pooled"})
    if unknown:
        raise NotAQuestion(unknown[0])
    values = {name: _value(name, asked.get(name, default)) for name, default in defaults.items()}
    pooled = asked.get("pooled", False)
    if not isinstance(pooled, bool) or (pooled and named not in POOLED_PARTS):
        raise NotAQuestion("pooled")
    if pooled and values.get("grouping") is Grouping.CENTRE:  # counted together is not centre by centre
        raise NotAQuestion("grouping")
    return PartQuestion(named, pooled=pooled, **values)


def first_asked(part: Part, failures: Collection[FailureKind]) -> PartQuestion:
    """Return what a page asks first: relapses are counted from the relapse, other failures from the failure."""
    defaults = DEFAULTS[part]
    if defaults.get("origin") is Origin.MOLECULAR_RELAPSE and not _only_relapses(failures):
        return ask(part, {"origin": Origin.MOLECULAR_FAILURE})
    return ask(part, {})


def _only_relapses(failures: Collection[FailureKind]) -> bool:
    return bool(failures) and FailureKind.PERSISTENCE not in failures


def said(question: PartQuestion) -> dict[str, Any]:
    """Return a question as JSON: every answer that the part takes, by name."""
    names = (*DEFAULTS[question.part], *(("pooled",) if question.pooled else ()))
    return {each.name: getattr(question, each.name) for each in fields(PartQuestion) if each.name in names}


def _value(name: str, value: Any) -> Any:
    if name in OPTIONS:
        try:
            return OPTIONS[name](value)
        except ValueError as error:
            raise NotAQuestion(name) from error
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise NotAQuestion(name)
    return value
