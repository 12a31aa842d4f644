"""The published studies in words: what each is, its verdicts, the sentence with the counts, and every statement.

Reasons and places are in the catalogue under the English words of their file; what is quoted from a paper in its own
words stays in them.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy

from monitoring.wording import study_value_words
from monitoring.wording.numbers import NO_BREAK_SPACE, marks
from monitoring.wording.study_statement_words import STATEMENTS
from monitoring.wording.words import Tone, Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTHING = "–"
DAGGER = "†"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
HUNDREDTH = Decimal("0.01")
SMALL = 4  # powers of ten; smaller numbers would be a row of zeros
SYNTHETIC = gettext_lazy("Synthetic cohort constructed to match.")
PAPERS: Mapping[str, str] = {
    "tiong2020": "Tiong et al., Br J Haematol 2020",
    "filo2025": "Higué et al., Blood Cancer J 2025;15:141",
}
TITLES: Mapping[str, "_StrPromise"] = {
    "tiong2020": gettext_lazy("Tiong 2020"),
    "filo2025": gettext_lazy("FILO 2025, synthetic cohort"),
}
RECORDS: Mapping[str, "_StrPromise"] = {
    "tiong2020": gettext_lazy("12 cases, Table I as printed"),
    "filo2025": gettext_lazy("70 invented patients: a synthetic cohort constructed to match"),
}
SCALES: Mapping[str, "_StrPromise"] = {
    "tiong2020": gettext_lazy("% of diagnosis, marrow"),
    "filo2025": gettext_lazy("% of ABL1, blood and marrow apart"),
}
ABOUT: Mapping[str, "_StrPromise"] = {
    "tiong2020": gettext_lazy(
        "Venetoclax with low-dose cytarabine or azacitidine for molecular persistence (cohort 1) and molecular relapse "
        "or progression (cohort 2). The twelve published cases are stored; days that the paper does not print are "
        "constructed and marked."
    ),
    "filo2025": gettext_lazy(
        "Venetoclax with azacitidine for molecular relapse. Data of single patients are not published: seventy "
        "invented patients were constructed so that their records give the published counts."
    ),
}
VERDICTS: Mapping[str, Word] = {
    "DIFFERS": Word(
        gettext_lazy("Differs"), "differs", Tone.SUSPECTED,
        gettext_lazy("the paper disagrees with itself or with its table; the product shows what the records give"),
    ),
    "EQUAL_BY_ONE_READING": Word(
        gettext_lazy("Equal by one reading"), "read", Tone.GOOD,
        gettext_lazy("true under a definition or a count that the paper does not name"),
    ),
    "NO_INPUT_PUBLISHED": Word(
        gettext_lazy("No input published"), "none", Tone.QUIET,
        gettext_lazy("the paper does not print what the statement is computed from; nothing is claimed"),
    ),
    "EQUAL": Word(
        gettext_lazy("Equal"), "done", Tone.GOOD,
        gettext_lazy("same value from the stored records, to the printed digits"),
    ),
    "RULE": Word(
        gettext_lazy("Rule"), "told", Tone.QUIET,
        gettext_lazy("in the product as rule set, endpoint or filter; not a figure"),
    ),
}  # fmt: skip
CURVES: Mapping[str, "_StrPromise"] = {
    "cohort-1": gettext_lazy("RFS, cohort 1, molecular persistence"),
    "cohort-2": gettext_lazy("RFS, cohort 2, molecular relapse or progression"),
    "os": gettext_lazy("OS, synthetic cohort"),
    "rfs": gettext_lazy("RFS, synthetic cohort"),
    "rfs-mrd": gettext_lazy("RFS (MRD), synthetic cohort"),
}
CURVE_LINKS: Mapping[str, "str | _StrPromise"] = {
    "cohort-1": gettext_lazy("Cohort 1"),
    "cohort-2": gettext_lazy("Cohort 2"),
    "os": pgettext_lazy("endpoint", "OS"),
    "rfs": pgettext_lazy("endpoint", "RFS"),
    "rfs-mrd": gettext_lazy("RFS (MRD)"),
}
CURVE_NOTES: Mapping[str, "_StrPromise"] = {
    "tiong2020": gettext_lazy(
        "The paper defines neither the start nor the events of RFS; the printed months fit a count from the first day "
        "of venetoclax."
    ),
    "filo2025": gettext_lazy(
        "Synthetic cohort constructed to match: the patients were invented so that the curve gives the printed "
        "survival. It is no evidence for it."
    ),
}
# From which records a value was computed; the first form of a pair is of published cases, the second of invented ones.
GROUPS: Mapping[str, Promise] = {
    "ALL": ngettext_lazy("%(n)s case", "%(n)s cases", "n"),
    "COHORT_1": ngettext_lazy("%(n)s case of cohort 1", "%(n)s cases of cohort 1", "n"),
    "COHORT_2": ngettext_lazy("%(n)s case of cohort 2", "%(n)s cases of cohort 2", "n"),
    "RESPONDERS": ngettext_lazy("%(n)s responder", "%(n)s responders", "n"),
    "RESPONDERS_2": ngettext_lazy("%(n)s responder of cohort 2", "%(n)s responders of cohort 2", "n"),
    "CASE_10": gettext_lazy("case 10"),
    "QUOTED": gettext_lazy("counts that the paper quotes of another study"),
}
SYNTHETIC_GROUPS: Mapping[str, Promise] = {
    "ALL": ngettext_lazy("%(n)s synthetic patient", "%(n)s synthetic patients", "n"),
    "EVALUATED_BLOOD": ngettext_lazy(
        "%(n)s synthetic patient evaluated in blood", "%(n)s synthetic patients evaluated in blood", "n"
    ),
    "EVALUATED_MARROW": ngettext_lazy(
        "%(n)s synthetic patient evaluated in marrow", "%(n)s synthetic patients evaluated in marrow", "n"
    ),
    "BLOOD_BEFORE_HSCT": ngettext_lazy(
        "%(n)s synthetic patient evaluated in blood before HSCT",
        "%(n)s synthetic patients evaluated in blood before HSCT",
        "n",
    ),
    "TRANSPLANTED": ngettext_lazy("%(n)s transplanted, synthetic", "%(n)s transplanted, synthetic", "n"),
    "NOT_TRANSPLANTED": ngettext_lazy("%(n)s not transplanted, synthetic", "%(n)s not transplanted, synthetic", "n"),
}
# The parts of a cell of Table 1, from the codes that ask for it.
CELL_GROUPS: Mapping[str, "_StrPromise"] = {
    "ALL": gettext_lazy("All"),
    "SIGNALLING": gettext_lazy("NPM1 with FLT3-ITD or N/KRAS"),
    "NO_SIGNALLING": gettext_lazy("NPM1 without FLT3-ITD and N/KRAS"),
    "SHORT_VENETOCLAX": gettext_lazy("Venetoclax up to 14 days"),
    "LONG_VENETOCLAX": gettext_lazy("Venetoclax more than 14 days"),
}
CELL_TISSUES: Mapping[str, "_StrPromise"] = {"PB": gettext_lazy("blood"), "BM": gettext_lazy("marrow")}
CELL_RESPONSES: Mapping[str, "_StrPromise"] = {
    "NEGATIVITY": gettext_lazy("negativity"),
    "REDUCTION": gettext_lazy("reduction"),
    "STABLE": gettext_lazy("stable"),
    "PROGRESSION": gettext_lazy("progression"),
    "TOTAL": gettext_lazy("evaluated and not evaluated"),
}
EVENTS: Mapping[str, "_StrPromise"] = {
    "DEATH": gettext_lazy("died, no relapse"),
    "HAEMATOLOGICAL_RELAPSE": gettext_lazy("relapse"),
}
# Statements whose two values are the ends of a range.
RANGES = frozenset(f"tiong2020-{number:03}" for number in (3, 5, 12, 16, 20, 27, 30, 34))
READING = re.compile(r"Only as: (.+?)\. ?")


def lead(name: str, counts: Mapping[str, int], checkable: int) -> str:
    """Return the sentence of a page: how many statements can be checked, and how each of them came out."""
    parts = [
        ngettext(
            "%(n)s is equal to what the stored records give", "%(n)s are equal to what the stored records give",
            counts.get("EQUAL", 0),
        ) % {"n": counts.get("EQUAL", 0)},
        ngettext("%(n)s is equal by one reading only", "%(n)s are equal by one reading only",
                 counts.get("EQUAL_BY_ONE_READING", 0)) % {"n": counts.get("EQUAL_BY_ONE_READING", 0)},
        ngettext("%(n)s differs", "%(n)s differ", counts.get("DIFFERS", 0)) % {"n": counts.get("DIFFERS", 0)},
    ]  # fmt: skip
    said = {"all": checkable, "parts": ", ".join(parts), "none": counts.get("NO_INPUT_PUBLISHED", 0)}
    if name == "filo2025":
        return (
            _(
                "Synthetic cohort constructed to match. Of %(all)s checkable statements %(parts)s, and for %(none)s "
                "the paper prints no data of single patients."
            )
            % said
        )
    return _("Of %(all)s checkable statements %(parts)s, and for %(none)s the paper prints no input.") % said


def group(name: str, code: str, patients: int) -> str:
    """Return from which records a value was computed."""
    words = {**GROUPS, **(SYNTHETIC_GROUPS if name == "filo2025" else {})}[code]
    return str(words % {"n": patients}) if code not in ("CASE_10", "QUOTED") else str(words)


def told(text: str) -> str:
    """Return a text of a statement in the reader's language; what the catalogue does not have stays as it is."""
    return study_value_words.typeset(_(text)) if text else ""


