"""The pieces that sentences about a series are made of: where, at which level, when, how much later."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.results import Result
from monitoring.domain.terms import CourseStart, Tissue
from monitoring.wording import numbers, states
from monitoring.wording.account import Account

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DAYS_PER_WEEK = 7
WHERE: Mapping[Tissue, "_StrPromise"] = {
    Tissue.BONE_MARROW: gettext_lazy("in the marrow"),
    Tissue.PERIPHERAL_BLOOD: gettext_lazy("in the blood"),
}
AFTER_COURSE_START: Mapping[CourseStart, "_StrPromise"] = {
    CourseStart.HSCT: gettext_lazy("after HSCT"),
    CourseStart.HAEMATOLOGICAL_RELAPSE: gettext_lazy("after haematological relapse"),
}
# weeks in words, as one says them; other intervals are told in days
WEEKS_LATER: Mapping[int, "_StrPromise"] = {
    1: gettext_lazy("one week later"),
    2: gettext_lazy("two weeks later"),
    3: gettext_lazy("three weeks later"),
    4: gettext_lazy("four weeks later"),
    5: gettext_lazy("five weeks later"),
    6: gettext_lazy("six weeks later"),
}


def where(tissue: Tissue) -> str:
    """Return `in the marrow` or `in the blood`."""
    return str(WHERE[tissue])


def tissue_name(tissue: Tissue) -> str:
    """Return `marrow` or `blood`."""
    return str(states.word("tissue", tissue).words)


def capitalised(words: str) -> str:
    """Return words that begin a sentence or a cell."""
    return words[:1].upper() + words[1:]


def marker_name(account: Account) -> str:
    """Return the marker as it is spoken of."""
    return str(states.word("marker", account.series.marker).words)


def followed_words(marker: str, mutation_type: str) -> str:
    """Return `NPM1 type A`, or the marker alone where it has no types."""
    name = str(states.word("marker", marker).words)
    return _("%(marker)s type %(type)s") % {"marker": name, "type": mutation_type} if mutation_type else name


def ruleset_name(account: Account) -> str:
    """Return the rule set as it is spoken of."""
    return str(states.word("ruleset", account.verdict.ruleset).words)


def full_day(on: date) -> str:
    """Return a day with the month in full, as a sentence says it: `22 October 2026`."""
    number = pgettext("first day of a month", "1") if on.day == 1 else str(on.day)
    return f"{number} {MONTHS[on.month]} {on.year:04d}"


def later(days: int) -> str:
    """Return how much later: `three weeks later`, `22 days later`."""
    weeks, rest = divmod(days, DAYS_PER_WEEK)
    if not rest and weeks in WEEKS_LATER:
        return str(WEEKS_LATER[weeks])
    return ngettext("%(count)s day later", "%(count)s days later", days) % {"count": days}


def on_scale(account: Account, pct_abl1: Decimal) -> str:
    """Return a level with its unit, in % of diagnosis where the rule set counts so."""
    own = account.on_own_scale(pct_abl1)
    if account.speaks_of_diagnosis:
        return _("%(pct)s of diagnosis") % {"pct": numbers.pct(own)}
    return numbers.pct_of_abl1(own)


def at_level(account: Account, result: Result, *, unit: bool = True) -> str:
    """Return `at 0.018 % of ABL1`, without the unit where it was just said, or that there is no value."""
    if result.pct_abl1 is None:
        return _("below the limit of quantification")
    if unit:
        return _("at %(level)s") % {"level": on_scale(account, result.pct_abl1)}
    return _("at %(level)s") % {"level": numbers.pct(account.on_own_scale(result.pct_abl1))}


def not_detected(account: Account, sample: ClassedResult) -> str:
    """Return `was not detected in the marrow on 12 November 2026, limit 0.0032 %`."""
    values = {"where": where(sample.tissue), "day": full_day(sample.collected_on)}
    limit = sample.limit_pct_abl1
    if limit is None:
        return _("was not detected %(where)s on %(day)s, limit not known") % values
    return _("was not detected %(where)s on %(day)s, limit %(limit)s") % {
        **values,
        "limit": on_scale(account, limit),
    }


def course_phrase(account: Account, on: date) -> str:
    """Return `after HSCT` for a day of a course so begun; empty in the first course."""
    start = account.course_begun_by(on)
    return "" if start is None else str(AFTER_COURSE_START[start.kind])
