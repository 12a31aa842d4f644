"""The response table of a cohort in the form of FILO 2025, Table 1: blood and marrow apart, n, %, interval."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from monitoring.domain.cohorts.part_response import COMPARED, ResponseAnswer, ResponseComparison
from monitoring.domain.cohorts.response_table import SHORT_DAYS, ResponseGroup, TissueCounts
from monitoring.domain.survival.binomial import proportion
from monitoring.domain.terms import CycleResponse, Tissue
from monitoring.wording import cohort_numbers, cohort_words, states
from monitoring.wording.cohort_curve_words import joined

TISSUES = (Tissue.PERIPHERAL_BLOOD, Tissue.BONE_MARROW)  # the order of FILO 2025, Table 1
RESPONDING = (CycleResponse.NEGATIVITY, CycleResponse.REDUCTION)
NOT_RESPONDING = (CycleResponse.STABLE, CycleResponse.PROGRESSION)
HEADS: Mapping[ResponseGroup, Promise] = {
    ResponseGroup.ALL: gettext_lazy("All"),
    ResponseGroup.SIGNALLING: gettext_lazy("FLT3-ITD or N/KRAS"),
    ResponseGroup.NO_SIGNALLING: gettext_lazy("Neither of them"),
    ResponseGroup.SHORT_VENETOCLAX: gettext_lazy("VEN 14 days or fewer"),
    ResponseGroup.LONG_VENETOCLAX: gettext_lazy("VEN more than 14"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Patients, per cent of those evaluated, 95 % interval; the last two are dashes where nobody was evaluated."""

    n: str
    pct: str
    interval: str


@dataclass(frozen=True, slots=True)
class Row:
    """One response; `kind` is `sum` for the response as a whole, `dim` for those not evaluated, else empty."""

    words: str
    kind: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TissueRows:
    """The rows of one tissue: how many were evaluated in each column, then each response."""

    tissue: str
    evaluated: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """The columns (head, patients) and the tissues below one another."""

    columns: tuple[tuple[str, str], ...]
    tissues: tuple[TissueRows, ...]


def table(answer: ResponseAnswer) -> ResponseTable:
    """Return response after C1 +/- C2 by group."""
    columns = tuple((str(HEADS[each.group]), cohort_words.patients_words(each.patients)) for each in answer.columns)
    tissues = (_tissue([column.tissues[tissue] for column in answer.columns]) for tissue in TISSUES)
    return ResponseTable(columns, tuple(tissues))


def before_transplant(answer: ResponseAnswer) -> ResponseTable | None:
    """Return the response before transplant of those transplanted; None where nobody was."""
    counts = answer.before_transplant
    patients = counts[Tissue.BONE_MARROW].evaluated + counts[Tissue.BONE_MARROW].not_evaluated
    if not patients:
        return None
    head = (_("Before transplant"), cohort_words.patients_words(patients))
    return ResponseTable((head,), tuple(_tissue([counts[tissue]]) for tissue in TISSUES))


def lead(answer: ResponseAnswer) -> str:
    """Return the one sentence of the table: how many responded in blood, and how many in marrow."""
    everybody = next(column for column in answer.columns if column.group is ResponseGroup.ALL)
    if not any(everybody.tissues[tissue].evaluated for tissue in TISSUES):
        return _("Nobody was evaluated after one or two cycles.")
    said = {f"in_{tissue.value}": _responded(everybody.tissues[tissue]) for tissue in TISSUES}
    return _("After one or two cycles MRD responded in blood in %(in_PB)s, in marrow in %(in_BM)s.") % said


