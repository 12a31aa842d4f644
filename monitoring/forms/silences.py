"""After how long without a word from a laboratory's system somebody is told."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.models import ApiClient

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_HOURS = 24 * 366


def hours_field(label: "str | _StrPromise", help_text: "str | _StrPromise" = "") -> forms.IntegerField:
    """Return the field of the hours; left empty, nobody is told."""
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=MOST_HOURS, help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


class SilenceForm(forms.Form):
    """The hours of one machine."""

    use_required_attribute = False

    silent_after_hours = hours_field(_("Tell when no result came for so many hours"), _("Left empty, nobody is told."))

    def __init__(self, data: Any = None, *, client: ApiClient) -> None:
        super().__init__(data, initial={"silent_after_hours": client.silent_after_hours or None})