def statement(number: str, asks: str) -> str:
    """Return what a statement is about; a cell of Table 1 by group, tissue and response."""
    if not asks:
        return study_value_words.typeset(str(STATEMENTS[number]))
    group_code, tissue, response = asks.split()
    return f"{CELL_GROUPS[group_code]}, {CELL_TISSUES[tissue]}{_(': ')}{CELL_RESPONSES[response]}"


def why(text: str, own: str, remark: str) -> str:
    """Return the reason of a verdict: the reading that it needs, then the reason of the statement, each by itself.

    `own` is the reason of the statement and `remark` that of a whole study, which every page says by itself.
    """
    rest = text.removeprefix(remark).strip().removesuffix(own).strip()
    found = READING.match(rest)
    reading = _("Only as: %(reading)s.") % {"reading": told(found.group(1))} if found else told(rest)
    return " ".join(part for part in (reading, told(own)) if part)


def value(found: Any, name: str) -> str:
    """Return what is printed, or computed, with the marks of the language; both in one way, so that they compare."""
    if found is None or found == "":
        return NOTHING
    if isinstance(found, Decimal):
        return _number(found)
    if isinstance(found, str):
        return study_value_words.quoted(found)
    ends = [value(each, name) for each in found]
    if name in RANGES:
        return _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}
    return study_value_words.listed(ends)


