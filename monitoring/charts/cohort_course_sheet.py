"""The sheet on which the figures of a cohort's course are drawn: text of an SVG, once for the page and once for files.

On the page colours come by class from static/css/cohort_course.css, so that dark mode works; in a file the same shapes
carry the colours of the light page themselves. The geometry is the same. Text is kept inside the sheet.
"""

from collections.abc import Mapping
from enum import StrEnum

from monitoring.charts.trajectory_svg_words import width
from monitoring.charts.xml_text import escape, quoteattr
from monitoring.domain.terms import Tissue

TYPE = 12.0  # px, the smallest text of the product
WIDER_FONT = 1.14  # the fonts of screens are up to so much wider than the one that is measured
PAPER, INK, INK_2 = "#ffffff", "#16202a", "#47535d"
BM, PB, GOOD, CONFIRMED = "#1d4f7c", "#965400", "#04755a", "#8f1d22"
RULE_STRONG, CONTROL, GRID, GIVEN, LOW = "#aab1b4", "#75818a", "#e8eae6", "#b9c5cd", "#d0c199"
FONT = "'Segoe UI', 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
DOTS, DASHES = "1.5 3", "6 4"
NO_FILL = {"fill": "none"}


class Look(StrEnum):
    """Where a figure is shown."""

    PAGE = "PAGE"
    FILE = "FILE"


