"""The waterfall of a cohort in words: how many bars, how many end at a limit, and every bar as a row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.charts.cohort_course_sheet import Look
from monitoring.charts.cohort_waterfall_svg import ORDER, drawn_bars, drawn_nth, kept_nth, waterfall_svg
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.part_waterfall import Bar, WaterfallAnswer
from monitoring.domain.response import BEST_FIRST
from monitoring.domain.terms import CycleResponse, Tissue
from monitoring.wording import cohort_legend_words, cohort_numbers, numbers, states
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
    bars: int
    remarks: tuple[str, ...]
    rows: tuple[BarRow, ...]


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One response, or all of them, with the number of bars in blood and in marrow."""

    name: str
    blood: str
    marrow: str


def context(answer: WaterfallAnswer, addresses: Mapping[int, str]) -> dict[str, Any]:
    """Return what the component shows."""
    words = svg_words(answer)
    return {
        "picture": picture(lambda is_narrow: waterfall_svg(answer, words, is_narrow=is_narrow)),
        "is_empty": not any(answer.patients.values()),
        "unit": cohort_legend_words.waterfall()[0],
        "caption": cohort_legend_words.waterfall()[1],
        "counts": _counts(answer),
        "tissues": [_tissue(answer, tissue, addresses) for tissue in ORDER],
    }


def file_svg(answer: WaterfallAnswer) -> str:
    """Return the figure for a file."""
    remarks = (remark for tissue in ORDER for remark in _remarks(answer, tissue))
    legend = cohort_legend_words.sentences([*cohort_legend_words.waterfall(), *remarks])
    return waterfall_svg(answer, svg_words(answer), Look.FILE, legend=legend)


def svg_words(answer: WaterfallAnswer) -> Words:
    """Return the words in the picture."""
    words = {
        "waterfall.label": _(
            "Waterfall of the change in log10 after C1 ± C2, blood and marrow apart; the tables below hold every value."
        ),
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
    return ngettext("%(n)s with a reference", "%(n)s with a reference", patients) % {
        "n": cohort_numbers.count(patients)
    }


def _tissue(answer: WaterfallAnswer, tissue: Tissue, addresses: Mapping[int, str]) -> TissueBars:
    bars = answer.bars[tissue]
    rows = (
        BarRow(
            bar.pseudonym,
            addresses.get(bar.series_id, ""),
            str(states.RESPONSES[bar.response].words),
            change_words(bar),
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
    kept, drawn = kept_nth(answer.patients[tissue]), drawn_bars(answer.bars[tissue])
    nth = kept * drawn_nth(len(answer.bars[tissue]))
    if nth > 1:
        words = {"tissue": name, "patients": cohort_numbers.count(answer.patients[tissue]), "nth": nth, "kept": kept}
        words["drawn"] = len(drawn)
        found.append(_("%(tissue)s: of %(patients)s bars in order 1 in %(nth)s is drawn, %(drawn)s in all.") % words)
        if kept > 1:
            found.append(_("%(tissue)s: the tables hold 1 bar in %(kept)s.") % words)
    return found


def _counts(answer: WaterfallAnswer) -> list[ResponseRow]:
    rows = [_row(answer, str(states.RESPONSES[response].words), (response,)) for response in BEST_FIRST]
    limited = _row(answer, _("of these dotted, to a limit"), tuple(CycleResponse), only_limited=True)
    return [*rows, _row(answer, _("All bars"), tuple(CycleResponse)), limited]


def _row(
    answer: WaterfallAnswer, name: str, responses: Collection[CycleResponse], *, only_limited: bool = False
) -> ResponseRow:
    def counted(tissue: Tissue) -> str:
        bars = [bar for bar in answer.bars[tissue] if bar.response in responses]
        found = sum(bar.is_at_least for bar in bars) if only_limited else len(bars)
        return cohort_numbers.count(found) if answer.bars[tissue] else NOTHING

    return ResponseRow(name, *(counted(tissue) for tissue in ORDER))
