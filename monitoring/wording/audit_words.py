"""The audit trail in words: acts, channels, columns and values, moments to the second."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.wording import correction_words, dates, result_history, timeline_words
from monitoring.wording.numbers import exact

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ACTIONS: Mapping[str, "_StrPromise"] = {
    "adverseevent.add": gettext_lazy("adverse event recorded"),
    "adverseevent.change": gettext_lazy("adverse event corrected"),
    "adverseevent.remove": gettext_lazy("adverse event removed"),
    "alert.acknowledge": gettext_lazy("alert acknowledged"),
    "alert.escalate": gettext_lazy("alert went on unanswered"),
    "alert.hand_over": gettext_lazy("alert handed over"),
    "alert.resolve": gettext_lazy("alert resolved"),
    "alert.see": gettext_lazy("alert seen"),
    "baseline.add": gettext_lazy("level at diagnosis set"),
    "baseline.change": gettext_lazy("level at diagnosis changed"),
    "baseline.remove": gettext_lazy("level at diagnosis removed"),
    "carerelation.add": gettext_lazy("patient shared with a centre"),
    "carerelation.change": gettext_lazy("care of a centre changed"),
    "carerelation.end": gettext_lazy("care of a centre ended"),
    "client.register": gettext_lazy("machine registered"),
    "client.revoke": gettext_lazy("machine revoked"),
    "clinicalevent.add": gettext_lazy("event recorded"),
    "clinicalevent.change": gettext_lazy("event corrected"),
    "clinicalevent.remove": gettext_lazy("event removed"),
    "disease.add": gettext_lazy("disease recorded"),
    "disease.change": gettext_lazy("disease corrected"),
    "export.audit.csv": gettext_lazy("audit trail exported"),
    "export.patients.csv": gettext_lazy("list of patients exported as csv"),
    "export.patients.xlsx": gettext_lazy("list of patients exported as a workbook"),
    "export.worklist.csv": gettext_lazy("worklist exported as csv"),
    "export.worklist.xlsx": gettext_lazy("worklist exported as a workbook"),
    "membership.add": gettext_lazy("role given"),
    "membership.end": gettext_lazy("role ended"),
    "mrdseries.add": gettext_lazy("marker followed"),
    "mrdseries.change": gettext_lazy("followed marker corrected"),
    "mutationfinding.add": gettext_lazy("mutation finding recorded"),
    "mutationfinding.change": gettext_lazy("mutation finding corrected"),
    "mutationfinding.remove": gettext_lazy("mutation finding removed"),
    "password.choose": gettext_lazy("password chosen"),
    "password.renew": gettext_lazy("one-time password set"),
    "patient.add": gettext_lazy("patient registered"),
    "patient.correct": gettext_lazy("patient's facts corrected"),
    "patient.name_clinicians": gettext_lazy("clinicians of the patient named"),
    "resource.receive": gettext_lazy("resource received over FHIR"),
    "result.authorise": gettext_lazy("result authorised"),
    "result.edit": gettext_lazy("result edited"),
    "result.enter": gettext_lazy("result entered"),
    "result.mark_constructed": gettext_lazy("values of the result marked as constructed"),
    "result.reject": gettext_lazy("result returned"),
    "result.sent": gettext_lazy("result sent by a laboratory"),
    "result.submit": gettext_lazy("result submitted"),
    "result.supersede": gettext_lazy("result replaced by a new version"),
    "result.withdraw": gettext_lazy("result withdrawn"),
    "sample.add": gettext_lazy("sample taken in"),
    "sample.correct": gettext_lazy("sample corrected"),
    "sample.give_away": gettext_lazy("sample given to another patient"),
    "sample.propose_correction": gettext_lazy("correction of a sample proposed"),
    "sample.return_correction": gettext_lazy("correction of a sample returned"),
    "sample.sign_correction": gettext_lazy("correction of a sample signed"),
    "sample.take_over": gettext_lazy("sample taken over from another patient"),
    "sample.withdraw_correction": gettext_lazy("correction of a sample withdrawn"),
    "token.issue": gettext_lazy("token of a script issued"),
    "token.revoke": gettext_lazy("token of a script revoked"),
    "treatment.add": gettext_lazy("treatment recorded"),
    "treatment.change": gettext_lazy("treatment corrected"),
    "treatment.remove": gettext_lazy("treatment removed"),
    "user.add": gettext_lazy("person added"),
    "user.correct": gettext_lazy("person corrected"),
    "user.unlock": gettext_lazy("lock-out lifted"),
    "venetoclaxcycle.add": gettext_lazy("venetoclax cycle recorded"),
    "venetoclaxcycle.change": gettext_lazy("venetoclax cycle corrected"),
    "venetoclaxcycle.remove": gettext_lazy("venetoclax cycle removed"),
}
CHANNELS: Mapping[str, "_StrPromise"] = {
    "web": gettext_lazy("pages"),
    "pdf": gettext_lazy("report as PDF"),
    "laboratory": gettext_lazy("pages of the laboratory"),
    "export": gettext_lazy("export"),
    "requests": gettext_lazy("list of requests of hospital systems"),
    "audit": gettext_lazy("audit trail"),
    "api": gettext_lazy("REST interface"),
    "fhir": gettext_lazy("FHIR interface"),
    "cds": gettext_lazy("CDS Hooks"),
}


def actions() -> list[tuple[str, str]]:
    """Return every act that has words, in their order."""
    return sorted(((action, str(words)) for action, words in ACTIONS.items()), key=lambda each: each[1].casefold())


def action_words(action: str) -> str:
    """Return what was done; the code of the act where it has no words."""
    return str(ACTIONS.get(action, action))


def what_words(kind: str, code: str) -> str:
    """Return what a row of the trail tells of; of a request its interaction by its own name."""
    if kind == "READING":
        return _("record read")
    return action_words(code) if kind == "ACT" else code


def way_words(kind: str, code: str, is_machine: bool, *, by_product: bool) -> str:
    """Return by which way: of a reading its channel; an act tells who did it, not through which interface."""
    if kind == "READING":
        return str(CHANNELS.get(code, code))
    if kind == "REQUEST":
        return str(CHANNELS["fhir"])
    if by_product:
        return _("by the product itself")
    return _("by a machine") if is_machine else _("by a person")


def second(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment to the second in a time zone: `18 Nov 2026, 16:42:07`."""
    there = at.astimezone(zone)
    return f"{dates.day(there)}, {there:%H:%M:%S}"


