"""Times and treatment of a cohort in words: medians with quartiles and range, and what was recorded how often."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.cohorts.part_times import Category, CategoryEntry, CategoryTable, TimeCode, TimeRow, TimesAnswer
from monitoring.models.choices import Cyp3a4Choice, SettingChoice
from monitoring.wording import cohort_numbers
from monitoring.wording.cohort_pictures import NOTHING, Share, SummaryWords, number, share, summary_words
from monitoring.wording.timeline_words import mrd_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TIMES: Mapping[TimeCode, "_StrPromise"] = {
    TimeCode.DIAGNOSIS_TO_FAILURE: gettext_lazy("Diagnosis to failure, months"),
    TimeCode.FAILURE_TO_CYCLE_1: gettext_lazy("Failure to C1 day 1, days"),
    TimeCode.FAILURE_TO_HSCT: gettext_lazy("Failure to HSCT, days"),
    TimeCode.CYCLE_1_TO_HSCT: gettext_lazy("C1 day 1 to HSCT, days"),
    TimeCode.CYCLES: gettext_lazy("Cycles given"),
    TimeCode.DAYS_IN_CYCLE_1: gettext_lazy("Venetoclax in cycle 1, days"),
}
LONGEST_DAYS = 6  # digits
IN_MONTHS = frozenset({TimeCode.DIAGNOSIS_TO_FAILURE})
CATEGORIES: Mapping[Category, "_StrPromise"] = {
    Category.VENETOCLAX_DAYS: gettext_lazy("Venetoclax days in cycle 1"),
    Category.SETTING: gettext_lazy("Cycle 1 given as"),
    Category.CYP3A4: gettext_lazy("CYP3A4 inhibitor or inducer in cycle 1"),
    Category.G_CSF: gettext_lazy("G-CSF in any cycle"),
    Category.DONOR: gettext_lazy("Donor"),
    Category.CONDITIONING: gettext_lazy("Conditioning"),
    Category.MRD_AT_HSCT: gettext_lazy("MRD at HSCT"),
    Category.NOT_TRANSPLANTED: gettext_lazy("Not transplanted, reason"),
    Category.DEATH_CAUSE: gettext_lazy("Cause of death"),
}
# Of whom a category asks.
CONCERNED: Mapping[Category, "_StrPromise"] = {
    Category.VENETOCLAX_DAYS: gettext_lazy("with cycles"),
    Category.SETTING: gettext_lazy("with cycles"),
    Category.CYP3A4: gettext_lazy("with cycles"),
    Category.G_CSF: gettext_lazy("with cycles"),
    Category.DONOR: gettext_lazy("transplanted"),
    Category.CONDITIONING: gettext_lazy("transplanted"),
    Category.MRD_AT_HSCT: gettext_lazy("transplanted"),
    Category.NOT_TRANSPLANTED: gettext_lazy("not transplanted"),
    Category.DEATH_CAUSE: gettext_lazy("died"),
}
YES_NO: Mapping[str, "_StrPromise"] = {"YES": gettext_lazy("given"), "NO": gettext_lazy("not given")}


@dataclass(frozen=True, slots=True)
class TimeLine:
    """One time: of how many of how many, median, quartiles, range."""

    name: str
    told: SummaryWords


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One value with its share of those of whom it is recorded."""

    value: str
    share: Share


@dataclass(frozen=True, slots=True)
class CategoryBlock:
    """One category: whom it concerns, its values, and of how many nothing is recorded."""

    name: str
    concerned: str
    entries: tuple[EntryLine, ...]
    not_recorded: str
    not_recorded_name: str


def context(answer: TimesAnswer) -> dict[str, Any]:
    """Return what the component shows."""
    return {
        "is_empty": all(row.summary is None for row in answer.times)
        and not any(c.concerned for c in answer.categories),
        "times": [_time(row) for row in answer.times],
        "categories": [_block(table) for table in answer.categories if table.concerned],
        "nobody": [str(CATEGORIES[table.category]) for table in answer.categories if not table.concerned],
    }


def value_words(category: Category, value: str) -> str:
    """Return a value in words where it is a code; what people wrote stays as it was written."""
    written = _VALUES.get(category)
    return value if written is None else written(value)


def _time(row: TimeRow) -> TimeLine:
    name = str(TIMES[row.code])
    if row.summary is None:
        return TimeLine(name, SummaryWords("0", NOTHING, NOTHING, NOTHING))
    return TimeLine(name, summary_words(row.summary, cohort_numbers.month_number if row.code in IN_MONTHS else number))


def _block(table: CategoryTable) -> CategoryBlock:
    known = table.concerned - table.not_recorded
    # No entry for CYP3A4 is what a form without an inhibitor leaves: it is not a gap in the record.
    nothing = _("none entered") if table.category is Category.CYP3A4 else _("not recorded")
    of = table.concerned if table.category is Category.CYP3A4 else known
    return CategoryBlock(
        name=str(CATEGORIES[table.category]),
        concerned=f"{cohort_numbers.count(table.concerned)} {CONCERNED[table.category]}",
        entries=tuple(
            EntryLine(value_words(table.category, entry.value), share(entry.patients, of)) for entry in _in_order(table)
        ),
        not_recorded=cohort_numbers.count(table.not_recorded) if table.not_recorded else "",
        not_recorded_name=nothing,
    )


def _in_order(table: CategoryTable) -> list[CategoryEntry]:
    """The commonest first, but for days, which have an order of their own."""
    if table.category is not Category.VENETOCLAX_DAYS:
        return list(table.entries)
    return sorted(table.entries, key=lambda entry: (entry.value.zfill(LONGEST_DAYS), entry.value))


def _days(value: str) -> str:
    if not value.isdecimal():
        return value
    return ngettext("%(count)s day", "%(count)s days", int(value)) % {"count": value}


_VALUES: Mapping[Category, Callable[[str], str]] = {
    Category.VENETOCLAX_DAYS: _days,
    Category.SETTING: lambda value: str(dict(SettingChoice.choices).get(value, value)),
    Category.CYP3A4: lambda value: str(dict(Cyp3a4Choice.choices).get(value, value)),
    Category.G_CSF: lambda value: str(YES_NO.get(value, value)),
    Category.MRD_AT_HSCT: mrd_words,
}
