"""What a person wants to be told by e-mail, and when not."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.actions.notifying_preferences import Choice
from monitoring.models import NotificationPreference

URGENCIES = [
    (0, _("Nothing by e-mail")),
    (1, _("Urgency 1 only")),
    (2, _("Urgency 1 and 2")),
    (3, _("Urgency 1, 2 and 3")),
]
CLOCK = "%H:%M"


class _ClockField(forms.TimeField):
    """A time of day, in 24 hours."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format=CLOCK, attrs={"autocomplete": "off", "maxlength": 5})
        super().__init__(
            required=False, input_formats=[CLOCK], widget=widget,
            error_messages={"invalid": _("Write a time like 22:00.")}, **kwargs,
        )  # fmt: skip


class PreferenceForm(forms.Form):
    """The choices of one person."""

    email_up_to_urgency = forms.TypedChoiceField(
        label=_("By e-mail"), choices=URGENCIES, coerce=int, widget=forms.RadioSelect
    )
    only_my_patients = forms.BooleanField(
        label=_("Only patients of whom I am the named clinician"), required=False,
        help_text=_("Where a patient has no named clinician and nobody else wants to hear, you are told all the same."),
    )  # fmt: skip
    quiet_from = _ClockField(label=_("Quiet from"), help_text=_("In 24 hours: 22:00. Nothing means no quiet hours."))
    quiet_until = _ClockField(label=_("Quiet until"))
    quiet_weekends = forms.BooleanField(label=_("Quiet on Saturdays and Sundays"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    @classmethod
    def of(cls, row: NotificationPreference | None) -> "PreferenceForm":
        """Return the form with what holds at present."""
        row = row or NotificationPreference()
        return cls(initial={name: getattr(row, name) for name in cls.base_fields})

    def clean(self) -> dict[str, Any]:
        """Refuse half a night, and one that has no length."""
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if self.errors:
            return cleaned
        if (begins is None) != (ends is None):
            missing = "quiet_from" if begins is None else "quiet_until"
            self.add_error(missing, _now("Give both times, or neither."))
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", _now("Both times are the same. For no quiet hours leave them empty."))
        return cleaned

    @property
    def choice(self) -> Choice:
        """What was chosen."""
        return Choice(**{name: self.cleaned_data[name] for name in self.base_fields})