def column_words(name: str, column: "models.Field[Any, Any] | None") -> str:
    """Return what the pages call a column; empty where it has no words and its name has to do."""
    words = result_history.COLUMNS if column is not None and column.model._meta.model_name == "mrdresult" else {}
    known = words.get(name) or (correction_words.COLUMNS.get(name) if _is_of_patient(column) else None)
    return str(known or (timeline_words.CONSTRUCTED.get(name) if column is not None else None) or "")


def value_words(value: Any, column: "models.Field[Any, Any] | None", zone: ZoneInfo) -> str:
    """Return a value as a reader reads it; a dash where there is none."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _typed(str(value), column, zone)


def _is_of_patient(column: "models.Field[Any, Any] | None") -> bool:
    return column is not None and column.model._meta.model_name in {"patient", "disease", "carerelation"}


def _typed(text: str, column: "models.Field[Any, Any] | None", zone: ZoneInfo) -> str:
    if column is not None and column.choices:
        return str(dict(column.flatchoices).get(text, text))
    try:
        if isinstance(column, models.DateTimeField):
            return second(datetime.fromisoformat(text), zone)
        if isinstance(column, models.DateField):
            return dates.day(date.fromisoformat(text))
        return exact(Decimal(text)) if isinstance(column, models.DecimalField) else text
    except (ValueError, InvalidOperation):  # an entry of long ago may hold what the column no longer holds
        return text
