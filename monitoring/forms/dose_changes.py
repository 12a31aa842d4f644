"""The form of a hold or a reduction of venetoclax."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from monitoring.forms.cycles import MAX_DOSE_MG, MIN_DOSE_MG
from monitoring.forms.record_form import RecordForm, choice, whole, words
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models import DoseChange

KINDS = [(DoseChange.Kind.HOLD.value, _("held")), (DoseChange.Kind.REDUCTION.value, _("dose reduced"))]


class DoseChangeForm(RecordForm):
    """A hold or a reduction, its days and its reason."""

    COLUMNS: ClassVar[tuple[str, ...]] = ("kind", "starts_on", "ends_on", "dose_mg", "because")

    kind = choice(_("What"), KINDS, required=True)
    starts_on = IsoDayField(label=_("First day"))
    ends_on = IsoDayField(label=_("Last day"), required=False, help_text=_("Empty: not taken up again in this cycle."))
    dose_mg = whole(_("Reduced to"), MIN_DOSE_MG, MAX_DOSE_MG)
    because = words(_("Because of"), 200)
