"""A cohort's step curves as one SVG: band, steps, censoring ticks, dots with their values, counts under the axis."""

from collections.abc import Iterator

from monitoring.charts.cohort_axes_svg import (
    BASELINE,
    DASHES,
    TOP,
    Frame,
    Size,
    axes,
    counts,
    frame_of,
    height_of,
    title,
)
from monitoring.charts.cohort_figure import Curve, CurveFigure
from monitoring.charts.cohort_ink_svg import FAMILY, PAPER, SIZES, Ink, fitted, mark, text, wide
from monitoring.charts.cohort_labels_svg import Label, names, values
from monitoring.charts.xml_text import escape, quoteattr
from monitoring.domain.cohorts.drawn_curve import DrawnStep

TICK = 5.0  # px up and down from the curve
MARGIN = 16.0  # px of paper around a figure in a file
APART = 1.0  # px between two ticks; nearer ones are one tick
DOT = 4.5
HALF = 0.5


def curve_svg(figure: CurveFigure, size: Size, ink: Ink) -> str:
    """Return the figure in a size: for the page by classes, or self-contained with its own colours and font."""
    frame = frame_of(figure, size)
    inside = "".join([*_behind(figure, frame, ink), *_curves(figure, frame, ink), *_words(figure, frame, size, ink)])
    width, height = size.width, height_of(figure, frame, size)
    if ink is Ink.PAGE:
        said = quoteattr(figure.words.described)
        return f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label={said}>{inside}</svg>'
    box = f"{-MARGIN:.0f} {-MARGIN:.0f} {width + 2 * MARGIN:.0f} {height + 2 * MARGIN:.0f}"
    paper = f'<rect x="{-MARGIN:.0f}" y="{-MARGIN:.0f}" width="100%" height="100%" fill="{PAPER}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2 * MARGIN:.0f}" height="{height + 2 * MARGIN:.0f}" '
        f'viewBox="{box}" role="img" font-family="{FAMILY}"><title>{escape(figure.words.described)}</title>'
        f"{paper}{inside}</svg>"
    )


def _behind(figure: CurveFigure, frame: Frame, ink: Ink) -> Iterator[str]:
    if figure.from_day < 0:
        across = frame.x(0) - frame.left
        yield mark(ink, "before", "rect", x=frame.left, y=TOP, width=across, height=frame.height)
    yield from axes(figure, frame, ink)
    if figure.has_bands:
        for curve in figure.curves:
            yield from _bands(curve, frame, ink)
    for curve in figure.curves:
        yield from _medians(curve, frame, ink)
        for day, share, _ in curve.dots if figure.is_single else ():
            path = f"M{frame.x(day):.1f} {frame.y(share):.1f}V{frame.floor:.1f}"
            yield mark(ink, "at", "path", d=path)
    if figure.landmark_day is not None:
        x = frame.x(figure.landmark_day)
        yield mark(ink, "lm", "path", d=f"M{x:.1f} {TOP - 8:.1f}V{frame.floor:.1f}")


def _medians(curve: Curve, frame: Frame, ink: Ink) -> Iterator[str]:
    if curve.median and curve.median.day is not None:
        x, y = frame.x(curve.median.day), frame.y(HALF)
        yield mark(ink, "at", "path", d=f"M{frame.x(curve.begins[0]):.1f} {y:.1f}H{x:.1f}V{frame.floor:.1f}")


def _curves(figure: CurveFigure, frame: Frame, ink: Ink) -> Iterator[str]:
    for at, curve in enumerate(figure.curves):
        dash: dict[str, str | float] = {"stroke_dasharray": DASHES[at]} if DASHES[at] else {}
        yield mark(ink, "km", "path", d=_steps(curve, frame), **dash)
        if ticks := _ticks(curve, frame):
            yield mark(ink, "cens", "path", d=ticks)
    for curve in figure.curves:
        for day, share, _ in curve.dots:
            yield mark(ink, "dot", "circle", cx=frame.x(day), cy=frame.y(share), r=DOT)


def _steps(curve: Curve, frame: Frame) -> str:
    day, share = curve.begins
    parts = [f"M{frame.x(day):.1f} {frame.y(share):.1f}"]
    shown = f"{frame.y(share):.1f}"
    for step in curve.steps:
        y = f"{frame.y(step.estimate):.1f}"
        if y != shown:
            parts.append(f"H{frame.x(step.day):.1f}V{y}")
            shown = y
    return "".join([*parts, f"H{frame.x(curve.until):.1f}"])


def _bands(curve: Curve, frame: Frame, ink: Ink) -> Iterator[str]:
    """One shape for each stretch of steps that have an interval."""
    stretch: list[DrawnStep] = []
    for step in curve.steps:
        if step.low is not None and step.high is not None:
            stretch.append(step)
        elif stretch:
            yield mark(ink, "ci", "path", d=_band(stretch, step.day, frame))
            stretch = []
    if stretch:
        yield mark(ink, "ci", "path", d=_band(stretch, curve.until, frame))


def _band(stretch: list[DrawnStep], until: float, frame: Frame) -> str:
    ends = [*(step.day for step in stretch[1:]), until]
    along = [
        f"{'M' if at == 0 else 'L'}{frame.x(step.day):.1f} {frame.y(step.high or 0):.1f}H{frame.x(end):.1f}"
        for at, (step, end) in enumerate(zip(stretch, ends, strict=True))
    ]
    back = [
        f"L{frame.x(end):.1f} {frame.y(step.low or 0):.1f}H{frame.x(step.day):.1f}"
        for step, end in zip(reversed(stretch), reversed(ends), strict=True)
    ]
    return "".join([*along, *back, "Z"])


def _ticks(curve: Curve, frame: Frame) -> str:
    drawn: list[str] = []
    last, at, share = None, 0, curve.begins[1]
    for day in curve.censored:
        while at < len(curve.steps) and curve.steps[at].day <= day:
            share, at = curve.steps[at].estimate, at + 1
        x = frame.x(day)
        if last is None or x - last >= APART:
            drawn.append(f"M{x:.1f} {frame.y(share) - TICK:.1f}v{2 * TICK:.0f}")
            last = x
    return "".join(drawn)


def _words(figure: CurveFigure, frame: Frame, size: Size, ink: Ink) -> Iterator[str]:
    for label, curve in names(figure, frame, size):
        end, foot = frame.y(curve.ends), label.y - BASELINE
        path = f"M{frame.x(curve.until):.1f} {end:.1f}H{frame.right - 4:.1f}L{label.x - 3:.1f} {foot:.1f}"
        yield mark(ink, "lead", "path", d=path)
        yield from _label(label, ink)
    for label in values(figure, frame, size):
        yield from _label(label, ink)
    if figure.landmark_day is not None:
        x = frame.x(figure.landmark_day)
        fits = x + 5 + wide(figure.words.landmark, "b") <= size.width
        yield text(ink, "b", figure.words.landmark, x + 5 if fits else x - 5, TOP - 14, "start" if fits else "end")
    if figure.words.notice:
        room = size.width - frame.left
        yield text(ink, "b", fitted(figure.words.notice, room, "b"), frame.left, TOP - 14)
    yield from title(figure, frame, size, ink)
    yield from counts(figure, frame, size, ink)


def _label(label: Label, ink: Ink) -> Iterator[str]:
    y = label.y
    for at, (words, kind) in enumerate(label.lines):
        y += SIZES[kind] * 1.25 if at else 0
        yield text(ink, kind, words, label.x, y, label.anchor, has_halo=True)
