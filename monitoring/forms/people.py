"""Writing down who works at a centre: a new person, a role, who somebody is, why something ends."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.validators import ASCIIUsernameValidator, UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from monitoring.actions.people import Facts
from monitoring.models import Centre
from monitoring.models.choices import RoleChoice

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LONGEST_USERNAME, LONGEST_NAME = 150, 200  # characters, as the columns hold


def _username(help_text: Any, validator: RegexValidator) -> UsernameField:
    return UsernameField(
        label=_("User name"), max_length=LONGEST_USERNAME, validators=[validator],
        help_text=help_text, widget=forms.TextInput(attrs={"autocapitalize": "none", **PLAIN}),
    )  # fmt: skip


class FactsForm(forms.Form):
    """Name and e-mail address of a person; `seen_` is how they stood on the page."""

    use_required_attribute = False

    full_name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs=PLAIN))
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("Messages about alerts go there. They name no patient."),
        widget=forms.EmailInput(attrs=PLAIN),
    )  # fmt: skip
    seen_full_name = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    seen_email = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    @classmethod
    def of(cls, facts: Facts) -> "FactsForm":
        """Return the form as the person stands."""
        seen = {"seen_full_name": facts.full_name, "seen_email": facts.email}
        return cls(initial={"full_name": facts.full_name, "email": facts.email, **seen})

    @property
    def facts(self) -> Facts:
        """Return who the person is to be."""
        return Facts(self.cleaned_data["full_name"], self.cleaned_data["email"])

    @property
    def seen(self) -> Facts:
        """Return who the person was on the page."""
        return Facts(self.cleaned_data["seen_full_name"], self.cleaned_data["seen_email"])


class RoleForm(forms.Form):
    """A role at one of the administrator's centres, for somebody who has an account."""

    use_required_attribute = False

    username = _username(_("Exactly as the person signs in; ask them for it."), UnicodeUsernameValidator())
    centre = forms.ModelChoiceField(label=_("Centre"), queryset=Centre.objects.none(), empty_label=None)
    role = forms.ChoiceField(label=_("Role"), choices=RoleChoice.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, centres: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["centre"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker what was declared
        field.queryset = Centre.objects.filter(pk__in=centres).order_by("name")


class PersonForm(RoleForm):
    """A new person with a first role."""

    field_order = ("username", "full_name", "email", "centre", "role")

    # No accents: a letter of another alphabet would look like somebody else's name.
    username = _username(
        _("What the person signs in with: letters without accents, digits and . - _ @ +. It stays."),
        ASCIIUsernameValidator(),
    )  # fmt: skip
    full_name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("As it stands beside what the person signs."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("Messages about alerts go there. They name no patient."),
        widget=forms.EmailInput(attrs=PLAIN),
    )  # fmt: skip

    @property
    def facts(self) -> Facts:
        """Return who the person is."""
        return Facts(self.cleaned_data["full_name"], self.cleaned_data["email"])


class WhyForm(forms.Form):
    """Why a role ends, a password is set anew or a token is revoked, in the administrator's own words."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Reason"), max_length=500, error_messages={"required": _("Say why. The reason is kept.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
