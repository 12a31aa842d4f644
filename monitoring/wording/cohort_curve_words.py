"""The words on and beside a cohort's curves, of survival, incidence and transplant alike: figure, tables, tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from monitoring.charts.cohort_figure import MOST_CURVES, CountBlock, CurveWords
from monitoring.domain.cohorts.drawn_curve import DayReached, Milestone
from monitoring.domain.cohorts.part_survival import Comparison
from monitoring.domain.survival.curves import SURVIVAL_START
from monitoring.wording import cohort_endpoint_words, cohort_numbers

MONTHS_A_YEAR = 12
CONFIDENCE = 95  # per cent
FEW_PATIENTS = 10  # [DESIGN] of a group; below it a chi-square p is told to be rough


class Grouped(Protocol):
    """A curve with its numbers."""

    @property
    def name(self) -> str: ...
    @property
    def patients(self) -> int: ...
    @property
    def events(self) -> int: ...
    @property
    def milestones(self) -> tuple[Milestone, ...]: ...
    @property
    def median(self) -> DayReached: ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure in both sizes, as SVG text of the page."""

    title: str
    wide: str
    narrow: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its head and its cells."""

    head: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the content of a figure: its caption, the heads of its columns, its rows."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]


def figure_words(
    described: str,
    axis: str,
    names: Mapping[str, str],
    landmark: str = "",
    notice: str = "",
    start: float = SURVIVAL_START,
) -> CurveWords:
    """Return the words of a figure; `start`: where its curves begin."""
    return CurveWords(
        described=described,
        axis=axis,
        at_risk=_("At risk"),
        events=_("Events"),
        censored=pgettext("counts below a curve", "Censored"),
        names=names,
        number=cohort_numbers.count,
        percent=cohort_numbers.whole_percent,
        value=partial(_value, start=start),
        brief=partial(cohort_numbers.at_milestone, start=start),
        median=_median,
        causes={cause: str(words) for cause, words in cohort_endpoint_words.CAUSES.items()},
        landmark=landmark,
        notice=notice,
    )


def years(months: int) -> str:
    """Return `1 year`, `2 years`."""
    number = months // MONTHS_A_YEAR
    return ngettext("%(n)s year", "%(n)s years", number) % {"n": number}


def groups_table(caption: str, groups: Sequence[Grouped], names: Mapping[str, str]) -> Table:
    """Return patients, events, the shares at one and two years and the median of each group."""
    milestones = [each.months for each in groups[0].milestones] if groups else []
    heads = (
        _("Patients"), _("Events"), *(years(months) for months in milestones), _("Median, months"),
    )  # fmt: skip
    rows = (
        TableRow(
            names[group.name],
            (
                cohort_numbers.count(group.patients), cohort_numbers.count(group.events),
                *(cohort_numbers.at_milestone(each) for each in group.milestones),
                cohort_numbers.median_words(group.median),
            ),
        )
        for group in groups
    )  # fmt: skip
    return Table(caption, heads, tuple(rows))


def counts_table(caption: str, blocks: Iterable[CountBlock]) -> Table:
    """Return the counts below the curves, one row for each line, every half year."""
    found = list(blocks)
    months = sorted({month for block in found for line in block.lines for month in line.numbers})
    rows = (
        TableRow(
            f"{block.name}: {line.name}" if block.name else line.name,
            tuple(cohort_numbers.count(line.at(month)) for month in months),
        )
        for block in found
        for line in block.lines
    )
    return Table(caption, tuple(str(month) for month in months), tuple(rows))


def comparison_sentence(name: str, test: Comparison | None) -> str:
    """Return a test between groups: `Log-rank test: p = 0.14 (chi-square 2.2, 1 degree of freedom).`"""
    if test is None:
        return ""
    said = {
        "name": name, "p": cohort_numbers.p_value(test.p),
        "chi2": cohort_numbers.statistic(test.chi2),
        "df": ngettext("%(n)s degree of freedom", "%(n)s degrees of freedom", test.df) % {"n": test.df},
    }  # fmt: skip
    return _("%(name)s: %(p)s (chi-square %(chi2)s, %(df)s), not adjusted.") % said


def rough_sentence(patients: Iterable[int], *, is_tested: bool) -> str:
    """Return that a test between so small groups is rough, since p comes from a large-sample distribution."""
    if not is_tested or min(patients, default=FEW_PATIENTS) >= FEW_PATIENTS:
        return ""
    return _("A group has fewer than %(few)s patients: p is a rough guide only.") % {"few": FEW_PATIENTS}


def largest_sentence(groups: int) -> str:
    """Return that a figure does not show all groups; empty where it does."""
    if groups <= MOST_CURVES:
        return ""
    return _("The figure shows the %(n)s largest groups; the table has all of them.") % {"n": MOST_CURVES}


def band_sentence(curves: int, most: int, *, has_events: bool) -> str:
    """Return what the grey band is, or where the intervals stand instead; empty where no event gives one."""
    if not has_events:
        return ""
    if curves <= most:
        return _("Grey band: 95 % interval, log-log.")
    return _("The 95 % intervals (log-log) stand in the table.")


def joined(*sentences: str) -> str:
    """Return sentences one after the other, without the empty ones."""
    return " ".join(sentence for sentence in sentences if sentence)


def _value(found: Milestone, start: float) -> tuple[str, str]:
    share = cohort_numbers.percent(found.estimate or 0)
    head = _("%(years)s: %(share)s") % {"years": years(found.months), "share": share}
    if found.low is None or found.high is None:
        return head, cohort_numbers.without_interval(found.estimate or 0, start)
    return head, f"{cohort_numbers.whole_percent(CONFIDENCE)} {cohort_numbers.interval(found.low, found.high)}"


def _median(found: DayReached) -> tuple[str, str]:
    head = _("median %(months)s months") % {"months": cohort_numbers.reached(found.day)}
    limits = cohort_numbers.reached_interval(found)
    return head, f"{cohort_numbers.whole_percent(CONFIDENCE)} {limits}" if limits else _("no interval")
