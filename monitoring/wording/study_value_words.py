"""Values of the published studies as they are set: marks and words of the reader's language, the same for both sides.

A paper and our answer are compared as plain text; what is shown is that text with the marks of the language, and the
few words in it translated. The words stand here to be found by whoever translates; names of drugs stay as they are.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from monitoring.wording.numbers import NO_BREAK_SPACE, marks

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Of two that begin alike the longer one is taken. Translations have plain marks ("; ", ": ", ">="), set afterwards.
WORDS: Mapping[str, "_StrPromise"] = {
    "re-emergent or rising transcript level of >=1 log10 confirmed by second sample, unless the level was >=1%": (
        pgettext_lazy(
            "quoted",
            "re-emergent or rising transcript level of >=1 log10 confirmed by second sample, unless the level was >=1%",
        )
    ),
    "negativity; reduction >=1 log10 from pre-treatment; progression >=1 log10 increase; else stable": pgettext_lazy(
        "quoted", "negativity; reduction >=1 log10 from pre-treatment; progression >=1 log10 increase; else stable"
    ),
    "morphological relapse": pgettext_lazy("quoted", "morphological relapse"),
    "non-relapse death": pgettext_lazy("quoted", "non-relapse death"),
    "not all post-HSCT": pgettext_lazy("quoted", "not all post-HSCT"),
    "both post-HSCT": pgettext_lazy("quoted", "both post-HSCT"),
    "post-HSCT": pgettext_lazy("quoted", "post-HSCT"),
    "pre-HSCT": pgettext_lazy("quoted", "pre-HSCT"),
    "no HSCT": pgettext_lazy("quoted", "no HSCT"),
    "HSCT": pgettext_lazy("quoted", "HSCT"),
    "not reached": pgettext_lazy("quoted", "not reached"),
    "reduction": pgettext_lazy("quoted", "reduction"),
    "neg": pgettext_lazy("quoted", "negative"),
    "cases": pgettext_lazy("quoted", "cases"),
    "case": pgettext_lazy("quoted", "case"),
    "results": pgettext_lazy("quoted", "results"),
    "discussion": pgettext_lazy("quoted", "discussion"),
    "IQR": pgettext_lazy("quoted", "IQR"),
    "rule": pgettext_lazy("quoted", "rule"),
    "d": pgettext_lazy("quoted", "days"),
}
LONGEST_FIRST = "|".join(re.escape(each) for each in sorted(WORDS, key=len, reverse=True))
FOUND = re.compile(rf"(?<![\w-])(?:{LONGEST_FIRST})(?![\w-])")
PER_CENT_SIGN = re.compile(r"(?<=\d)\s?%")
DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")
SPAN = re.compile(r"(?<=\d)-(?=\d)")
PAIR = re.compile(r"(?<=%)/(?=\d)")
DECIMAL_MARK = re.compile(r"(?<=\d)[.,](?=\d)")
PLUS = re.compile(r"(?<=\d)\+(?=\d)")
LIST_COMMA = re.compile(r"(?<=[\d)]), (?=\d)")
IN_BRACKETS = re.compile(r"(?<=\d) \((?=[\dn])")  # a count and its share stay in one line
AT_LEAST = re.compile(r">=\s?(?=\d)")
GIVEN = re.compile(r"\(n=(?=\d)")


def quoted(text: str) -> str:
    """Return a value as it is set: `22,5 (EIQ 14,25–28)` in French for `22.5 (IQR 14.25-28)`."""
    return typeset(_numbers(FOUND.sub(lambda found: str(WORDS[found.group()]), text)))


def typeset(text: str) -> str:
    """Return a text with the space of the language before every per cent sign, which no line break divides."""
    return PER_CENT_SIGN.sub(f"{marks().before_percent}%", text)


def listed(values: list[str]) -> str:
    """Return values one after the other, apart by what is no decimal mark of the language."""
    has_decimals = any(DECIMAL_MARK.search(each) for each in values)
    return _separator(has_decimals=has_decimals).replace("; ", pgettext("between numbers", "; ")).join(values)


def _numbers(text: str) -> str:
    """Numbers in the marks of the language, spans and sums as they are set."""
    found = LIST_COMMA.sub(_separator(has_decimals="%" in text or DECIMAL_POINT.search(text) is not None), text)
    found = IN_BRACKETS.sub(f"{NO_BREAK_SPACE}(", found)
    found = PLUS.sub(" + ", SPAN.sub("–", PAIR.sub(" / ", found))).replace(": ", _(": "))
    found = GIVEN.sub(f"(n{NO_BREAK_SPACE}={NO_BREAK_SPACE}", AT_LEAST.sub(f"≥{NO_BREAK_SPACE}", found))
    return DECIMAL_POINT.sub(marks().decimal, found).replace("; ", pgettext("between numbers", "; "))


def _separator(*, has_decimals: bool) -> str:
    """What stands between numbers: where the comma is the decimal mark, a semicolon, also between whole shares."""
    is_comma = has_decimals and marks().decimal == ","
    return "; " if is_comma else ", "
