"""A level at diagnosis in words: how it is understood, and what is asked of it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.baseline_doubts import BaselineDoubt, KnownBeside, LevelAtDiagnosis
from monitoring.domain.terms import Tissue
from monitoring.domain.units import Scale, from_pct_abl1
from monitoring.wording import numbers
from monitoring.wording.dates import day
from monitoring.wording.measurements import ScaleLine, per_100_000
from monitoring.wording.phrases import full_day, where

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ASKED: Mapping[BaselineDoubt, "_StrPromise"] = {
    BaselineDoubt.FAR_FROM_EARLIER: gettext_lazy(
        "The level on record is %(earlier)s, two logs or more away from this one. Is the scale right?"
    ),
    BaselineDoubt.UNUSUAL: gettext_lazy(
        "At diagnosis a level is usually several hundred to several thousand %% of ABL1. Is the scale right?"
    ),
    BaselineDoubt.LATER_RESULT_HIGHER: gettext_lazy(
        "A later result of this tissue is %(highest)s, a log or more above this level. Is the scale right?"
    ),
    BaselineDoubt.FAR_FROM_DIAGNOSIS: gettext_lazy(
        "This day is more than 30 days away from the diagnosis (%(diagnosed)s). Was the sample taken at diagnosis?"
    ),
    BaselineDoubt.TOO_LITTLE_ABL1: gettext_lazy(
        "With fewer than 1,000 ABL1 copies a sample is not evaluable. Is this the level to count against?"
    ),
}


def level_said(tissue: Tissue, level: LevelAtDiagnosis) -> str:
    """Return `At diagnosis, 3 June 2024, in the marrow: 1,000 % of ABL1.`."""
    said = {"day": full_day(level.collected_on), "where": where(tissue), "level": _of_abl1(level.pct_abl1)}
    sentence = _("At diagnosis, %(day)s, %(where)s: %(level)s.") % said
    if level.abl1_copies is None:
        return sentence
    return sentence + " " + _("ABL1 %(copies)s copies.") % {"copies": numbers.copies(level.abl1_copies)}


def scales_said(pct_abl1: Decimal) -> tuple[ScaleLine, ...]:
    """Return a level at diagnosis on every scale on which it may have been reported."""
    return (
        ScaleLine(_("% of ABL1"), numbers.exact(pct_abl1)),
        ScaleLine(_("ratio to ABL1"), numbers.exact(from_pct_abl1(pct_abl1, Scale.RATIO))),
        ScaleLine(_("copies per 10⁴ ABL1"), numbers.copies(from_pct_abl1(pct_abl1, Scale.PER_10_4_ABL1))),
        ScaleLine(_("copies per 10⁵ ABL1"), per_100_000(pct_abl1)),
    )


def questions_said(doubts: Iterable[BaselineDoubt], beside: KnownBeside) -> tuple[str, ...]:
    """Return a question for each doubt about a level at diagnosis."""
    said = {
        "earlier": _of_abl1(beside.earlier_pct_abl1) if beside.earlier_pct_abl1 is not None else "",
        "highest": _of_abl1(beside.highest_pct_abl1) if beside.highest_pct_abl1 is not None else "",
        "diagnosed": ", ".join(day(on) for on in beside.diagnosed_on),
    }
    return tuple(str(ASKED[doubt]) % said for doubt in doubts)


def converted_said(count: int, earlier: Decimal | None) -> str:
    """Return that results in % of diagnosis keep the level into which they were turned; empty where there are none."""
    if not count or earlier is None:
        return ""
    return ngettext(
        "%(count)s result was reported in %% of diagnosis and turned into %% of ABL1 by the level on record "
        "(%(earlier)s). It stays as it was signed: ask the laboratory to amend it.",
        "%(count)s results were reported in %% of diagnosis and turned into %% of ABL1 by the level on record "
        "(%(earlier)s). They stay as they were signed: ask the laboratory to amend them.",
        count,
    ) % {"count": count, "earlier": _of_abl1(earlier)}


def removal_said(tissue: Tissue) -> str:
    """Return what is lost with a level at diagnosis; Tiong 2020 counts against that of the marrow."""
    if tissue is Tissue.BONE_MARROW:
        return _("Without it %% of diagnosis and log reduction cannot be told, and Tiong 2020 cannot grade.") % {}
    return _("Without it %% of diagnosis and log reduction cannot be told in the blood.") % {}


def _of_abl1(pct_abl1: Decimal) -> str:
    """A level at diagnosis has thousands to set apart: 1,000 % of ABL1, every digit that was given."""
    whole, point, decimals = numbers.exact(pct_abl1).partition(numbers.marks().decimal)
    shown = numbers.copies(Decimal(whole)) + point + decimals
    return _("%(pct)s of ABL1") % {"pct": f"{shown}{numbers.marks().before_percent}%"}
