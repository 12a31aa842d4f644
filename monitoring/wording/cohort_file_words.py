"""A file of a large analysis set in words: which one it is, what is done with it, and what one can do."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.cohorts.endpoints import Origin
from monitoring.wording import dates
from monitoring.wording.cohort_endpoint_words import AFTER
from monitoring.wording.cohort_waiting_words import LATE_AFTER, SELDOM, SOON, Waiting
from monitoring.wording.cohort_words import STEPS

NAMES = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet"}


def title(kind: str, origin: Origin, *, without_dates: bool) -> str:
    """Return which file it is: `CSV to share, after molecular relapse`."""
    said = {"kind": NAMES[kind], "origin": AFTER[origin]}
    return _("%(kind)s to share, %(origin)s") % said if without_dates else _("%(kind)s, %(origin)s") % said


def rows(number: int, revision: int) -> str:
    """Return what is in a file that is ready: `50000 rows of revision 41`."""
    said = ngettext("%(n)s row of revision %(revision)s", "%(n)s rows of revision %(revision)s", number)
    return said % {"n": number, "revision": revision}


def in_hand(step: str, share: int, asked_at: datetime, seen_at: datetime | None, now: datetime) -> Waiting:
    """Return the words for a file that waits, or is made; `seen_at`: the last sign of the worker that has it."""
    if now - (seen_at or asked_at) >= LATE_AFTER:
        told = _(
            "Asked for at %(at)s. The worker of this installation is busy or does not run. Nothing is lost: the file "
            "is made as soon as it runs. If this goes on, tell whoever runs this service."
        ) % {"at": dates.moment(asked_at)}
        return Waiting(_("This takes long"), told, str(STEPS[step]), every=SELDOM)
    told = _("Asked for at %(at)s. The page stays usable; the file can be taken here when it is ready.") % {
        "at": dates.moment(asked_at)
    }
    return Waiting(_("Being prepared, %(share)s %%") % {"share": share}, told, str(STEPS[step]), share, SOON)


def stopped() -> Waiting:
    """Return the words for a file that somebody stopped."""
    return Waiting(_("Stopped before it was ready."), _("Somebody stopped this. No patient was taken out."))


def failed(number: int) -> Waiting:
    """Return the words for a file that could not be made; the log has the technical text under the number."""
    told = _(
        "The records are as they were. Try again; if it fails again, tell whoever runs this service the number "
        "%(number)s, under which the cause is in the log."
    ) % {"number": number}  # fmt: skip
    return Waiting(_("This file could not be made."), told)
