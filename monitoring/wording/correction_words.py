"""What was corrected of a patient, a disease or who cares, in the words of the forms."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.models.choices import CareRoleChoice, ElnRiskChoice, RemissionChoice, SexChoice
from monitoring.wording import dates

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COLUMNS: Mapping[str, "_StrPromise"] = {
    "pseudonym": gettext_lazy("Pseudonym"),
    "hospital_number": gettext_lazy("Hospital number"),
    "family_name": gettext_lazy("Family name"),
    "given_name": gettext_lazy("Given name"),
    "born_on": gettext_lazy("Born"),
    "sex": gettext_lazy("Sex"),
    "aml_type": gettext_lazy("Disease"),
    "diagnosed_on": gettext_lazy("Diagnosed on"),
    "karyotype": gettext_lazy("Karyotype"),
    "eln_risk": gettext_lazy("ELN risk"),
    "eln_risk_edition": gettext_lazy("Edition of the risk"),
    "remission": gettext_lazy("Remission"),
    "role": gettext_lazy("Cares as"),
    "starts_on": gettext_lazy("From"),
    "ends_on": gettext_lazy("Until"),
}
DAYS = {"born_on", "diagnosed_on", "starts_on", "ends_on"}
CHOICES = {"sex": SexChoice, "eln_risk": ElnRiskChoice, "remission": RemissionChoice, "role": CareRoleChoice}


def column_words(column: str) -> str:
    """Return what the form calls a column."""
    return str(COLUMNS[column])


def value_words(column: str, value: object) -> str:
    """Return a value of the audit trail as the page shows it; a dash where there was none."""
    if value in ("", None):
        return "–"
    if column in DAYS:
        return dates.day(date.fromisoformat(str(value)))
    return str(CHOICES[column](value).label) if column in CHOICES else str(value)


def act_words(action: str, centre: str = "") -> str:
    """Return what was done, by its name in the audit trail."""
    if action == "carerelation.end":
        return _("Care of %(centre)s ended") % {"centre": centre}
    if action.startswith("carerelation"):
        return _("Shared with %(centre)s") % {"centre": centre}
    return _("Disease corrected") if action.startswith("disease") else _("Patient's facts corrected")
