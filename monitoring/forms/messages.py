"""What the log of messages is searched by."""

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.forms.typed_fields import DAY_SHAPE
from monitoring.models.choices import MessageStateChoice
from monitoring.queries.messages import Asked

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LONGEST_KEY = 2**62


class MessageSearchForm(forms.Form):
    """Control id, patient, sender, day, state; what is no proper question is left out of the search."""

    use_required_attribute = False

    control_id = forms.CharField(
        label=_("Control id"), required=False, max_length=199, widget=forms.TextInput(attrs=PLAIN)
    )
    number = forms.CharField(
        label=_("Hospital number or pseudonym"), required=False, max_length=100, widget=forms.TextInput(attrs=PLAIN)
    )
    sender = forms.TypedChoiceField(label=_("Sender"), required=False, coerce=int)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"placeholder": DAY_SHAPE, **PLAIN})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("every state")), *MessageStateChoice.choices]
    )
    after = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_KEY, widget=forms.HiddenInput)

    def __init__(self, data: object, senders: list[tuple[int, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.label_suffix = ""
        field = self.fields["sender"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 # declared above
        field.choices = [("", _("every sender")), *senders]

    def asked(self) -> Asked:
        """Return the question, without what could not be read of it."""
        self.is_valid()
        told = self.cleaned_data
        return Asked(
            told.get("control_id", "").strip(), told.get("number", "").strip(), told.get("sender") or 0,
            told.get("day"), told.get("state", ""), told.get("after") or 0,
        )  # fmt: skip
