"""Forms of a change of rules: which rule set to compare, and the decision of the second person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.models.choices import RuleSetChoice

DECISIONS = [("sign", _("Sign: the change takes effect")), ("refuse", _("Refuse: everything stays as it is"))]


class ProposalForm(forms.Form):
    """Another rule set to raise the alerts of a centre."""

    use_required_attribute = False

    ruleset = forms.ChoiceField(label=_("Rule set that would raise the alerts"))

    def __init__(self, *args: Any, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["ruleset"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [choice for choice in RuleSetChoice.choices if choice[0] != current]


class DecisionForm(forms.Form):
    """What the second person says of a comparison."""

    use_required_attribute = False

    decision = forms.ChoiceField(label=_("Decision"), choices=DECISIONS, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("What the decision rests on"),
        max_length=1000,
        error_messages={"required": _("Say what the decision rests on.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    @property
    def is_signed(self) -> bool:
        """Whether the change takes effect."""
        return bool(self.cleaned_data["decision"] == "sign")
