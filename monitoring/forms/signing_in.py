"""The form at the door."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """User name and password; a refusal never tells which of the two was wrong, nor whether the account exists."""

    username = UsernameField(
        label=_("User name"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    refusal = _("User name and password do not belong together. Mind capital letters.")
    error_messages = {"invalid_login": refusal, "inactive": refusal}
    # Told only to whoever knows the password.
    refusal_of_one_time = _("Sign in to MRD review itself first, and choose a password of your own.")
    refusal_of_expired = _("This one-time password has expired. Ask the administrator of your centre for another.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
