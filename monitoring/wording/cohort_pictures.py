"""What the figures of a cohort's course share in words: both sizes of a picture, options, origins, shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.parts import NotAQuestion, PartQuestion
from monitoring.domain.cohorts.summaries import Summary
from monitoring.domain.survival.binomial import Proportion, proportion
from monitoring.domain.terms import Tissue
from monitoring.wording import cohort_endpoint_words, cohort_numbers, numbers, states
from monitoring.wording.cohort_choices import Choice, Choices

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTHING = "–"
TENTH = Decimal("0.1")
KEPT_SHARES = 20_000  # exact intervals that are kept, of a few hundred bytes each
FLOAT_DIGITS = 9  # decimals that a float is trusted for
ORIGINS: Mapping[Origin, "_StrPromise"] = {
    Origin.MOLECULAR_RELAPSE: gettext_lazy("molecular relapse"),
    Origin.MOLECULAR_FAILURE: gettext_lazy("molecular failure"),
    Origin.CYCLE_1: gettext_lazy("C1 day 1"),
    Origin.HSCT: gettext_lazy("HSCT"),
    Origin.FIRST_REMISSION: gettext_lazy("first remission"),
    Origin.END_OF_TREATMENT: gettext_lazy("end of venetoclax"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """The same figure twice: for a wide page and for a narrow one; exactly one is shown."""

    wide: SafeString
    narrow: SafeString


@dataclass(frozen=True, slots=True)
class Share:
    """Patients with something, out of those of whom it is known: number, whole per cent, exact 95 % interval."""

    n: str
    pct: str
    interval: str


def picture(draw: Callable[[bool], str]) -> Picture:
    """Return both sizes; `draw` gets whether it draws for a narrow page, and escapes everything that people typed."""
    return Picture(SafeString(draw(False)), SafeString(draw(True)))


def said(words: Mapping[str, object]) -> Words:
    """Return words for a figure, with the marks of the reader's language."""
    marks = numbers.marks()
    return Words({code: str(text) for code, text in words.items()}, marks.decimal, marks.thousands)


def tissue_name(tissue: Tissue) -> str:
    """Return `Marrow`, `Blood` to begin a line with."""
    name = states.word("tissue", tissue).words
    return name[:1].upper() + name[1:]


def tissue_options(shown: Tissue | None, beside: Mapping[str, str] | None = None) -> Choices:
    """Return marrow and blood as options; `beside`: the other answers, which stay."""
    names = {tissue.value: tissue_name(tissue) for tissue in Tissue}
    return _options(_("Tissue"), "tissue", names, shown, beside or {})


def origin_options(shown: Origin | None, beside: Mapping[str, str] | None = None) -> Choices:
    """Return the days from which time can be counted."""
    names = {origin.value: str(name) for origin, name in cohort_endpoint_words.ORIGINS.items()}
    return _options(_("Origin"), "origin", names, shown, beside or {})


def _options(name: str, field: str, names: Mapping[str, str], shown: str | None, beside: Mapping[str, str]) -> Choices:
    found = (Choice(called, "", code == shown, urlencode({**beside, field: code})) for code, called in names.items())
    return Choices(name, tuple(found))


def asked_origin(question: PartQuestion) -> Origin:
    """Return the day from which a part was asked to count; NotAQuestion where it was not said."""
    if question.origin is None:
        raise NotAQuestion("origin")
    return question.origin


def share(count: int, of: int) -> Share:
    """Return a share with its exact interval; of nobody a dash, never 0 %."""
    if not of:
        return Share(NOTHING, NOTHING, NOTHING)
    found = _proportion(count, of)
    interval = f"{cohort_numbers.whole(found.low)}–{cohort_numbers.whole(found.high)}"
    return Share(cohort_numbers.count(count), cohort_numbers.whole_words(found.share), interval)


@lru_cache(maxsize=KEPT_SHARES)
def _proportion(count: int, of: int) -> Proportion:
    """The exact interval takes a millisecond, and a table asks for the same ones again at each look."""
    return proportion(count, of)


def number(value: float) -> str:
    """Return a median or quartile of days or counts: whole, or with one decimal where it lies between."""
    tenth = Decimal(f"{value:.{FLOAT_DIGITS}f}").quantize(TENTH, rounding=ROUND_HALF_UP)
    return numbers.exact(tenth)


def between(low: str, high: str) -> str:
    """Return `32 to 58`."""
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


@dataclass(frozen=True, slots=True)
class SummaryWords:
    """A median with quartiles and range, of how many of how many."""

    n: str
    median: str
    quartiles: str
    extremes: str


def summary_words(summary: Summary, written: Callable[[float], str] = number) -> SummaryWords:
    """Return a summary in words, its values written by `written`."""
    return SummaryWords(
        _("%(n)s of %(of)s") % {"n": cohort_numbers.count(summary.n), "of": cohort_numbers.count(summary.of)},
        written(summary.median),
        between(written(summary.q1), written(summary.q3)),
        between(written(summary.smallest), written(summary.largest)),
    )
