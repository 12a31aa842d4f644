"""The response categories of ELN 2025, row by row: time point, sample, category, why; the guideline's words as such."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.eln2025_categories import Category, Reason, ResponseAt, TimePoint
from monitoring.domain.eln2025_response import HSCT_URGENT_FROM
from monitoring.domain.rulesets.eln2025 import CITATION
from monitoring.domain.rulesets.guideline import PCT_ABL1, Threshold
from monitoring.domain.terms import Tissue
from monitoring.wording import dates, levels, numbers, states
from monitoring.wording.account import FactIncomplete
from monitoring.wording.phrases import capitalised, tissue_name
from monitoring.wording.table_remarks import inadequacy
from monitoring.wording.words import Tone, Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TIME_POINTS: Mapping[TimePoint, "_StrPromise"] = {
    TimePoint.AFTER_CYCLE_2: gettext_lazy("After cycle 2"),
    TimePoint.BEFORE_HSCT: gettext_lazy("Before transplant"),
    TimePoint.END_OF_TREATMENT: gettext_lazy("End of treatment"),
    TimePoint.FOLLOW_UP: gettext_lazy("Follow-up"),
}
CATEGORIES: Mapping[Category, Word] = {
    Category.OPTIMAL: Word(gettext_lazy("Optimal"), "good", Tone.GOOD),
    Category.WARNING: Word(gettext_lazy("Warning"), "low"),
    Category.HIGH_RISK: Word(gettext_lazy("High risk of treatment failure"), "positive", Tone.SUSPECTED),
    Category.RELAPSE_LEVEL: Word(gettext_lazy("Level of an MRD relapse"), "suspected", Tone.SUSPECTED),
    Category.NOT_EVALUABLE: Word(gettext_lazy("Not evaluable"), "not-evaluable"),
}
REASONS: Mapping[Reason, "_StrPromise"] = {
    Reason.UNQUANTIFIED: gettext_lazy("detected below quantification: low level"),
    Reason.NO_SAMPLE: gettext_lazy("no sample"),
    Reason.NOT_YET: gettext_lazy("not yet"),
    Reason.NO_BASELINE: gettext_lazy("no level at diagnosis is on record"),
    Reason.NO_FALL_KNOWN: gettext_lazy("below quantification: how far it fell is not known"),
    Reason.NO_END_OF_TREATMENT: gettext_lazy("no end of first-line treatment is on record"),
    Reason.HAEMATOLOGICAL_RELAPSE: gettext_lazy("in haematological relapse there is no such category"),
}
ONLY_THE_OTHER: Mapping[Tissue, "_StrPromise"] = {
    Tissue.BONE_MARROW: gettext_lazy("only blood was taken; the guideline asks for marrow"),
    Tissue.PERIPHERAL_BLOOD: gettext_lazy("only marrow was taken; the guideline asks for blood"),
}


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One time point of the table; `guideline` are words of the guideline itself, empty where it says no more."""

    time_point: str
    tissue: str
    sampled_on: str
    value: str
    result_id: str
    category: Word
    why: str
    guideline: str


def response_rows(responses: tuple[ResponseAt, ...]) -> list[ResponseRow]:
    """Return one row for each time point, in the reader's language."""
    return [_row(one) for one in responses]


def citation() -> str:
    """Return where the categories come from."""
    return CITATION


def _row(one: ResponseAt) -> ResponseRow:
    result = one.result
    return ResponseRow(
        time_point=str(TIME_POINTS[one.time_point]),
        tissue=tissue_name(one.tissue if result is None else result.tissue),
        sampled_on="" if result is None else dates.day(result.collected_on),
        value="" if result is None else levels.level(result.call, result.pct_abl1, one.limit_pct_abl1),
        result_id="" if result is None else result.id,
        category=CATEGORIES[one.category],
        why=capitalised(_why(one)),
        guideline=_guideline(one),
    )