def _of_tissues(name: str, paint: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """One style for marrow and one for blood; `@` stands for the colour of the series."""
    hues = {Tissue.BONE_MARROW: BM, Tissue.PERIPHERAL_BLOOD: PB}
    return {
        f"{name}-{tissue.lower()}": {key: value.replace("@", hue) for key, value in paint.items()}
        for tissue, hue in hues.items()
    }


# What each class is in a file. The same names stand in static/css/cohort_course.css; a test compares them.
STYLES: Mapping[str, Mapping[str, str]] = {
    "grid": {"stroke": GRID, **NO_FILL},
    "axis": {"stroke": RULE_STRONG, **NO_FILL},
    "level": {"stroke": INK_2, **NO_FILL},
    "level-dashed": {"stroke": INK_2, "stroke-dasharray": DASHES, **NO_FILL},
    "origin": {"stroke": INK_2, **NO_FILL},
    "life": {"stroke": RULE_STRONG, "stroke-width": "1.4", **NO_FILL},
    "given": {"fill": GIVEN},
    "hsct": {"stroke": INK, "stroke-width": "3", **NO_FILL},
    "died": {"stroke": INK, "stroke-width": "1.7", **NO_FILL},
    "followed": {"stroke": INK_2, "stroke-width": "1.4", **NO_FILL},
    "relapse": {"fill": CONFIRMED},
    "flag": {"fill": CONFIRMED, "stroke": CONFIRMED, "stroke-width": "1.2"},
    "responded": {"fill": PAPER, "stroke": GOOD, "stroke-width": "1.4"},
    "half": {"fill": GOOD},
    "quartiles": {"fill": INK, "fill-opacity": "0.1"},
    "median": {"stroke": INK, "stroke-width": "2.4", **NO_FILL},
    "median-dotted": {"stroke": INK, "stroke-width": "2", "stroke-dasharray": "2 4", **NO_FILL},
    "median-dot": {"fill": INK, "stroke": PAPER, "stroke-width": "1.5"},
    "median-below": {"fill": PAPER, "stroke": INK, "stroke-width": "1.6"},
    "interval": {"stroke": CONTROL, "stroke-width": "1.2", **NO_FILL},
    "dot": {"fill": INK},
    "deep": {"fill": PAPER, "stroke": GOOD, "stroke-width": "1.4"},
    "low": {"fill": LOW},
    "positive": {"fill": CONFIRMED},
    "unclear": {"fill": PAPER, "stroke": CONTROL, "stroke-dasharray": "2 2"},
    "word": {"fill": INK_2},
    "strong": {"fill": INK, "font-weight": "600"},
    "on-dark": {"fill": PAPER, "font-weight": "600"},
    "on-light": {"fill": INK, "font-weight": "600"},
    "on-low": {"fill": INK, "font-weight": "600"},
    **_of_tissues("bar", {"fill": "@"}),
    **_of_tissues("limit", {"stroke": "@", "stroke-dasharray": "2 2", **NO_FILL}),
    **_of_tissues("tip", {"fill": PAPER, "stroke": "@", "stroke-width": "1.3"}),
    **_of_tissues("line", {"stroke": "@", "stroke-opacity": "0.42", **NO_FILL}),
    **_of_tissues("dotted", {"stroke": "@", "stroke-opacity": "0.42", "stroke-dasharray": DOTS, **NO_FILL}),
    **_of_tissues("below", {"fill": PAPER, "stroke": "@", "stroke-width": "0.9", "stroke-opacity": "0.7"}),
    **_of_tissues("single", {"fill": "@", "fill-opacity": "0.5"}),
    **_of_tissues("word", {"fill": "@", "font-weight": "600"}),
}
HALO = {"paint-order": "stroke", "stroke": PAPER, "stroke-width": "4", "stroke-linejoin": "round"}
BOLD = frozenset({"strong", "on-dark", "on-light", "on-low", "word-bm", "word-pb"})


def px(number: float) -> str:
    """Return a coordinate with at most one decimal, with a point in every language."""
    return format(number, ".1f").removesuffix(".0")


def room(said: str, style: str = "word") -> float:
    """Return how wide a text may become in px."""
    return width(said, TYPE, bold=style in BOLD) * WIDER_FONT


def triangle(x: float, y: float, half: float) -> str:
    """Return an open triangle pointing down whose upper edge lies at y: the truth lies there or below."""
    return f"M{px(x - half)} {px(y)}H{px(x + half)}L{px(x)} {px(y + 1.6 * half)}Z"


def disc(x: float, y: float, radius: float) -> str:
    """Return a circle as a path."""
    half = f"a{px(radius)} {px(radius)} 0 1 0 "
    return f"M{px(x - radius)} {px(y)}{half}{px(2 * radius)} 0{half}{px(-2 * radius)} 0Z"


def box(x: float, y: float, wide: float, high: float) -> str:
    """Return a rectangle as a path."""
    return f"M{px(x)} {px(y)}H{px(x + wide)}V{px(y + high)}H{px(x)}Z"


class Sheet:
    """An SVG that grows shape by shape, back to front."""

    def __init__(self, wide: float, high: float, look: Look) -> None:
        self.wide, self.high, self.look = wide, high, look
        self._parts: list[str] = []
        self._has_links = False

    def path(self, style: str, d: str) -> None:
        """Draw a path; nothing where it has no steps."""
        if d:
            self._parts.append(f'<path{self._paint(style)} d="{d}"/>')

    def text(
        self, x: float, y: float, said: str, *, anchor: str = "start", style: str = "word", halo: bool = False,
        address: str = "",
    ) -> None:  # fmt: skip
        """Write a text whose foot stands at y, moved as far as it must be to stay on the sheet; a link on the page."""
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * room(said, style)
        after = room(said, style) - before
        inside = max(before, min(x, self.wide - after))
        end = "" if anchor == "start" else f' text-anchor="{anchor}"'
        written = (
            f'<text{self._paint(style, halo=halo)} x="{px(inside)}" y="{px(y)}" font-size="{px(TYPE)}"{end}>'
            f"{escape(said)}</text>"
        )
        linked = address and self.look is Look.PAGE
        self._has_links = self._has_links or bool(linked)
        self._parts.append(f"<a href={quoteattr(address)}>{written}</a>" if linked else written)

    def drawn(self, label: str) -> str:
        """Return the SVG; `label` tells those who do not see it what it shows."""
        # A picture has no links inside; what has some is a group of them under one name.
        role = "group" if self._has_links else "img"
        size = f'viewBox="0 0 {px(self.wide)} {px(self.high)}" role="{role}" aria-label={quoteattr(label)}'
        inside = "".join(self._parts)
        if self.look is Look.PAGE:
            return f'<svg class="course" {size}>{inside}</svg>'
        paper = f'<path fill="{PAPER}" d="{box(0, 0, self.wide, self.high)}"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{px(self.wide)}" height="{px(self.high)}" {size} '
            f"font-family={quoteattr(FONT)}>{paper}{inside}</svg>"
        )

    def _paint(self, style: str, *, halo: bool = False) -> str:
        if self.look is Look.PAGE:
            return f' class="cs-{style}{" cs-halo" if halo else ""}"'
        paint = {**STYLES[style], **(HALO if halo else {})}
        return "".join(f" {name}={quoteattr(value)}" for name, value in paint.items())
