"""The figures of a cohort as files: SVG that needs nothing else, PNG and PDF with caption and definition below.

One seam: FIGURES gives, for a part, the pictures that are drawn with their own colours.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitoring.charts.cohort_axes_svg import WIDE
from monitoring.charts.cohort_curve_svg import curve_svg
from monitoring.charts.cohort_figure import CurveFigure
from monitoring.charts.cohort_incidence_svg import incidence_figures
from monitoring.charts.cohort_ink_svg import Ink
from monitoring.charts.cohort_survival_svg import survival_figure
from monitoring.charts.cohort_transplant_svg import transplant_figure
from monitoring.charts.xml_text import escape, quoteattr
from monitoring.domain.cohorts.parts import Part, PartQuestion
from monitoring.reports.typesetting import FONTS, ROOM
from monitoring.wording import cohort_incidence_words, cohort_survival_words, cohort_transplant_words
from monitoring.wording.cohort_course_files import FILES
from monitoring.wording.cohort_endpoint_words import CAUSES

ENDINGS = ("svg", "png", "pdf")
TEMPLATE = ROOM / "cohort_figure.typ"
ACCESSIBLE: Final[Literal["ua-1"]] = "ua-1"  # PDF/UA-1, ISO 14289-1:2014
DOTS_AN_INCH = 200  # of the PNG: a column of a journal at 300 dots an inch and more
SIZE = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture; `title` where a part has several."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class FigureSheet:
    """What stands on the file: title, pictures, caption, and from which cohort, data and rules it was made."""

    title: str
    pictures: Sequence[Picture]
    caption: str
    origin: Sequence[str]


def _file(figure: CurveFigure) -> str:
    return curve_svg(figure, WIDE, Ink.FILE)


def _survival(question: PartQuestion, answer: Any) -> list[Picture]:
    words = cohort_survival_words.words_of(question, answer)
    return [Picture("", _file(survival_figure(answer, words)))] if answer.groups else []


def _incidence(question: PartQuestion, answer: Any) -> list[Picture]:
    words = cohort_incidence_words.words_of(question, answer)
    figures = incidence_figures(answer, words)
    return [Picture(str(CAUSES[cause]) if cause else "", _file(figure)) for cause, figure in figures]


def _transplant(question: PartQuestion, answer: Any) -> list[Picture]:
    if not answer.curves:
        return []
    words, way = cohort_transplant_words.words_of(question, answer), cohort_transplant_words.way_of(question)
    return [Picture("", _file(transplant_figure(answer, way, question.landmark_days or 0, words)))]


def _course(part: Part) -> Callable[[PartQuestion, Any], list[Picture]]:
    return lambda question, answer: [Picture("", FILES[part](question, answer))]


FIGURES: Mapping[Part, Callable[[PartQuestion, Any], list[Picture]]] = {
    Part.SURVIVAL: _survival,
    Part.INCIDENCE: _incidence,
    Part.TRANSPLANT: _transplant,
    **{part: _course(part) for part in FILES},
}
CAPTIONS: Mapping[Part, Callable[[PartQuestion, Any], str]] = {
    Part.SURVIVAL: cohort_survival_words.caption,
    Part.INCIDENCE: cohort_incidence_words.caption,
    Part.TRANSPLANT: lambda asked, answer: " ".join(
        filter(None, (cohort_transplant_words.warning(answer), cohort_transplant_words.caption(asked, answer)))
    ),
}


def pictures(question: PartQuestion, answer: Any) -> list[Picture]:
    """Return the pictures of a part; none where it has no figure, or nobody to draw."""
    drawing = FIGURES.get(question.part)
    return drawing(question, answer) if drawing else []


def caption(question: PartQuestion, answer: Any) -> str:
    """Return the caption with every definition; empty where the picture says all."""
    said = CAPTIONS.get(question.part)
    return said(question, answer) if said else ""


def file_of(sheet: FigureSheet, ending: str, printed_at: datetime) -> bytes:
    """Return a sheet as one of the ENDINGS; fonts are embedded in PDF, and are those of the product in PNG."""
    if ending == "svg":
        return svg_file(sheet).encode()
    if ending == "png":
        return _typeset(sheet, printed_at, "png", [])
    import typst

    try:
        return _typeset(sheet, printed_at, "pdf", [ACCESSIBLE])
    except typst.TypstError:  # somebody typed a sign that no font has: better without the claim than not at all
        return _typeset(sheet, printed_at, "pdf", [])


def svg_file(sheet: FigureSheet) -> str:
    """Return one SVG: several pictures stand one below the other, and what is told below stands in its description."""
    told = escape("\n".join([sheet.caption, *sheet.origin]).strip())
    inside, width, high = [], 0.0, 0.0
    for picture in sheet.pictures:
        wide, tall = size_of(picture.svg)
        inside.append(picture.svg.replace("<svg ", f'<svg y="{high:.0f}" ', 1))
        width, high = max(width, wide), high + tall
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{high:.0f}"'
    box = f'viewBox="0 0 {width:.0f} {high:.0f}" role="img" aria-label={quoteattr(sheet.title)}'
    return f"{head} {box}><title>{escape(sheet.title)}</title><desc>{told}</desc>{''.join(inside)}</svg>"


def size_of(svg: str) -> tuple[float, float]:
    """Return width and height of a picture; raises ValueError for one that does not say them."""
    found = SIZE.search(svg)
    if found is None:
        raise ValueError(svg[:80])
    return float(found[3]), float(found[4])


def _typeset(
    sheet: FigureSheet, printed_at: datetime, ending: Literal["png", "pdf"], standards: Iterable[Literal["ua-1"]]
) -> bytes:
    import typst  # kept out of processes that print nothing

    widest = max((size_of(picture.svg)[0] for picture in sheet.pictures), default=1.0)
    said = asdict(sheet) | {"language": (get_language() or "en")[:2], "author": _("MRD monitoring"), "widest": widest}
    said["pictures"] = [asdict(one) | {"wide": size_of(one.svg)[0]} for one in sheet.pictures]
    found: bytes = typst.compile(
        str(TEMPLATE),
        format=ending,
        ppi=DOTS_AN_INCH,
        pdf_standards=[*standards],
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(said, ensure_ascii=False)},
        timestamp=int(printed_at.timestamp()),
    )
    return found
