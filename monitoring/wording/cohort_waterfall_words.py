"""The waterfall of a cohort in words: how many bars, how many end at a limit, and every bar as a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.charts.cohort_course_sheet import Look
from monitoring.charts.cohort_waterfall_svg import ORDER, every_nth, waterfall_svg
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.part_waterfall import Bar, WaterfallAnswer
from monitoring.domain.response import BEST_FIRST
from monitoring.domain.terms import CycleResponse, Tissue
from monitoring.wording import cohort_numbers, numbers, states
from monitoring.wording.cohort_pictures import NOTHING, picture, said, tissue_name


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar: patient with address, response, change in log10."""

    pseudonym: str
    address: str
    response: str
    change: str


@dataclass(frozen=True, slots=True)
class TissueBars:
    """One tissue: how many bars, what is not drawn, and the bars."""

    tissue: Tissue
    name: str
    drawn: int
    remarks: tuple[str, ...]
    rows: tuple[BarRow, ...]


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One response with the number of bars in blood and in marrow, and how many of them end at a limit."""

    name: str
    blood: str
    marrow: str


def context(answer: WaterfallAnswer, addresses: Mapping[int, str]) -> dict[str, Any]:
    """Return what the component shows."""
    words = svg_words(answer)
    return {
        "picture": picture(lambda is_narrow: waterfall_svg(answer, words, is_narrow=is_narrow)),
        "is_empty": not any(answer.patients.values()),
        "counts": _counts(answer),
        "tissues": [_tissue(answer, tissue, addresses) for tissue in ORDER],
    }


def file_svg(answer: WaterfallAnswer) -> str:
    """Return the figure for a file."""
    return waterfall_svg(answer, svg_words(answer), Look.FILE)


def svg_words(answer: WaterfallAnswer) -> Words:
    """Return the words in the picture."""
    words = {
        "waterfall.label": _("Waterfall of the change in log10 after C1 ± C2, blood and marrow apart; the values stand in the tables below."),
        "waterfall.nobody": _("no patient has a change to draw"),
        "waterfall.rise": _("progression +1"),
        "waterfall.fall": _("reduction −1"),
    }  # fmt: skip
    for tissue in Tissue:
        words[f"tissue.{tissue.value}"] = tissue_name(tissue)
        words[f"waterfall.size.{tissue.value}"] = _size(answer.patients[tissue])
    return said(words)


def change_words(bar: Bar) -> str:
    """Return `−1.52 log`, or `at least −2.31 log` where the bar ends at a limit."""
    change = numbers.log10_change(Decimal(repr(bar.log10_change)))
    return _("%(change)s or lower") % {"change": change} if bar.is_at_least else change


def _size(patients: int) -> str:
    return ngettext("%(n)s with a reference", "%(n)s with a reference", patients) % {"n": cohort_numbers.count(patients)}


def _tissue(answer: WaterfallAnswer, tissue: Tissue, addresses: Mapping[int, str]) -> TissueBars:
    bars = answer.bars[tissue]
    rows = (
        BarRow(
            bar.pseudonym, addresses.get(bar.series_id, ""), states.RESPONSES[bar.response].words, change_words(bar)
        )
        for bar in bars
    )
    return TissueBars(tissue, tissue_name(tissue), len(bars), tuple(_remarks(answer, tissue)), tuple(rows))


def _remarks(answer: WaterfallAnswer, tissue: Tissue) -> list[str]:
    """What one would not see in the picture."""
    name, without = tissue_name(tissue), answer.without_bar[tissue]
    found = []
    if without:
        found.append(
            ngettext(
                "%(tissue)s: %(n)s evaluated patient has no bar, without a reference or a limit.",
                "%(tissue)s: %(n)s evaluated patients have no bar, without a reference or a limit.",
                without,
            )
            % {"tissue": name, "n": cohort_numbers.count(without)}
        )
    if every_nth(answer.patients[tissue]) > 1:
        found.append(
            _("%(tissue)s: of %(patients)s bars in order every %(nth)s. is drawn, %(drawn)s in all.")
            % {
                "tissue": name,
                "patients": cohort_numbers.count(answer.patients[tissue]),
                "nth": every_nth(answer.patients[tissue]),
                "drawn": len(answer.bars[tissue]),
            }
        )
    return found


def _counts(answer: WaterfallAnswer) -> list[ResponseRow]:
    blood, marrow = Tissue.PERIPHERAL_BLOOD, Tissue.BONE_MARROW
    rows = [
        ResponseRow(states.RESPONSES[response].words, *(_count(answer, tissue, response) for tissue in (blood, marrow)))
        for response in BEST_FIRST
    ]
    total = [cohort_numbers.count(len(answer.bars[tissue])) for tissue in (blood, marrow)]
    return [*rows, ResponseRow(_("Bars drawn"), *total)]


def _count(answer: WaterfallAnswer, tissue: Tissue, response: CycleResponse) -> str:
    bars = [bar for bar in answer.bars[tissue] if bar.response is response]
    if not answer.bars[tissue]:
        return NOTHING
    limited = sum(bar.is_at_least for bar in bars)
    number = cohort_numbers.count(len(bars))
    if not limited:
        return number
    return _("%(n)s (%(limited)s to a limit)") % {"n": number, "limited": cohort_numbers.count(limited)}
