"""How the marks of a cohort's figure are inked: by classes on the page, which has a dark side, or literally in a file.

Both inks draw the same geometry; static/css/cohort_figures.css holds the classes with the values that stand here.
"""

from collections.abc import Mapping
from enum import StrEnum

from monitoring.charts.trajectory_svg_marks import element, text_element
from monitoring.charts.trajectory_svg_words import width

FAMILY = "Segoe UI, Helvetica Neue, Noto Sans, Liberation Sans, Arial, sans-serif"
WIDER = 1.27  # the widest font of the family is so much wider than the one whose widths are known
ELLIPSIS = "…"
# px of type by the class of a text
SIZES: Mapping[str, float] = {"t": 12, "b": 12, "name": 13, "big": 16}
BOLD = frozenset({"b", "name", "big"})
BLACK, GREY, PAPER = "#16202a", "#47535d", "#ffffff"
LITERAL: Mapping[str, Mapping[str, str | float]] = {
    "g": {"fill": "none", "stroke": "#e4e4e4", "stroke_width": 1},
    "ax": {"fill": "none", "stroke": "#888888", "stroke_width": 1},
    "ci": {"fill": BLACK, "fill_opacity": 0.1},
    "km": {"fill": "none", "stroke": BLACK, "stroke_width": 2},
    "cens": {"fill": "none", "stroke": BLACK, "stroke_width": 1.2},
    "at": {"fill": "none", "stroke": GREY, "stroke_width": 1, "stroke_dasharray": "1 3"},
    "lead": {"fill": "none", "stroke": "#aab1b4", "stroke_width": 0.8},
    "lm": {"fill": "none", "stroke": BLACK, "stroke_width": 1.4},
    "before": {"fill": "#f2f3f0"},
    "dot": {"fill": BLACK, "stroke": PAPER, "stroke_width": 1.5},
}


class Ink(StrEnum):
    """Where the figure is shown."""

    PAGE = "PAGE"
    FILE = "FILE"


def mark(ink: Ink, kind: str, name: str, **geometry: str | float) -> str:
    """Return a mark of a kind (a class of the page) as an element with its geometry."""
    if ink is Ink.PAGE:
        return element(name, **{"class": kind}, **geometry)
    return element(name, **LITERAL[kind], **geometry)


def text(ink: Ink, kind: str, words: str, x: float, y: float, anchor: str = "start", *, has_halo: bool = False) -> str:
    """Return a text of a class; with a halo of paper where it stands over lines."""
    where: dict[str, str | float] = {"x": x, "y": y}
    if anchor != "start":
        where["text_anchor"] = anchor
    if ink is Ink.PAGE:
        return text_element(words, **{"class": f"{kind} halo" if has_halo else kind}, **where)
    style: dict[str, str | float] = {"font_size": SIZES[kind], "fill": GREY if kind == "t" else BLACK}
    if kind in BOLD:
        style["font_weight"] = "600"
    if has_halo:
        style |= {"paint_order": "stroke", "stroke": PAPER, "stroke_width": 4, "stroke_linejoin": "round"}
    return text_element(words, **style, **where)


def wide(words: str, kind: str = "t") -> float:
    """Return how wide a text of a class is at most, in px."""
    return width(words, SIZES[kind], bold=kind in BOLD) * WIDER


def fitted(words: str, room: float, kind: str) -> str:
    """Return a text, cut with an ellipsis where the room is too small."""
    if wide(words, kind) <= room:
        return words
    kept = words
    while kept and wide(kept + ELLIPSIS, kind) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def wrapped(words: str, room: float, kind: str = "t") -> list[str]:
    """Return a text as lines that fit into a room."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and wide(longer, kind) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return [fitted(line, room, kind) for line in lines]
