"""A part of a cohort that is not there yet, in words: what is done with it, and what one can do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.wording import dates
from monitoring.wording.cohort_words import STEPS

LATE_AFTER = timedelta(minutes=2)  # [DESIGN] without a sign of the worker a part is told to be late, and asked of less
SOON, SELDOM = "1500ms", "10s"  # how often the page asks
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What stands in the place of a part: a line, what it means, and how often the page asks; `every` empty: never.

    `share` is None where nothing moves, so that no bar promises that something does.
    """

    title: str
    told: str
    step: str = ""
    share: int | None = None
    every: str = ""

    @property
    def goes_on(self) -> bool:
        """Whether there is something to stop; otherwise it can be asked for again."""
        return bool(self.every)


def waits(asked_at: datetime, now: datetime) -> Waiting:
    """Return the words for a part that no worker has begun yet; times in the reader's zone."""
    if now - asked_at < LATE_AFTER:
        return _computing("", 0, asked_at)
    told = _(
        "Asked for at %(at)s. The worker of this installation is busy or does not run. Nothing is lost: the figure is "
        "computed as soon as it runs. If this goes on, tell whoever runs this service."
    ) % {"at": dates.moment(asked_at)}
    minutes = (now - asked_at) // MINUTE
    title = ngettext("Not begun yet after %(n)s minute", "Not begun yet after %(n)s minutes", minutes)
    return Waiting(title % {"n": minutes}, told, every=SELDOM)


def runs(
    step: str, share: int, asked_at: datetime, seen_at: datetime, taken_over_at: datetime, now: datetime
) -> Waiting:
    """Return the words for a part that a worker has in hand; `seen_at`: its last sign of life."""
    if now - seen_at < LATE_AFTER:
        return _computing(step, share, asked_at)
    told = _(
        "The worker that has this in hand was last heard of at %(at)s. A large cohort takes some minutes; if the "
        "worker was stopped, another one takes this over after %(then)s. Nothing has to be done."
    ) % {"at": dates.clock(seen_at), "then": dates.clock(taken_over_at)}
    return Waiting(_("This takes long"), told, str(STEPS[step]), every=SELDOM)


def stopped() -> Waiting:
    """Return the words for a part that somebody stopped."""
    told = _("Somebody stopped this; what was chosen is kept. Nothing was changed in the records.")
    return Waiting(_("Stopped before it was computed."), told)


def failed(number: int) -> Waiting:
    """Return the words for a part that could not be computed; the log has the technical text under the number."""
    told = _(
        "The records are as they were, and what you chose is kept. Try again; if it fails again, tell whoever runs "
        "this service the number %(number)s, under which the cause is in the log."
    ) % {"number": number}  # fmt: skip
    return Waiting(_("This could not be computed."), told)


def _computing(step: str, share: int, asked_at: datetime) -> Waiting:
    told = _("Asked for at %(at)s. The page stays usable and the figure takes this place when it is ready.") % {
        "at": dates.moment(asked_at)
    }
    return Waiting(_("Being computed, %(share)s %%") % {"share": share}, told, str(STEPS[step]), share, SOON)
