"""The words that stand on every report: heads of sections and columns."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HEADS: Mapping[str, "_StrPromise"] = {
    "why": _("Why"),
    "rulesets": _("By each rule set"),
    "ruleset": _("Rule set"),
    "verdict": _("Verdict"),
    "because": _("Because"),
    "raises_alerts": _("raises alerts"),
    "cycles": _("Venetoclax cycles"),
    "no_cycles": _("No cycle is on record."),
    "cycles_note": _(
        "Response after FILO 2025: from day 21 of the cycle to day 7 of the next, at most day 56; marrow and blood "
        "apart. Grades: CTCAE 5.0."
    ),
    "cycles_alone": _("Not evaluated, without more: no evaluable sample in that time."),
    "cycle": _("Cycle"),
    "day_1": _("Day 1"),
    "dose": _("mg/day"),
    "days": _("Days"),
    "with": _("Given with; what happened"),
    "response_marrow": _("Response, marrow"),
    "response_blood": _("Response, blood"),
    "samples": _("Samples"),
    "collected": _("Collected"),
    "tissue": _("Tissue"),
    "level": _("% ABL1"),
    "limit": _("Limit"),
    "copies": _("ABL1 copies"),
    "below_diagnosis": _("Log below diagnosis"),
    "remark": _("Remark"),
    "authorised": _("Authorised"),
    "no_sample": _("No sample yet."),
    "page": _("Page %(page)s of %(pages)s"),
    "patient": _("Patient"),
    "marker": _("Marker"),
    "state": _("State"),
    "on_page": _("Page"),
}
