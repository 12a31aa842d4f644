"""Forms of the lots."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.forms.typed_fields import IsoDayField
from monitoring.models import Laboratory, ReagentLot
from monitoring.models.choices import LotKindChoice


class LotDaysForm(forms.Form):
    """When a lot was opened, and until when it may be used."""

    use_required_attribute = False

    opened_on = IsoDayField(label=_("Opened"), required=False)
    expires_on = IsoDayField(label=_("Expires"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


def _words(label: Any, longest: int) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=longest, widget=forms.TextInput(attrs=attrs))


class LotForm(LotDaysForm):
    """A lot that arrives."""

    laboratory = forms.ChoiceField(label=_("Laboratory"))
    kind = forms.ChoiceField(label=_("What it is"), choices=[("", "–"), *LotKindChoice.choices])
    product = _words(_("Product"), 120)
    lot_number = _words(_("Lot number"), 60)
    field_order = ("laboratory", "kind", "product", "lot_number", "opened_on", "expires_on")

    def __init__(self, *args: Any, laboratories: list[Laboratory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["laboratory"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.pk, each.name) for each in laboratories]
        self._laboratories = {str(each.pk): each for each in laboratories}

    def lot(self) -> ReagentLot:
        """Return the lot that was described, not saved."""
        given = {name: self.cleaned_data[name] for name in self.field_order if name != "laboratory"}
        return ReagentLot(laboratory=self._laboratories[self.cleaned_data["laboratory"]], **given)
