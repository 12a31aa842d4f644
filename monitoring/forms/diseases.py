"""The form that corrects a disease."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.actions.diseases import ELN_EDITIONS
from monitoring.forms.record_form import RecordForm, choice, words
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models.choices import ElnRiskChoice, RemissionChoice

_EDITIONS = [("", pgettext_lazy("no edition chosen", "–")), *((each, f"ELN {each}") for each in ELN_EDITIONS)]


class DiseaseForm(RecordForm):
    """What the leukaemia is, since when, by which karyotype and risk, and in which remission."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "aml_type", "diagnosed_on", "karyotype", "eln_risk", "eln_risk_edition", "remission",
    )  # fmt: skip

    aml_type = words(_("Disease"), 100)
    diagnosed_on = IsoDayField(label=_("Diagnosed on"))
    karyotype = words(_("Karyotype"), 200)
    eln_risk = choice(_("ELN risk"), ElnRiskChoice.choices)
    eln_risk_edition = choice(_("Edition of the risk"), _EDITIONS)
    remission = choice(_("Remission"), RemissionChoice.choices)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, is_correction=True, **kwargs)
        self.fields["aml_type"].required = True
