"""Lines of treatment: what is to be said of them, and from which day the rules count, in sentences."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.treatment_lines import LineRemark
from monitoring.wording.dates import day

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REMARKS: dict[LineRemark, "_StrPromise"] = {
    LineRemark.SEVERAL_FIRST_LINES: _("Another first line is on record: the rules count from the latest end of both."),
    LineRemark.RUNS_BESIDE_AN_END: _(
        "This first line has no end, but an earlier one has: the rules count from that end on, as if none ran."
    ),
    LineRemark.END_IS_AHEAD: _(
        "This end lies ahead: until then a rise of the marker is told as a rise on therapy, not as a suspected relapse."
    ),
    LineRemark.BEFORE_DIAGNOSIS: _("This lies before the diagnosis."),
    LineRemark.SHARES_DAYS: _("Another line is given on the same days: both are kept as they are."),
    LineRemark.NO_CYCLE_YET: _(
        "Its first day counts as the start of pre-emptive treatment. Venetoclax cycles are added as cycles: "
        "those of the next 90 days join this line."
    ),
}


def remarks_said(remarks: Iterable[LineRemark]) -> list[str]:
    """Return a sentence for each remark on a line of treatment."""
    return [str(REMARKS[remark]) for remark in remarks]


def counted_from_said(before: date | None, after: date | None) -> str:
    """Return from which day the rules count the end of the first line, where that changes; empty where it does not."""
    if before == after:
        return ""
    if after is None:
        return _now("No end of the first line: all results count as after it, and the page says that it is missing.")
    if before is None:
        return _now("The rules count from this end of the first line: %(day)s.") % {"day": day(after)}
    return _now("The rules count from the end of the first line on %(after)s, no longer from %(before)s.") % {
        "after": day(after),
        "before": day(before),
    }
