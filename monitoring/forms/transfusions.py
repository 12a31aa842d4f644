"""The form of a transfusion."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from monitoring.forms.record_form import RecordForm, choice, whole
from monitoring.forms.typed_fields import IsoDayField

PRODUCTS = [("RED_CELLS", _("red cells")), ("PLATELETS", _("platelets"))]
MAX_UNITS = 20  # units a day, [DESIGN]: more is a slip


class TransfusionForm(RecordForm):
    """What was given on a day."""

    COLUMNS: ClassVar[tuple[str, ...]] = ("given_on", "product", "units")

    given_on = IsoDayField(label=_("Day"))
    product = choice(_("Product"), PRODUCTS, required=True)
    units = whole(_("Units"), 1, MAX_UNITS, required=True)
