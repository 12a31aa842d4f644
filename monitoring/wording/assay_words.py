"""The settings of an assay in words: what each is called, and what its value says."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.models.choices import QuantificationModeChoice, UndeterminedWellsChoice
from monitoring.wording.numbers import MINUS, copies, exact

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SETTINGS: Mapping[str, "_StrPromise"] = {
    "mutation_type": gettext_lazy("Mutation type"),
    "control_gene": gettext_lazy("Control gene"),
    "target_names": gettext_lazy("Names in instrument files"),
    "mode": gettext_lazy("Quantification"),
    "standards": gettext_lazy("Standards, copies"),
    "cq_cutoff": gettext_lazy("Cut-off, Cq"),
    "undetermined": gettext_lazy("A well without amplification"),
    "limit_copies": gettext_lazy("Sensitivity, k"),
    "loq_copies": gettext_lazy("Limit of quantification, mean copies a well"),
    "reports_below_loq": gettext_lazy("Below the limit of quantification"),
    "limit_of_blank_copies": gettext_lazy("Limit of blank, mean copies a well"),
    "slope_steepest": gettext_lazy("Steepest slope accepted"),
    "slope_shallowest": gettext_lazy("Shallowest slope accepted"),
    "r2_warns_below": gettext_lazy("R² warns below"),
    "r2_fails_below": gettext_lazy("R² fails below"),
    "delta_cq_slope": gettext_lazy("Slope for the difference of Cq"),
}


def setting_label(name: str) -> str:
    """Return what a setting is called."""
    return str(SETTINGS[name])


def setting_said(name: str, value: Any) -> str:
    """Return what the value of a setting says."""
    if isinstance(value, bool):
        return _("reported with its value") if value else _("reported as detected, without a value")
    if isinstance(value, list):
        return _list_said(name, value)
    if name == "mode":
        return str(QuantificationModeChoice(value).label)
    if name == "undetermined":
        return str(UndeterminedWellsChoice(value).label)
    if name == "mutation_type":
        return value or _("all types")
    if isinstance(value, Decimal):
        return signed(value)
    return _("not established") if value is None else str(value)


def signed(value: Decimal) -> str:
    """Return every digit of a number that may be negative, with a true minus."""
    return f"{MINUS}{exact(-value)}" if value < 0 else exact(value)


def _list_said(name: str, values: list[Any]) -> str:
    if not values:
        return _("none")
    return " · ".join(copies(Decimal(str(each))) if name == "standards" else str(each) for each in values)
