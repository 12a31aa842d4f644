"""What is on record of a patient beside the samples, in the words of a cohort: lines, cycles, events, findings.

Source: docs/methods/cohorts.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from monitoring.domain.cohorts.patient import CycleGiven
from monitoring.domain.toxicity_table import ToxicityCase


class LineKind(StrEnum):
    """The kind of a line of treatment."""

    FIRST_LINE = "FIRST_LINE"
    PRE_EMPTIVE = "PRE_EMPTIVE"
    SALVAGE = "SALVAGE"
    OTHER = "OTHER"


class EventKind(StrEnum):
    """What happened to a patient, as far as a cohort asks for it."""

    REMISSION = "REMISSION"
    HSCT = "HSCT"
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"
    DEATH = "DEATH"
    LAST_DISEASE_ASSESSMENT = "LAST_DISEASE_ASSESSMENT"
    NOT_TRANSPLANTED = "NOT_TRANSPLANTED"


class FindingStatus(StrEnum):
    """What was found of a gene: GAINED, PERSISTENT and LOST compare with the diagnosis."""

    PRESENT = "PRESENT"
    ABSENT = "ABSENT"
    GAINED = "GAINED"
    PERSISTENT = "PERSISTENT"
    LOST = "LOST"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of treatment; cycles by day 1, their toxicity by number, and the last day on which venetoclax was given.

    `last_given_on` is None without cycles, or where nobody knows the days given.
    """

    kind: LineKind
    regimen: str
    starts_on: date
    ends_on: date | None = None
    cycles: tuple[CycleGiven, ...] = ()
    toxicity: Mapping[int, ToxicityCase] = field(default_factory=dict)
    last_given_on: date | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event on a day. `kind` is an EventKind, or another word of the record that only tells that there was news."""

    kind: str
    on: date
    donor: str = ""
    conditioning: str = ""
    conditioning_starts_on: date | None = None
    mrd_at_hsct: str = ""
    cause: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GeneFinding:
    """What was found of one gene on one day."""

    gene: str
    status: FindingStatus
    on: date


@dataclass(frozen=True, slots=True)
class ClinicalFacts:
    """A patient up to a day: who it is, and everything beside the samples; each tuple by day.

    `seen_on`: other days on which somebody saw the patient (counts, adverse events, transfusions).
    """

    born_on: date
    sex: str
    diagnosed_on: date | None = None
    eln_risk: str = ""
    research_refused_on: date | None = None
    lines: tuple[Line, ...] = ()
    events: tuple[Happening, ...] = ()
    findings: tuple[GeneFinding, ...] = ()
    seen_on: tuple[date, ...] = ()

    def of_kind(self, kind: EventKind) -> list[Happening]:
        """Return the events of a kind, by day."""
        return [event for event in self.events if event.kind == kind]

    def first_on(self, kind: EventKind) -> date | None:
        """Return the day of the first event of a kind."""
        return min((event.on for event in self.of_kind(kind)), default=None)

    def later_lines(self) -> list[Line]:
        """Return pre-emptive and salvage lines, by start."""
        return [line for line in self.lines if line.kind in (LineKind.PRE_EMPTIVE, LineKind.SALVAGE)]

    def preemptive(self) -> list[Line]:
        """Return the pre-emptive lines, by start."""
        return [line for line in self.lines if line.kind is LineKind.PRE_EMPTIVE]
