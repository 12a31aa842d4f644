"""Choosing one's own password: the one before, and the new one twice."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.models import User


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=4096, widget=widget, **more)


class OwnPasswordForm(forms.Form):
    """Nothing typed here is ever shown again."""

    use_required_attribute = False

    old = _password(_("Password that you have now"), "current-password")
    new = _password(
        _("New password"), "new-password",
        help_text=_("At least 12 characters. A few words that nobody would put together are easy to remember."),
    )  # fmt: skip
    again = _password(_("New password once more"), "new-password")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if person.must_change_password:
            self.fields["old"].label = _("One-time password")

    def clean_new(self) -> str:
        """Return the new password; refuses what is too short, too common or too like the name."""
        password: str = self.cleaned_data["new"]
        validate_password(password, self.person)
        return password

    def clean_again(self) -> str:
        """Demand the same twice."""
        again: str = self.cleaned_data["again"]
        if self.cleaned_data.get("new") not in {None, again}:
            raise ValidationError(_now("The two are not the same."))
        return again