def note(answer: ResponseAnswer) -> str:
    """Return reference, tests, who is left out by days, and what not evaluated means."""
    return joined(
        _("The most recent of both cycles counts. Per cent of those evaluated, exact (Clopper-Pearson) 95 % interval."),
        _("Reference: last value of the tissue before C1 day 1; negativity needs none."),
        *(_tests(answer.comparisons, one, other) for one, other in COMPARED),
        _days_sentence(answer.not_comparable_by_days),
        _("Groups by co-mutation are of NPM1 leukaemias only."),
        _("Not evaluated: no sample in the window, ABL1 too low, or no reference."),
    )


def _tissue(counts: Sequence[TissueCounts]) -> TissueRows:
    words = {Tissue.PERIPHERAL_BLOOD: _("Blood"), Tissue.BONE_MARROW: _("Marrow")}
    return TissueRows(words[counts[0].tissue], tuple(_evaluated(each.evaluated) for each in counts),
                      tuple(_rows(counts)))  # fmt: skip


def _evaluated(number: int) -> str:
    if number == 0:
        return _("none evaluated")
    return ngettext("%(n)s evaluated", "%(n)s evaluated", number) % {"n": cohort_numbers.count(number)}


def _rows(counts: Sequence[TissueCounts]) -> Iterator[Row]:
    yield from _single(RESPONDING, counts)
    yield Row(pgettext("row of a table", "Response"), "sum", _cells((each.responded for each in counts), counts))
    yield from _single(NOT_RESPONDING, counts)
    cells = tuple(Cell(cohort_numbers.count(each.not_evaluated), "", "") for each in counts)
    yield Row(_words(CycleResponse.NOT_EVALUATED), "dim", cells)


def _single(responses: Iterable[CycleResponse], counts: Sequence[TissueCounts]) -> Iterator[Row]:
    for response in responses:
        yield Row(_words(response), "", _cells((each.counts[response] for each in counts), counts))


def _words(response: CycleResponse) -> str:
    return str(states.word("response", response).words)


def _cells(numbers: Iterable[int], counts: Sequence[TissueCounts]) -> tuple[Cell, ...]:
    return tuple(_cell(number, each.evaluated) for number, each in zip(numbers, counts, strict=True))


def _cell(number: int, of: int) -> Cell:
    if of == 0:
        return Cell(cohort_numbers.count(number), cohort_numbers.NOTHING, cohort_numbers.NOTHING)
    found = proportion(number, of)
    limits = f"{cohort_numbers.whole(found.low)}–{cohort_numbers.whole(found.high)}"  # as in every table of shares
    return Cell(cohort_numbers.count(number), cohort_numbers.whole_words(found.share), limits)


def _responded(counts: TissueCounts) -> str:
    if not counts.evaluated:
        return _("nobody, as none was evaluated")
    return cohort_numbers.proportion_words(proportion(counts.responded, counts.evaluated))


def _tests(comparisons: Iterable[ResponseComparison], one: ResponseGroup, other: ResponseGroup) -> str:
    """Fisher's test of response against none, in each tissue in which both groups were evaluated."""
    found = [each for each in comparisons if (each.one, each.other) == (one, other)]
    if not found:
        return ""
    ordered = sorted(found, key=lambda each: TISSUES.index(each.tissue))
    tests = ", ".join(
        f"{states.word('tissue', each.tissue).words} {cohort_numbers.p_value(each.p)}" for each in ordered
    )
    if one is ResponseGroup.SIGNALLING:
        return _("Response with against without the co-mutations, Fisher exact: %(tests)s, not adjusted.") % {
            "tests": tests
        }
    return _("By venetoclax days, %(days)s or fewer against more: %(tests)s, not adjusted.") % {
        "days": SHORT_DAYS, "tests": tests,
    }  # fmt: skip


def _days_sentence(patients: int) -> str:
    if not patients:
        return ""
    return ngettext(
        "%(n)s patient whose venetoclax days changed between C1 and C2, or are not on record, is left out of the last "
        "two columns.",
        "%(n)s patients whose venetoclax days changed between C1 and C2, or are not on record, are left out of the "
        "last two columns.",
        patients,
    ) % {"n": patients}
