"""The list of what is due, in words: its parts, and what was missed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.due_samples import DueSample
from monitoring.wording import dates
from monitoring.wording.schedule_words import due_tissues, due_title

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STANDINGS: Mapping[str, "_StrPromise"] = {
    "all": gettext_lazy("To call"),
    "confirm": gettext_lazy("Confirming"),
    "overdue": gettext_lazy("Overdue"),
    "due": gettext_lazy("Due"),
    "missed": gettext_lazy("Missed"),
}


def standing_name(standing: str) -> str:
    """Return what a part of the list is called."""
    return str(STANDINGS[standing])


def missed_words(missed: Sequence[DueSample]) -> str:
    """Return what was missed, the latest first: `marrow, after venetoclax cycle 2, 3 Apr 2026; 2 more`."""
    if not missed:
        return ""
    latest, more = missed[0], len(missed) - 1
    said = _("%(tissues)s, %(title)s, %(day)s") % {
        "tissues": due_tissues(latest),
        "title": _small(due_title(latest)),
        "day": dates.day(latest.due_on) if latest.due_on else "–",
    }
    if not more:
        return said
    rest = ngettext("%(count)s more", "%(count)s more", more) % {"count": more}
    return f"{said}; {rest}"


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
