"""The head of the figure on paper: event labels like flags on poles, treatments as bars, and what each cycle was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitoring.charts.trajectory_svg_frame import BAR, CYCLE_HEAD, CYCLE_LINE, LABEL, ROW, SMALL, Frame
from monitoring.charts.trajectory_svg_placement import Box, Label, Placement
from monitoring.charts.trajectory_svg_poles import Flagpole, Flagpoles, is_blind_from
from monitoring.charts.trajectory_svg_words import Words, width

GAP, UNDER_HEAD = 4.0, 11.0
JOINED_WITHIN = 18.0  # pt between cycles that may share a label
SHORTEST_REGIMEN = 4  # letters


@dataclass(frozen=True, slots=True)
class CycleGroup:
    """Neighbouring cycles that share a label, since one alone has no room."""

    x0: float
    x1: float
    cycles: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class TreatmentBar:
    """Other treatment: its bar, and its words, which may reach beyond it."""

    x0: float
    x1: float
    end: float
    y: float
    text: str


@dataclass(slots=True)
class Head:
    """What stands over the curve; heights in points from the top of the figure."""

    meta: Mapping[str, Any]
    frame: Frame
    words: Words
    poles: list[Flagpole] = field(init=False)
    groups: list[CycleGroup] = field(init=False)
    bars: list[TreatmentBar] = field(init=False)
    bars_top: float = field(init=False)
    cycles_top: float = field(init=False)
    height: float = field(init=False)

    def __post_init__(self) -> None:
        """Lay out the rows of events, then the bars, then the heads of the cycles."""
        self.poles = Flagpoles(self.meta, self.frame, self.words).placed()
        self.groups = self._groups()
        self.bars = self._bars()
        events = max((pole.rows.stop * ROW for pole in self.poles), default=0.0)
        self.bars_top = events + (GAP if events else 0)
        self.cycles_top = self.bars_top + self._depth(self._over_cycles())
        under_cycles = self.cycles_top + (CYCLE_HEAD if self.groups else 0)
        self.height = max(under_cycles, self.bars_top + self._depth(self.bars)) + UNDER_HEAD

    def _depth(self, bars: Sequence[TreatmentBar]) -> float:
        return max((bar.y + BAR + 2 for bar in bars), default=0.0)

    def _over_cycles(self) -> list[TreatmentBar]:
        """The bars that stand where the heads of the cycles and their caption want to stand."""
        if not self.groups:
            return []
        wide = max(width(text, SMALL) for text in self._caption())
        x0 = self._clear_of_poles(self.groups[0].x0 - GAP, wide) - wide - GAP
        x1 = self.groups[-1].x1 + (wide + 2 * GAP if x0 < -self.frame.left else 0)
        return [bar for bar in self.bars if bar.x0 < x1 and bar.end > x0]

    def pole_of(self, line: Mapping[str, Any]) -> float:
        """Return how high the line of an event reaches; to the bars where its label found no place."""
        return next((pole.top for pole in self.poles if pole.line is line), self.bars_top)

    # cycles

    def _groups(self) -> list[CycleGroup]:
        """The heads of the cycles; a group goes on growing while its words have no room."""
        found: list[CycleGroup] = []
        for cycle in self.meta["cycles"]:
            x0, x1 = (self.frame.x(cycle[end]) for end in ("from", "to"))
            if found and self._is_narrow(found[-1]) and x0 - found[-1].x1 < JOINED_WITHIN:
                last = found.pop()
                found.append(CycleGroup(last.x0, x1, (*last.cycles, cycle)))
            else:
                found.append(CycleGroup(x0, x1, (cycle,)))
        if len(found) > 1 and self._is_narrow(found[-1]) and found[-1].x0 - found[-2].x1 < JOINED_WITHIN:
            last, before = found.pop(), found.pop()
            found.append(CycleGroup(before.x0, last.x1, (*before.cycles, *last.cycles)))
        return found

    def _is_narrow(self, group: CycleGroup) -> bool:
        name, *rest = self.cycle_words(group)
        needed = max(width(name, LABEL, bold=True), *(width(text, SMALL) for text in rest))
        return group.x1 - group.x0 < needed + 2

    def cycle_words(self, group: CycleGroup) -> tuple[str, str, str]:
        """Return number, mg a day and days given of neighbouring cycles; where they differ, from the least to the most.

        What is not on record is a dash.
        """
        first, last = group.cycles[0]["number"], group.cycles[-1]["number"]
        number = str(first) if len(group.cycles) == 1 else f"{first}–{last}"
        name = self.words.say("cycle.short", number=number)
        return name, _span(group, "dose_mg"), _span(group, "given_days")

    # other treatments

    def _bars(self) -> list[TreatmentBar]:
        taken: list[Box] = []
        found = []
        for treatment in self.meta["treatments"]:
            x0, x1 = (min(max(self.frame.x(treatment[end]), 0.0), self.frame.width) for end in ("from", "to"))
            text = self._fitted(treatment["regimen"], x0, x1)
            end = max(x1, x0 + width(text, SMALL) + 6)
            y = 0.0
            while any(other.shared(Box(x0, y, end + 3, y + BAR)) > 0 for other in taken):
                y += BAR + 2
            taken.append(Box(x0, y, end, y + BAR))
            found.append(TreatmentBar(x0, x1, end, y, text))
        return found

    def _fitted(self, text: str, x0: float, x1: float) -> str:
        """A regimen may reach beyond its bar, but not across an event line or the edge; then it is shortened."""
        poles = [self.frame.x(line["on"]) for line in self.meta["lines"]]
        limit = max(x1, x0 + 40, min([self.frame.width, *(x for x in poles if x > max(x0 + 8, x1 - 4))]))
        kept = text
        while len(kept) > SHORTEST_REGIMEN and x0 + width(kept if kept == text else kept + "…", SMALL) + 6 > limit:
            kept = kept[:-1]
        return kept if kept == text else kept.rstrip() + "…"

    # what is written

    def write(self, placement: Placement) -> None:
        """Put every label of the head in its place."""
        for pole in self.poles:
            self._write_event(pole, placement)
        for bar in self.bars:
            placement.put(Label(bar.text, SMALL), bar.x0 + 3, self.bars_top + bar.y + BAR / 2)
        for group in self.groups:
            for at, text in enumerate(self.cycle_words(group)):
                label = Label(text, SMALL, has_halo=False) if at else Label(text, LABEL, "ink", True, has_halo=False)
                placement.put(label, (group.x0 + group.x1) / 2, self._line_of_cycles(at), "centre")
        self._write_caption(placement)

    def _line_of_cycles(self, at: int) -> float:
        return self.cycles_top + CYCLE_LINE * (at + 0.6)

    def _write_event(self, pole: Flagpole, placement: Placement) -> None:
        quiet = "overdue" if is_blind_from(pole.line) else "ink" if pole.bold else "ink-2"
        ink = {"OPEN": "confirmed", "SUSPECTED": "suspected"}.get(pole.line["tone"], quiet)
        x = pole.x0 if pole.side == "left" else pole.x1
        y = (pole.row + 0.5) * ROW
        placement.put(Label(pole.text, LABEL, ink, pole.bold), x, y, pole.side)
        if pole.second:
            placement.put(Label(pole.second, SMALL), x, y + ROW - 0.5, pole.side)

    def _write_caption(self, placement: Placement) -> None:
        """What the three lines of a cycle say: left of the first one, otherwise right of the last one."""
        if not self.groups:
            return
        caption = self._caption()
        wide = max(width(text, SMALL) for text in caption)
        left = self._clear_of_poles(self.groups[0].x0 - GAP, wide)
        right = self.groups[-1].x1 + GAP
        for at, text in enumerate(caption):
            if left - wide > -self.frame.left:
                placement.put(Label(text, SMALL), left, self._line_of_cycles(at), "right")
            elif right + wide < self.frame.width + self.frame.right:
                placement.put(Label(text, SMALL), right, self._line_of_cycles(at))

    def _caption(self) -> list[str]:
        return [self.words.say(code) for code in ("cycles.drug", "cycles.dose", "cycles.days")]

    def _clear_of_poles(self, right: float, wide: float) -> float:
        """The right end of a caption that no event line crosses, at or left of a place."""
        poles = (self.frame.x(line["on"]) for line in self.meta["lines"])
        crossing = [x for x in poles if right - wide - 2 < x < right + 2]
        return self._clear_of_poles(min(crossing) - GAP, wide) if crossing else right


def _span(group: CycleGroup, name: str) -> str:
    known = [cycle[name] for cycle in group.cycles if cycle[name] is not None]
    if not known:
        return "–"
    low, high = min(known), max(known)
    return str(low) if low == high else f"{low}–{high}"
