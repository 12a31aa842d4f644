"""Events, treatments and findings in the words of the timeline, with their details and what was constructed."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# columns that a study may have had to construct, as the page names them
CONSTRUCTED: Mapping[str, "_StrPromise"] = {
    "collected_on": gettext_lazy("date"),
    "happened_on": gettext_lazy("date"),
    "diagnosed_on": gettext_lazy("date of diagnosis"),
    "found_on": gettext_lazy("date"),
    "starts_on": gettext_lazy("start"),
    "ends_on": gettext_lazy("end"),
    "born_on": gettext_lazy("date of birth"),
    "pct_abl1": gettext_lazy("value"),
    "entered_value": gettext_lazy("value"),
    "abl1_copies": gettext_lazy("ABL1 copies"),
    "target_copies": gettext_lazy("copies"),
    "lod_pct_abl1": gettext_lazy("limit"),
    "loq_pct_abl1": gettext_lazy("limit of quantification"),
    "tissue": gettext_lazy("tissue"),
    "call": gettext_lazy("call"),
    "planned_days": gettext_lazy("days planned"),
    "given_days": gettext_lazy("days given"),
    "dose_mg": gettext_lazy("dose"),
    "number": gettext_lazy("number"),
    "regimen": gettext_lazy("regimen"),
    "partner_drug": gettext_lazy("partner drug"),
    "partner_dose_mg_m2": gettext_lazy("dose of the partner drug"),
    "partner_days": gettext_lazy("days of the partner drug"),
}


def constructed_words(columns: Iterable[str]) -> str:
    """Return `constructed: date, ABL1 copies`; empty where nothing was."""
    names = dict.fromkeys(str(CONSTRUCTED.get(column, column)) for column in columns)
    return _("constructed: %(what)s") % {"what": ", ".join(names)} if names else ""
