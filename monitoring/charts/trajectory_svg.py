"""The trajectory on paper: the figure of the page as one SVG in points, words included, for the printed report.

Nothing is computed anew: marks, lines, bands, levels and forecast stand where the figure has them, on the scale per
cent of ABL1; only the labels are placed here, as a browser does it for the screen.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from monitoring.charts import trajectory_svg_frame as frames
from monitoring.charts.inputs import Scale
from monitoring.charts.trajectory_svg_forecast import write_forecast
from monitoring.charts.trajectory_svg_frame import BAR, BOTTOM, CYCLE_LINE, GIVEN_BAR, SMALL, TICK, Frame
from monitoring.charts.trajectory_svg_head import Head
from monitoring.charts.trajectory_svg_labels import Ends, MarkLabels
from monitoring.charts.trajectory_svg_levels import Level, levels
from monitoring.charts.trajectory_svg_marks import INK, element, text_element, traces
from monitoring.charts.trajectory_svg_placement import Box, Label, Placement, Segment
from monitoring.charts.trajectory_svg_poles import is_blind_from, is_thick
from monitoring.charts.trajectory_svg_words import FONT, Words, width

WIDTH = 527.0  # pt: A4 less its margins
EDGE = 5.0
LEAST_LEFT, LEAST_RIGHT = 30.0, 20.0
LEVEL_ROW = 15.5  # pt between the names of two levels
FLAG = "h5l-1.7 -2.6l1.7 -2.6h-5z"
WEIGHTS = {"line": 0.9, "line_dotted": 0.45, "forecast_line": 0.7}
FINDING_DASHES = {
    "MUTATION_GAINED": {"stroke_dasharray": "3.5 1.8"},
    "MUTATION_PERSISTENT": {"stroke_dasharray": "0.6 2.4"},
}
EVENT_WEIGHT, LEVEL_WEIGHT = 0.7, 0.12
BASELINE = 0.35  # of the type size, from the middle of a line to its foot


def trajectory_svg(
    figure: Mapping[str, Any], words: Words, *, is_today: bool = True, unacknowledged: Collection[str] = ()
) -> str:
    """Return the figure as an SVG, 527 pt wide; an episode that nobody has acknowledged keeps its alarm colour."""
    return _Sheet(figure, words, is_today, frozenset(unacknowledged)).drawn()


class _Sheet:
    """One figure on its way to paper."""

    def __init__(self, figure: Mapping[str, Any], words: Words, is_today: bool, unacknowledged: frozenset[str]) -> None:
        self.data, self.words, self.is_today = figure["data"], words, is_today
        self.alarmed = frozenset(_alarmed(figure["layout"]["meta"], unacknowledged))
        self.meta = _louder(figure["layout"]["meta"], unacknowledged)
        self.levels = levels(self.meta, words)
        self.range = self.meta["scales"][Scale.PCT_ABL1.value]["range"]
        self.first, self.last = (date.fromisoformat(day) for day in figure["layout"]["xaxis"]["range"])
        self.head = Head(self.meta, self._frame(0.0), words)
        self.frame = self._frame(self.head.height)

    def _frame(self, head: float) -> Frame:
        low, high = self.range
        ticks = (frames.power_of_ten(power, self.words) for power in frames.decades(low, high))
        left = max(LEAST_LEFT, *(width(text, TICK) + 8 for text in ticks))
        names = [width(one.name, SMALL, bold=True) for one in self.levels] + [width(o.by, SMALL) for o in self.levels]
        right = max(LEAST_RIGHT, *(wide + 8 for wide in names)) if names else LEAST_RIGHT
        return Frame(left, right, WIDTH - left - right, head, self.first, self.last, low, high)

    def drawn(self) -> str:
        """Return the whole picture, back to front."""
        frame = self.frame
        high = frame.height + BOTTOM
        placement = self._placed()
        parts = [*self._bands(), *self._grid(), *self._levels(), *self._events()]
        parts += traces(self.data, self.meta["points"], frame, self.alarmed)
        parts += [part for label in placement.labels for part in _text(label)]
        parts += self._time_axis()
        inside = "".join(parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:.0f}" height="{high:.0f}" '
            f'viewBox="{-frame.left:.2f} 0 {WIDTH:.2f} {high:.2f}" font-family="{FONT}">{inside}</svg>'
        )

    # behind the curve

    def _bands(self) -> Iterator[str]:
        frame, head = self.frame, self.head
        for band in self.meta["cycles"]:
            x0, x1 = frame.x(band["from"]), frame.x(band["to"])
            high = frame.floor - head.cycles_top
            yield element("rect", x=x0 + 0.4, y=head.cycles_top, width=max(x1 - x0 - 0.8, 0.4), height=high,
                          fill=INK["band"], data_band=str(band["number"]))  # fmt: skip
            if band["given_to"]:
                top = head.cycles_top + 3 * CYCLE_LINE + 2.4
                yield element("rect", x=x0 + 0.4, y=top, width=max(frame.x(band["given_to"]) - x0 - 0.4, 0.4),
                              height=GIVEN_BAR, fill=INK["band-given"])  # fmt: skip
        for bar in head.bars:
            yield element("rect", x=bar.x0, y=head.bars_top + bar.y, width=max(bar.x1 - bar.x0, 0.4), height=BAR,
                          fill=INK["band"])  # fmt: skip

    def _grid(self) -> Iterator[str]:
        frame = self.frame
        for power in frames.decades(*self.range):
            y = frame.y(10.0**power)
            yield _across(frame, y, stroke=INK["grid"], stroke_width=0.5)
            text = frames.power_of_ten(power, self.words)
            yield from _text(Label(text, TICK, x=-4, y=y, align="right", has_halo=False))
        yield _across(frame, frame.floor, stroke=INK["rule-strong"], stroke_width=0.5)
        yield _across(frame, frame.height, stroke=INK["rule-strong"], stroke_width=0.5)

    def _levels(self) -> Iterator[str]:
        for level in self.levels:
            dash: dict[str, str | float] = {} if level.is_own else {"stroke_dasharray": "3.5 2.3"}
            y = self.frame.y(level.pct_abl1)
            yield _across(self.frame, y, stroke=INK["threshold"], stroke_width=0.6, data_level=level.name, **dash)

    def _events(self) -> Iterator[str]:
        frame = self.frame
        for line in self.meta["lines"]:
            if not frame.sees(line["on"]):
                continue
            x, top = frame.x(line["on"]), self.head.pole_of(line)
            path = f"M{x:.2f} {top:.2f}V{frame.floor:.2f}"
            yield element("path", d=path, fill="none", data_event=line["kind"], **_event_style(line))
            if line["kind"] == "RELAPSE" and line["tone"] == "OPEN":
                yield element("path", d=f"M{x:.2f} {top + 5.4:.2f}{FLAG}", fill=INK["confirmed"])
        if frame.sees(self.meta["as_of"]):
            x = frame.x(self.meta["as_of"])
            path = f"M{x:.2f} {frame.head:.2f}V{frame.height:.2f}"
            yield element("path", d=path, stroke=INK["ink-2"], stroke_width=0.6, stroke_dasharray="0.8 1.6")

    # words

    def _placed(self) -> Placement:
        """Marks and lines are in the way of every label; then head, day, levels, forecast and samples are written."""
        frame = self.frame
        placement = Placement(frame.width, 0, frame.floor)
        labels = MarkLabels(self.meta, frame, self.words, Ends.of(self.meta["points"]))
        for point in self.meta["points"]:
            (x, y), reach = labels.spot(point), labels.radius(point) + 0.3
            placement.boxes.append(Box(x - reach, y - reach, x + reach, y + reach))
        placement.segments += self._crossed()
        self.head.write(placement)
        unit = Label(self.words.say("scale.PCT_ABL1"), SMALL)
        placement.put(unit, 1 - frame.left, frame.head - 6)
        self._write_as_of(placement)
        self._write_levels(placement)
        write_forecast(self.meta, self.data, frame, self.words, placement)
        labels.write(placement)
        return placement

    def _crossed(self) -> Iterator[Segment]:
        frame = self.frame
        for trace in self.data:
            weight = WEIGHTS.get(trace["meta"]["layer"])
            if weight is None:
                continue
            spots = [
                None if day is None or height is None else (frame.x(day), frame.y(height))
                for day, height in zip(trace["x"], trace["y"], strict=True)
            ]
            for start, end in pairwise(spots):
                if start and end:
                    yield Segment(*start, *end, weight)
        for on in [*(line["on"] for line in self.meta["lines"]), self.meta["as_of"]]:
            yield Segment(frame.x(on), 0, frame.x(on), frame.floor, EVENT_WEIGHT)
        for level in self.levels:
            yield Segment(0, frame.y(level.pct_abl1), frame.width, frame.y(level.pct_abl1), LEVEL_WEIGHT)

    def _write_as_of(self, placement: Placement) -> None:
        frame = self.frame
        code = "label.today" if self.is_today else "label.as_of"
        text = self.words.say(code, date=self.words.day_month(self.meta["as_of"]))
        label = Label(text, SMALL, "ink", bold=True)
        x, y = frame.x(self.meta["as_of"]), frame.middle_of_lane
        fits = label.box(x + 3, y, "left").x1 <= frame.width + frame.right
        placement.put(label, x + 3 if fits else x - 3, y, "left" if fits else "right")

    def _write_levels(self, placement: Placement) -> None:
        """Levels are named in the margin, one under the other where they lie close."""
        frame = self.frame
        free = -EDGE
        for level in sorted(self.levels, key=_from_above):
            y = max(frame.y(level.pct_abl1), free)
            for text, bold, by in ((level.name, True, -3.6), (level.by, False, 3.8)):
                placement.put(Label(text, SMALL, "ink" if bold else "ink-2", bold), frame.width + EDGE, y + by)
            free = y + LEVEL_ROW

    def _time_axis(self) -> Iterator[str]:
        frame = self.frame
        names, starts = frames.month_ticks(frame, self.words)
        for x in starts:
            yield element("path", d=f"M{x:.2f} {frame.height:.2f}v2.6", stroke=INK["rule-strong"], stroke_width=0.5)
        for tick in names:
            yield from _text(Label(tick.text, TICK, x=tick.x, y=frame.height + 7, align="centre", has_halo=False))
        for tick in frames.year_ticks(frame):
            yield from _text(Label(tick.text, TICK, "ink", True, x=tick.x, y=frame.height + 15.5, has_halo=False))
        months = frames.origin_ticks(frame, self.words, self.meta["origins"])
        for tick in months:
            yield from _text(Label(tick.text, SMALL, x=tick.x, y=frame.height + 26, has_halo=False))
        if months:
            x = min(-EDGE, months[0].x - EDGE)
            label = Label(self.words.say("months"), SMALL, x=x, y=frame.height + 26, align="right", has_halo=False)
            yield from _text(label)


def _from_above(level: Level) -> float:
    return -level.pct_abl1


def _across(frame: Frame, y: float, **style: str | float) -> str:
    return element("path", d=f"M0 {y:.2f}H{frame.width:.2f}", fill="none", **style)


def _event_style(line: Mapping[str, Any]) -> dict[str, str | float]:
    if line["tone"] == "OPEN":
        return {"stroke": INK["confirmed"], "stroke_width": 1.0}
    if line["tone"] == "SUSPECTED":
        return {"stroke": INK["suspected"], "stroke_width": 0.8, "stroke_dasharray": "3 2"}
    if is_blind_from(line):
        return {"stroke": INK["overdue"], "stroke_width": 1.4, "stroke_dasharray": "4 1.8"}
    if is_thick(line):
        return {"stroke": INK["ink"], "stroke_width": 1.3}
    return {"stroke": INK["ink-2"], "stroke_width": 0.6, **FINDING_DASHES.get(line["kind"], {})}


def _text(label: Label) -> Iterator[str]:
    """Return the lines of a label, with a halo of paper where it lies over the curve."""
    first = label.y - (len(label.lines) - 1) * label.size * 0.6
    for at, line in enumerate(label.lines):
        style: dict[str, str | float] = {"fill": INK[label.ink]}
        if label.has_halo:
            style |= {"stroke": INK["paper"], "stroke_width": 2.2, "stroke_linejoin": "round", "paint_order": "stroke"}
        yield text_element(
            line,
            x=label.x,
            y=first + at * label.size * 1.2 + label.size * BASELINE,
            font_size=label.size,
            font_weight="600" if label.bold else "400",
            text_anchor={"left": "start", "centre": "middle", "right": "end"}[label.align],
            **style,
        )


def _alarmed(meta: Mapping[str, Any], unacknowledged: frozenset[str]) -> Iterator[str]:
    """The samples of past episodes that nobody has acknowledged."""
    for episode in meta["episodes"]:
        if episode["index"] in unacknowledged and episode["tone"] == "PAST":
            yield from filter(None, (episode["index"], episode["confirmed_by"]))


def _louder(meta: Mapping[str, Any], unacknowledged: frozenset[str]) -> dict[str, Any]:
    """The facts of the figure with those episodes, and their lines, in the tone of what is open."""
    episodes = [
        {**one, "tone": "OPEN"} if one["index"] in unacknowledged and one["tone"] == "PAST" else one
        for one in meta["episodes"]
    ]
    lines = [
        {**line, "tone": episodes[line["episode"]]["tone"]} if "episode" in line else line for line in meta["lines"]
    ]
    return {**meta, "episodes": episodes, "lines": lines}
