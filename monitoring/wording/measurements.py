"""What was measured, read back in words: wells, copies, level on every scale, limit; no number without its unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.domain.control_gene import Abl1Adequacy, abl1_adequacy
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale, from_pct_abl1, log10_reduction
from monitoring.wording import numbers
from monitoring.wording.typed_numbers import plain

WHOLE_FROM = Decimal(100)  # copies; means below it are shown with three significant digits, [DESIGN]
SHOWN_DIGITS = 3
GROUPED_FROM = Decimal(1_000)  # from here on thousands are set apart


class Measured(Protocol):
    """What a result says, stored or just computed; in % of ABL1, copies as means a well."""

    @property
    def call(self) -> str: ...
    @property
    def pct_abl1(self) -> Decimal | None: ...
    @property
    def target_copies(self) -> Decimal | None: ...
    @property
    def abl1_copies(self) -> Decimal | None: ...
    @property
    def lod_pct_abl1(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """One level on one scale."""

    scale: str
    shown: str


def mean_copies(value: Decimal) -> str:
    """Return mean copies a well: `30.5`, `32,731`; 999.5 is never shown as 1,000."""
    if value == 0 or abs(value) >= WHOLE_FROM:
        return numbers.copies(value)
    places = max(0, SHOWN_DIGITS - 1 - value.adjusted())
    return numbers.exact(numbers.rounded(value, places, numbers.COPIES_BORDERS))


def wells_said(copies_by_well: Sequence[Decimal]) -> str:
    """Return the copies of each well, one after the other: `34, 28, none`."""
    between = pgettext("between two parts of a sentence", "; ")
    return between.join(numbers.copies(each) if each else _("none") for each in copies_by_well)


def result_said(measured: Measured) -> str:
    """Return the result in one sentence: level on two scales and limit, or why there is no level."""
    if measured.abl1_copies is not None and abl1_adequacy(measured.abl1_copies) is Abl1Adequacy.INSUFFICIENT:
        return _too_little_control_gene(measured.call, measured.abl1_copies)
    limit = measured.lod_pct_abl1
    limit_said = _("limit %(limit)s") % {"limit": numbers.pct_of_abl1(limit)} if limit else _("limit not known")
    if measured.call == Call.DETECTED and measured.pct_abl1 is not None:
        return _("%(level)s, that is %(copies)s copies per 100,000 ABL1; %(limit)s.") % {
            "level": numbers.pct_of_abl1(measured.pct_abl1),
            "copies": per_100_000(measured.pct_abl1),
            "limit": limit_said,
        }
    sentences = {
        Call.DETECTED: _("Detected, below quantification, no value; %(limit)s."),
        Call.NOT_DETECTED: _("Not detected; %(limit)s."),
        Call.INDETERMINATE: _("Indeterminate: neither detected nor not detected, no value; %(limit)s."),
        Call.NOT_EVALUABLE: _("Not evaluable: neither a negative nor a value."),
        Call.UNKNOWN: _("Not interpreted by its laboratory: neither a negative nor a value."),
    }
    sentence: str = sentences[Call(measured.call)]
    return sentence % {"limit": limit_said}


def _too_little_control_gene(call: str, abl1_copies: Decimal) -> str:
    sentences = {
        Call.DETECTED: _("Not evaluable: ABL1 %(copies)s copies, below 1,000; but the target was seen."),
        Call.INDETERMINATE: _("Not evaluable: ABL1 %(copies)s copies, below 1,000; but the target was seen in a well."),
        Call.NOT_DETECTED: _(
            "Not evaluable: ABL1 %(copies)s copies, below 1,000; that nothing was detected says nothing."
        ),
    }
    sentence: str = sentences.get(Call(call), _("Not evaluable: ABL1 %(copies)s copies, below 1,000."))
    return sentence % {"copies": numbers.copies(abl1_copies)}


def positive_wells_said(positive: int | None, valid: int | None) -> str:
    """Return `3 of 3`; `reported` where no wells were given."""
    if valid is None or positive is None:
        return _("reported")
    return _("%(positive)s of %(valid)s") % {"positive": positive, "valid": valid}


def abl1_band_said(abl1_copies: Decimal) -> str:
    """Return `too low` or `limited` beside the ABL1 copies of a sample; nothing where they suffice."""
    bands = {Abl1Adequacy.INSUFFICIENT: _("too low"), Abl1Adequacy.LIMITED: _("limited")}
    return bands.get(abl1_adequacy(abl1_copies), "")


def per_100_000(pct_abl1: Decimal) -> str:
    """Return a level in copies per 100,000 ABL1, three significant digits."""
    return _level(from_pct_abl1(pct_abl1, Scale.PER_10_5_ABL1))


def on_every_scale(measured: Measured, baseline_pct_abl1: Decimal | None) -> list[ScaleLine]:
    """Return a level on every scale, those of diagnosis where that level is known; none of what is not evaluable."""
    pct_abl1, abl1 = measured.pct_abl1, measured.abl1_copies
    if pct_abl1 is None or (abl1 is not None and abl1_adequacy(abl1) is Abl1Adequacy.INSUFFICIENT):
        return []
    lines = [
        ScaleLine(_("% of ABL1"), numbers.pct(pct_abl1)),
        ScaleLine(_("copies per 10⁴ ABL1"), _level(from_pct_abl1(pct_abl1, Scale.PER_10_4_ABL1))),
        ScaleLine(_("copies per 10⁵ ABL1"), per_100_000(pct_abl1)),
        ScaleLine(_("ratio to ABL1"), _level(from_pct_abl1(pct_abl1, Scale.RATIO))),
    ]
    if baseline_pct_abl1 is None:
        return lines
    return [
        *lines,
        ScaleLine(_("% of diagnosis"), numbers.pct(from_pct_abl1(pct_abl1, Scale.PCT_BASELINE, baseline_pct_abl1))),
        ScaleLine(_("reduction from diagnosis"), numbers.log10_reduction(log10_reduction(baseline_pct_abl1, pct_abl1))),
    ]


def taken_for(typed: str, taken: Decimal, others: Sequence[Decimal]) -> str:
    """Return what an accepted number is read as, and what it is not: `“1,234” is read as 1.234, not as 1234.`"""
    if not others:
        return _("“%(typed)s” is read as %(taken)s.") % {"typed": typed, "taken": plain(taken)}
    return _("“%(typed)s” is read as %(taken)s, not as %(other)s.") % {
        "typed": typed,
        "taken": plain(taken),
        "other": plain(others[0]),
    }


def _level(value: Decimal) -> str:
    if value >= GROUPED_FROM:
        return numbers.copies(value)
    places = max(0, SHOWN_DIGITS - 1 - value.adjusted())
    return numbers.exact(numbers.rounded(value, places, ()))
