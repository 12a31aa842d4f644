"""An act of the audit trail in one sentence, for somebody whose page it has overtaken."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.wording import dates

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ACTS: Mapping[str, "_StrPromise"] = {
    "result.authorise": gettext_lazy("%(actor)s authorised a result, %(moment)s."),
    "result.withdraw": gettext_lazy("%(actor)s withdrew a result, %(moment)s."),
    "result.supersede": gettext_lazy("%(actor)s replaced a result by a new version, %(moment)s."),
    "sample.correct": gettext_lazy("%(actor)s corrected a sample, %(moment)s."),
    "alert.acknowledge": gettext_lazy("%(actor)s acknowledged the alert, %(moment)s."),
    "alert.hand_over": gettext_lazy("%(actor)s handed the alert over, %(moment)s."),
    "alert.resolve": gettext_lazy("%(actor)s resolved the alert, %(moment)s."),
    "alert.escalate": gettext_lazy("Nobody had answered the alert in time, and it went on, %(moment)s."),
    "patient.name_clinicians": gettext_lazy("%(actor)s named the clinicians of the patient, %(moment)s."),
    "venetoclaxcycle.add": gettext_lazy("%(actor)s recorded a venetoclax cycle, %(moment)s."),
    "venetoclaxcycle.change": gettext_lazy("%(actor)s corrected a venetoclax cycle, %(moment)s."),
    "clinicalevent.add": gettext_lazy("%(actor)s recorded an event, %(moment)s."),
    "clinicalevent.change": gettext_lazy("%(actor)s corrected an event, %(moment)s."),
    "clinicalevent.remove": gettext_lazy("%(actor)s removed an event, %(moment)s."),
    "treatment.add": gettext_lazy("%(actor)s recorded a treatment, %(moment)s."),
    "treatment.change": gettext_lazy("%(actor)s corrected a treatment, %(moment)s."),
    "baseline.add": gettext_lazy("%(actor)s set a level at diagnosis, %(moment)s."),
    "baseline.change": gettext_lazy("%(actor)s changed a level at diagnosis, %(moment)s."),
    "baseline.remove": gettext_lazy("%(actor)s removed a level at diagnosis, %(moment)s."),
    "treatment.remove": gettext_lazy("%(actor)s removed a treatment, %(moment)s."),
    "mrdseries.add": gettext_lazy("%(actor)s began to follow a marker, %(moment)s."),
    "mrdseries.change": gettext_lazy("%(actor)s corrected a followed marker, %(moment)s."),
}


def change_said(action: str, actor: str, at: datetime) -> str:
    """Return who did what when; an act without words of its own is a change of the record."""
    values = {"actor": actor, "moment": dates.moment(at)}
    return str(ACTS.get(action) or _("%(actor)s changed the record, %(moment)s.")) % values
