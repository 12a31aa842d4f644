"""The banner in words: when a gene was tested last, and what is on record about a transplant."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from monitoring.wording import dates
from monitoring.wording.timeline_words import mrd_words


def tested_words(found_on: date, *, is_older: bool) -> str:
    """Return when a gene was tested: `4 Jun 2025`, and where a relapse began later that it was not tested again."""
    on = dates.day(found_on)
    return _("%(day)s, not retested since") % {"day": on} if is_older else on


def never_tested_words(genes: Iterable[str]) -> tuple[str, str]:
    """Return the label and the genes; both empty where each was tested."""
    named = ", ".join(genes)
    return (_("Never tested, by this record"), named) if named else ("", "")


def transplant_words(happened_on: date, donor: str, mrd_at_hsct: str) -> str:
    """Return `26 Jun 2026, unrelated 10/10, MRD at transplant: negative`; what is not on record is said."""
    mrd = mrd_words(mrd_at_hsct) if mrd_at_hsct else _("not recorded")
    told = [dates.day(happened_on), donor, _("MRD at transplant: %(mrd)s") % {"mrd": mrd}]
    return ", ".join(part for part in told if part)


def after_transplant_words(gvhd: Sequence[date], dli: Sequence[date]) -> list[tuple[str, str]]:
    """Return what is on record of graft-versus-host disease and donor lymphocytes: silence is not their absence."""
    if not gvhd and not dli:
        return [(_("GVHD, DLI"), _("not recorded"))]
    return [(_("GVHD"), _days(gvhd)), (_("DLI"), _days(dli))]


def _days(days: Sequence[date]) -> str:
    return ", ".join(dates.day(on) for on in days) or _("not recorded")
