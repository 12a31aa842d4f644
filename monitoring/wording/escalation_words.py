"""Where an alert goes when nobody answers it, and where it has gone."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.alert_times import last_day_in_time
from monitoring.domain.urgency import Escalation
from monitoring.wording import dates

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WHOM: Mapping[Escalation, "_StrPromise"] = {
    Escalation.SECOND_CLINICIAN: gettext_lazy("the second clinician"),
    Escalation.CENTRE_LEAD: gettext_lazy("the lead of the centre"),
}


def escalates_words(at: datetime, zone: tzinfo) -> str:
    """Return until when an answer keeps an alert here, in few words: `escalates after 23 Nov`."""
    return _("escalates after %(day)s") % {"day": dates.short_day(last_day_in_time(at, zone))}


def goes_words(whom: Escalation, at: datetime, zone: tzinfo) -> str:
    """Return until when an answer keeps an alert here, and who is next."""
    day = dates.short_day(last_day_in_time(at, zone))
    if whom is Escalation.SECOND_CLINICIAN:
        return _("Goes to the second clinician after %(day)s.") % {"day": day}
    return _("Goes to the lead of the centre after %(day)s.") % {"day": day}


def gone_words(whom: Escalation, to: str, at: datetime, zone: tzinfo) -> str:
    """Return where an alert went because nobody answered: `passed on to Dr B. Okafor, 24 Nov`."""
    day = dates.short_day(at.astimezone(zone).date())
    if to:
        return _("passed on to %(name)s, %(day)s") % {"name": to, "day": day}
    if whom is Escalation.SECOND_CLINICIAN:
        return _("no second clinician is named: for every clinician since %(day)s") % {"day": day}
    return _("no lead is named: for every clinician since %(day)s") % {"day": day}