def _why(one: ResponseAt) -> str:
    """Return the comparison that gave the category, or why there is none."""
    told = COMPARISONS.get(one.reason)
    if told is not None:
        return told(one)
    if one.reason is Reason.OTHER_TISSUE:
        return str(ONLY_THE_OTHER[one.tissue])
    if one.reason is Reason.NO_SAMPLE and one.time_point is TimePoint.AFTER_CYCLE_2:
        return _("no sample is marked as taken after cycle 2")
    return str(REASONS[one.reason])


def _negative(one: ResponseAt) -> str:
    if one.result is None or one.result.pct_abl1 is None:
        return _("not detected with enough ABL1")
    return _compared(one, "<")


def _inert(one: ResponseAt) -> str:
    """Return why the sample cannot be counted: too little ABL1, or how it was called."""
    if one.result is None or one.sample_class is None:
        raise FactIncomplete(one.reason)
    told = [*inadequacy(ClassedResult(one.result, one.sample_class)), str(states.word("class", one.sample_class).words)]
    return _("inert sample, %(why)s") % {"why": told[0][:1].lower() + told[0][1:] if len(told) == 1 else told[0]}


def _below_level(one: ResponseAt) -> str:
    return _compared(one, "<")


def _converted(one: ResponseAt) -> str:
    return _("%(compared)s, after a negative") % {"compared": _compared(one, "≥")}


def _no_category(one: ResponseAt) -> str:
    if one.threshold is None:
        raise FactIncomplete(one.reason)
    return _("%(level)s or more without a negative before: the guideline names no category") % {
        "level": _level_of(one.threshold)
    }


def _from_level(one: ResponseAt) -> str:
    compared = _compared(one, "≥")
    if one.time_point is TimePoint.AFTER_CYCLE_2:
        return _("%(compared)s: positive, which at this time is a warning") % {"compared": compared}
    if one.time_point is TimePoint.FOLLOW_UP:
        return _("%(compared)s; whether it is a relapse, the verdict says") % {"compared": compared}
    return compared


def _compared(one: ResponseAt, sign: str) -> str:
    """Return `0.05 % < 0.1 %`."""
    value = None if one.result is None else one.result.pct_abl1
    if value is None or one.threshold is None:
        raise FactIncomplete(one.reason)
    return f"{numbers.pct(value)} {sign} {_level_of(one.threshold)}"


def _fall(one: ResponseAt) -> str:
    if one.log10_reduction is None or one.threshold is None:
        raise FactIncomplete(one.reason)
    values = {"fall": numbers.log10_reduction(one.log10_reduction), "logs": numbers.exact(one.threshold.value)}
    if one.reason is Reason.FELL_TOO_LITTLE:
        return _("%(fall)s below diagnosis, less than %(logs)s") % values
    if one.result is not None and one.result.pct_abl1 is None:
        return _("at least %(fall)s below diagnosis; %(logs)s are asked for") % values
    return _("%(fall)s below diagnosis; %(logs)s are asked for") % values


def _level_of(threshold: Threshold) -> str:
    return numbers.pct(threshold.value) if threshold.unit == PCT_ABL1 else numbers.exact(threshold.value)


def _guideline(one: ResponseAt) -> str:
    if not one.hsct_urgently_indicated:
        return ""
    return _("From %(level)s: alloHSCT urgently indicated if eligible (ELN 2025).") % {
        "level": _level_of(HSCT_URGENT_FROM)
    }


COMPARISONS: Mapping[Reason, Callable[[ResponseAt], str]] = {
    Reason.NEGATIVE: _negative,
    Reason.BELOW_LEVEL: _below_level,
    Reason.FROM_LEVEL: _from_level,
    Reason.CONVERTED: _converted,
    Reason.FELL_ENOUGH: _fall,
    Reason.FELL_TOO_LITTLE: _fall,
    Reason.NO_CATEGORY: _no_category,
    Reason.INERT: _inert,
}