def months_each(months: Sequence[tuple[Decimal, bool]]) -> str:
    """Return times one by one; a dagger marks who died."""
    return study_value_words.listed([f"{_number(each)}{DAGGER if died else ''}" for each, died in months])


def factors(found: Sequence[tuple[int, int]], product: Decimal) -> str:
    """Return the factors of an estimate and what they give: 5/6 × 3/4 × 2/3 = 0.42."""
    times = f"{NO_BREAK_SPACE}× "
    shown = _number(product.quantize(HUNDREDTH))
    return f"{times.join(f'{left}/{at_risk}' for left, at_risk in found)}{NO_BREAK_SPACE}= {shown}"


def regimen(text: str) -> str:
    """Return a regimen with its cycles as they are set: VEN-AZA (× 6)."""
    return text.replace("(x", f"(×{NO_BREAK_SPACE}")


def _number(found: Decimal) -> str:
    """Every digit that it has; the very small ones as a power of ten are quoted so."""
    if found and abs(found.adjusted()) > SMALL:
        digits = f"{found.scaleb(-found.adjusted()).normalize():f}".replace(".", marks().decimal)
        return f"{digits}{NO_BREAK_SPACE}×{NO_BREAK_SPACE}10{str(found.adjusted()).translate(RAISED)}"
    return f"{found:f}".replace(".", marks().decimal)
