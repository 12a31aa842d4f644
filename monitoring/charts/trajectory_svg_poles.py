"""Where the labels of events stand on paper: like flags on poles, each on the row that crosses the fewest others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from monitoring.charts.trajectory_svg_frame import LABEL, ROW, SMALL, Frame
from monitoring.charts.trajectory_svg_words import Words, width

Side = Literal["left", "right"]

THICK = frozenset({"HSCT", "HAEMATOLOGICAL_RELAPSE", "DEATH"})
NAMED = frozenset({"MUTATION_GAINED", "MUTATION_LOST", "TREATMENT"})
ORDER = ("HSCT", "HAEMATOLOGICAL_RELAPSE", "DEATH", "RELAPSE", "END_OF_TREATMENT", "TREATMENT", "DLI",
         "MUTATION_GAINED", "MUTATION_LOST", "GVHD", "REMISSION", "MUTATION_PERSISTENT")  # fmt: skip
LOUDEST = {"OPEN": -2, "SUSPECTED": -1}
ROWS = 12  # lines of event labels at the most
FLAG = 5.5  # pt: the flag of an open relapse date
POLE_GAP, LABEL_GAP = 3.0, 6.0
COST_ROW, COST_POLE, COST_RIGHT = 2, 9, 1


def is_thick(line: Mapping[str, Any]) -> bool:
    """Whether an event begins or ends a course, or leaves the curve blind: its line is thick."""
    return line["kind"] in THICK or is_blind_from(line)


def is_blind_from(line: Mapping[str, Any]) -> bool:
    """Whether the followed mutation itself was lost: a negative no longer excludes relapse."""
    return bool(line.get("marker_lost"))


@dataclass(frozen=True, slots=True)
class Flagpole:
    """An event with its label: on which row, on which side of its line, from where to where."""

    line: Mapping[str, Any]
    text: str
    second: str
    bold: bool
    row: int
    side: Side
    x: float
    x0: float
    x1: float

    @property
    def rows(self) -> range:
        """The rows that the label takes."""
        return range(self.row, self.row + (2 if self.second else 1))

    @property
    def top(self) -> float:
        """How high the line of the event reaches."""
        return self.row * ROW + 1


@dataclass(frozen=True, slots=True)
class Flagpoles:
    """The events of a figure and where their labels may stand."""

    meta: Mapping[str, Any]
    frame: Frame
    words: Words

    def placed(self) -> list[Flagpole]:
        """Return the events with their labels, the loudest first; one without a place has none."""
        seen = [line for line in self.meta["lines"] if self.frame.sees(line["on"])]
        newest_first = sorted(seen, key=lambda line: str(line["on"]), reverse=True)
        placed: list[Flagpole] = []
        for line in sorted(newest_first, key=_rank):
            best = self._best_place(line, placed)
            if best is not None:
                placed.append(best)
        return placed

    def _best_place(self, line: Mapping[str, Any], placed: Sequence[Flagpole]) -> Flagpole | None:
        best: tuple[int, Flagpole] | None = None
        for row in range(ROWS):
            for side in ("left", "right"):
                pole = self._pole(line, row, "left" if side == "left" else "right")
                cost = self._cost(pole, placed)
                if cost is not None and (best is None or cost < best[0]):
                    best = (cost, pole)
            if best is not None and best[0] < COST_ROW * (row + 1):
                break
        return best[1] if best else None

    def _pole(self, line: Mapping[str, Any], row: int, side: Side) -> Flagpole:
        text, second, bold = self._event_words(line)
        wide = max(width(text, LABEL, bold=bold), width(second, SMALL))
        x = self.frame.x(line["on"])
        flag = FLAG if line["kind"] == "RELAPSE" and line["tone"] == "OPEN" else 0
        x0 = x + POLE_GAP + flag if side == "left" else x - POLE_GAP - wide
        return Flagpole(line, text, second, bold, row, side, x, x0, x0 + wide)

    def _cost(self, pole: Flagpole, placed: Sequence[Flagpole]) -> int | None:
        """How bad a place is; None where it is outside or taken."""
        if pole.x0 < 2 - self.frame.left or pole.x1 > self.frame.width + self.frame.right:
            return None
        cost = pole.row * COST_ROW + (COST_RIGHT if pole.side == "right" else 0)
        for other in placed:
            meet = pole.row < other.rows.stop and other.row < pole.rows.stop
            if meet and pole.x0 < other.x1 + LABEL_GAP and other.x0 < pole.x1 + LABEL_GAP:
                return None
            through_me = other.row < pole.rows.stop and pole.x0 - 2 < other.x < pole.x1 + 2
            through_it = other.rows.stop > pole.row and other.x0 - 2 < pole.x < other.x1 + 2
            cost += COST_POLE * (through_me + through_it)
        return cost

    def _event_words(self, line: Mapping[str, Any]) -> tuple[str, str, bool]:
        words = self.words
        bold = is_thick(line) or line["tone"] != "PAST"
        on = words.day(line["on"]) if bold or line["kind"] == "RELAPSE" else words.day_month(line["on"])
        code = f"event.{line['kind']}"
        if line["kind"] == "RELAPSE":
            code = f"event.{self.meta['episodes'][line['episode']]['kind']}"
        name = self._finding_names(line) if line.get("findings") else line["detail"]
        if name and (line.get("findings") or line["kind"] in NAMED):
            code += ".named"
        second = words.say("event.course", number=line["course"]) if line["course"] else ""
        return f"{words.say(code, name=name)} {on}", second, bold

    def _finding_names(self, line: Mapping[str, Any]) -> str:
        """Gene and variant with the share of alleles where it was measured."""
        told = []
        for one in line["findings"]:
            vaf = one["vaf_pct"]
            number = self.words.number(vaf) if vaf is not None else ""
            told.append(self.words.say("event.with_vaf", name=one["name"], number=number) if number else one["name"])
        return ", ".join(told)


def _rank(line: Mapping[str, Any]) -> int:
    """What is open comes first, then what begins a course."""
    tone = LOUDEST.get(line["tone"])
    if tone is not None:
        return tone
    if is_blind_from(line):
        return 0
    return ORDER.index(line["kind"]) if line["kind"] in ORDER else len(ORDER)
