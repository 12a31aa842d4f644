"""What the list of requests of hospital systems is narrowed by."""

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.forms.typed_fields import DAY_SHAPE
from monitoring.queries.interface_requests import DONE, FAILED, REFUSED, Asked

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LONGEST_KEY = 2**62
OUTCOMES = [("", _("every outcome")), (DONE, _("answered")), (REFUSED, _("refused")), (FAILED, _("failed here"))]


class RequestSearchForm(forms.Form):
    """Machine, day, outcome; what is no proper question is left out."""

    use_required_attribute = False

    machine = forms.TypedChoiceField(label=_("Machine"), required=False, coerce=int)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"placeholder": DAY_SHAPE, **PLAIN})
    )
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=OUTCOMES)
    after = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_KEY, widget=forms.HiddenInput)

    def __init__(self, data: object, machines: list[tuple[int, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.label_suffix = ""
        field = self.fields["machine"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 # declared above
        field.choices = [("", _("every machine")), *machines]

    def asked(self) -> Asked:
        """Return the question, without what could not be read of it."""
        self.is_valid()
        told = self.cleaned_data
        return Asked(
            told.get("machine") or 0, told.get("day"), told.get("outcome", ""), told.get("after") or 0
        )  # fmt: skip
