"""When a sample is due, in words: why, in which tissue, how it stands today."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from monitoring.domain.due_samples import DueSample, DueStatus, ScheduleRule
from monitoring.wording import dates
from monitoring.wording.phrases import capitalised, tissue_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RULES: Mapping[ScheduleRule, "_StrPromise"] = {
    ScheduleRule.CONFIRM_SUSPECTED_RELAPSE: gettext_lazy("Confirming sample"),
    ScheduleRule.AFTER_CYCLE_2: gettext_lazy("After cycle 2 of first-line treatment"),
    ScheduleRule.END_OF_TREATMENT: gettext_lazy("End of first-line treatment"),
    ScheduleRule.FOLLOW_UP: gettext_lazy("Follow-up"),
    ScheduleRule.AFTER_VENETOCLAX_CYCLE: gettext_lazy("After venetoclax cycle %(number)s"),
    ScheduleRule.BEFORE_HSCT: gettext_lazy("Before transplant"),
    ScheduleRule.AFTER_HSCT: gettext_lazy("Day %(number)s after transplant"),
    ScheduleRule.INDIVIDUALISE: gettext_lazy("After 24 months: to be decided for this patient"),
    ScheduleRule.HAEMATOLOGICAL_RELAPSE: gettext_lazy("In haematological relapse: to be decided for this patient"),
}
AFTER_HSCT_FOLLOW_UP = gettext_lazy("Follow-up after transplant")


def due_title(due: DueSample) -> str:
    """Return why a sample is due: `After venetoclax cycle 2`."""
    if due.rule is ScheduleRule.AFTER_HSCT and due.number is None:
        return str(AFTER_HSCT_FOLLOW_UP)
    return str(RULES[due.rule]) % {"number": due.number}


def due_tissues(due: DueSample) -> str:
    """Return which tissues serve, the preferred one first: `Marrow or blood`."""
    names = [tissue_name(tissue) for tissue in due.tissues]
    return capitalised(pgettext("between tissues of which one serves", " or ").join(names))


def due_day(due: DueSample) -> str:
    """Return the due date; for a decision without a date a dash."""
    return dates.day(due.due_on) if due.due_on else "–"


def grace_words(due: DueSample) -> str:
    """Return what surrounds the due date: the day to aim at, or the end of the grace period."""
    if due.due_on is None:
        return _("since %(day)s") % {"day": dates.day(due.target_on)} if due.target_on else ""
    if due.target_on is not None and due.is_open:
        return _("best by %(day)s") % {"day": dates.day(due.target_on)}
    if not due.grace_days or not due.is_open:
        return ""
    return _("grace to %(day)s") % {"day": dates.day(due.due_on + timedelta(days=due.grace_days))}


def standing(due: DueSample, as_of: date) -> str:
    """Return how a due sample stands: `in 34 days`, `3 days overdue`, `taken 12 Nov 2026`."""
    if due.taken_on is not None:
        words = _("taken %(day)s, late") if due.status is DueStatus.TAKEN_LATE else _("taken %(day)s")
        return words % {"day": dates.day(due.taken_on)}
    if due.status is DueStatus.MISSED:
        return _("missed")
    if due.due_on is None:
        return _("to be decided")
    if due.status is DueStatus.IN_GRACE:
        return _("%(countdown)s, within grace") % {"countdown": dates.countdown(due.due_on, as_of)}
    return dates.countdown(due.due_on, as_of)
