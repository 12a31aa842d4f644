"""The intervals of the sampling schedule in words: what each is, and which one is in force, set by whom and why."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from monitoring.domain.sampling_intervals import ELN_2021_INTERVALS, IntervalSet, days_as_text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NAMES: Mapping[str, "_StrPromise"] = {
    "marrow_days": gettext_lazy("Marrow in follow-up, every"),
    "blood_days": gettext_lazy("Blood in follow-up, every"),
    "marrow_grace_days": gettext_lazy("Grace for marrow"),
    "blood_grace_days": gettext_lazy("Grace for blood"),
    "follow_up_days": gettext_lazy("Follow-up lasts"),
    "after_cycle_2_opens_on_day": gettext_lazy("After cycle 2: from day of the cycle"),
    "after_cycle_2_due_on_day": gettext_lazy("After cycle 2: due on day of the cycle"),
    "after_cycle_2_closes_on_day": gettext_lazy("After cycle 2: until day of the cycle"),
    "end_of_treatment_opens_before_days": gettext_lazy("End of treatment: counts from, before"),
    "end_of_treatment_closes_after_days": gettext_lazy("End of treatment: counts until, after"),
    "venetoclax_due_on_day": gettext_lazy("Venetoclax: due on day of the cycle"),
    "venetoclax_first_cycles": gettext_lazy("Venetoclax: sampled after each of the first cycles"),
    "venetoclax_every_cycles": gettext_lazy("Venetoclax: then after every so many cycles"),
    "before_hsct_opens_before_days": gettext_lazy("Before transplant: counts from, before conditioning"),
    "before_hsct_due_before_days": gettext_lazy("Before transplant: due, before conditioning"),
    "after_hsct_on_days": gettext_lazy("After transplant: on days"),
    "after_hsct_early_days": gettext_lazy("After transplant: so much earlier serves"),
    "after_hsct_every_days": gettext_lazy("After transplant: then every"),
    "after_hsct_until_days": gettext_lazy("After transplant: follow-up lasts"),
    "confirmation_target_days": gettext_lazy("Confirming sample: aim at, after the index"),
    "confirmation_limit_days": gettext_lazy("Confirming sample: at the latest, after the index"),
}
CYCLES = frozenset({"venetoclax_first_cycles", "venetoclax_every_cycles"})
DAYS_OF_A_COUNT = frozenset(
    {
        "after_cycle_2_opens_on_day",
        "after_cycle_2_due_on_day",
        "after_cycle_2_closes_on_day",
        "venetoclax_due_on_day",
        "after_hsct_on_days",
    }
)


def interval_name(name: str) -> str:
    """Return what an interval is called; a name that this release does not know stands as it is."""
    return str(NAMES.get(name, name))


def interval_days(name: str, days: str) -> str:
    """Return the days of an interval: `91 days`, `day 28`, `days 30, 60 and 100`, `2 cycles`."""
    numbers = [int(number) for number in days.split(",")]
    if len(numbers) > 1:
        shown = ", ".join(map(str, numbers[:-1])) + pgettext("between the last two numbers", " and ") + str(numbers[-1])
        return _("days %(days)s") % {"days": shown}
    if name in DAYS_OF_A_COUNT:
        return _("day %(day)s") % {"day": numbers[0]}
    if name in CYCLES:
        return ngettext("%(count)s cycle", "%(count)s cycles", numbers[0]) % {"count": numbers[0]}
    return ngettext("%(count)s day", "%(count)s days", numbers[0]) % {"count": numbers[0]}


def default_days(name: str) -> str:
    """Return the days of the default."""
    return interval_days(name, days_as_text(ELN_2021_INTERVALS, name))


def in_force_words(interval: IntervalSet) -> str:
    """Return which interval is in force, who set it and why: `Blood in follow-up, every 28 days, set by ...`."""
    names = {
        "what": interval_name(interval.name),
        "days": interval_days(interval.name, interval.days),
        "who": interval.set_by,
        "why": interval.because,
    }
    if interval.is_of_patient:
        return _("%(what)s: %(days)s, for this patient, set by %(who)s because: %(why)s") % names
    return _("%(what)s: %(days)s, for the centre, set by %(who)s because: %(why)s") % names
