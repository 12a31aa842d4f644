"""What an RDML file holds, as far as it is read: samples, programmes of cycles, runs and their reactions, as texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Value = TypeVar("Value")
NAMESPACE = "http://www.rdml.org"
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4")


@dataclass(slots=True)
class RdmlQuantity:
    """A quantity with its unit (cop, fold, dil, ng, nMol, other), of one target or, where it is empty, of all."""

    target: str = ""
    value: str = ""
    unit: str = ""


@dataclass(slots=True)
class RdmlSample:
    """A sample: its types and quantities, of one target (1.2 and later) or, under an empty name, of all."""

    types: dict[str, str] = field(default_factory=dict)
    quantities: dict[str, RdmlQuantity] = field(default_factory=dict)


@dataclass(slots=True)
class RdmlProgramme:
    """The steps of a programme that measure, and its loops back to a step, each with how often it runs."""

    measuring_steps: set[int] = field(default_factory=set)
    loops: list[tuple[int, int, int]] = field(default_factory=list)  # from step, back to step, times

    def cycles(self) -> int | None:
        """Return the number of cycles: of all loops that measure, or of the longest where no step tells that."""
        measuring = [
            times
            for start, back_to, times in self.loops
            if any(back_to <= step <= start for step in self.measuring_steps)
        ]
        if measuring:
            return sum(measuring)
        return max((times for _start, _back_to, times in self.loops), default=None)


@dataclass(slots=True)
class RdmlReaction:
    """One target in one well, the texts as the file has them; `cq` is None where there is no such element."""

    react: str
    sample: str
    line: int
    target: str = ""
    cq: str | None = None
    cq_line: int = 0
    quantity: RdmlQuantity | None = None
    excluded: str | None = None


@dataclass(slots=True)
class RdmlRun:
    """One run with the form of its plate: rows and columns (1.1 and later), or a text (1.0)."""

    id: str
    programme: str = ""
    instrument: str = ""
    run_at: str = ""
    form_text: str = ""  # of 1.0, "96-well plate; A1-H12"
    rows: str = ""
    columns: str = ""
    row_label: str = ""  # ABC, 123 or A1a1, as the columns
    column_label: str = ""
    last_cycle: int = 0  # the highest one that has a point in an amplification curve
    reactions: list[RdmlReaction] = field(default_factory=list)
    without_data: int = 0  # reactions of digital PCR or of nothing


@dataclass(slots=True)
class RdmlFile:
    """A whole file; `departures` are the places where it is not what its version says."""

    version: str = ""
    samples: dict[str, RdmlSample] = field(default_factory=dict)
    targets: set[str] = field(default_factory=set)
    programmes: dict[str, RdmlProgramme] = field(default_factory=dict)
    runs: list[RdmlRun] = field(default_factory=list)
    departures: dict[str, int] = field(default_factory=dict)

    def departs(self, what: str) -> None:
        """Count one more departure of a kind."""
        self.departures[what] = self.departures.get(what, 0) + 1


def of_target(values: Mapping[str, Value], target: str) -> Value | None:
    """Return what is said of one target, or else of all targets."""
    return values.get(target, values.get(""))
