"""The times of a centre's alerts and the people who are called when nobody answers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from monitoring.actions.centre_settings import CentreSettings
from monitoring.domain.urgency import AcknowledgeWithin, Urgency
from monitoring.forms.naming_clinicians import PersonField
from monitoring.queries.clinicians import Clinician

LONGEST_DAYS = 60  # as the database allows
URGENCIES = (Urgency.FIRST, Urgency.SECOND, Urgency.THIRD)
KINDS = (("working", _("working days")), ("calendar", _("days")))


def _days(label: Any) -> forms.IntegerField:
    typed = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=1, max_value=LONGEST_DAYS, widget=typed)


class CentreSettingsForm(forms.Form):
    """Everything at once, with one reason; the hidden field says what held when the page was opened."""

    days_1 = _days(_("Urgency 1, within"))
    kind_1 = forms.ChoiceField(label=_("counted in"), choices=KINDS)
    days_2 = _days(_("Urgency 2, within"))
    kind_2 = forms.ChoiceField(label=_("counted in"), choices=KINDS)
    days_3 = _days(_("Urgency 3, within"))
    kind_3 = forms.ChoiceField(label=_("counted in"), choices=KINDS)
    second_clinician = PersonField(
        label=_("Second clinician"),
        help_text=_("Where the patient has no second clinician of their own. Urgency 1 and 2."),
    )
    lead = PersonField(label=_("Lead of the centre"), help_text=_("After the same time again. Urgency 1."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the settings are changed.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def __init__(self, data: Any = None, *, clinicians: Iterable[Clinician], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        offered = [(each.user_id, each.name) for each in clinicians]
        for name in ("second_clinician", "lead"):
            self.fields[name].offer(offered, _("nobody is named"))  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, settings: CentreSettings) -> dict[str, Any]:
        """Return what the fields start from."""
        initial: dict[str, Any] = {
            "second_clinician": settings.second_clinician_id,
            "lead": settings.lead_id,
            "seen": signing.dumps(_plain(settings)),
        }
        for urgency in URGENCIES:
            within = settings.times[urgency]
            initial[f"days_{urgency}"] = within.days
            initial[f"kind_{urgency}"] = "working" if within.working_days else "calendar"
        return initial

    def clean_seen(self) -> CentreSettings:
        """Read back what held when the page was opened; what was tampered with is refused."""
        try:
            return _settings(signing.loads(self.cleaned_data["seen"]))
        except signing.BadSignature as error:
            raise forms.ValidationError(_("Open the page anew.")) from error

    @property
    def wanted(self) -> CentreSettings:
        """What is to hold."""
        given = self.cleaned_data
        times = {
            urgency: AcknowledgeWithin(given[f"days_{urgency}"], given[f"kind_{urgency}"] == "working")
            for urgency in URGENCIES
        }
        return CentreSettings(times, given["second_clinician"], given["lead"])


def _plain(settings: CentreSettings) -> list[Any]:
    times = [[int(urgency), within.days, within.working_days] for urgency, within in sorted(settings.times.items())]
    return [times, settings.second_clinician_id, settings.lead_id]


def _settings(plain: list[Any]) -> CentreSettings:
    times, second, lead = plain
    return CentreSettings({Urgency(u): AcknowledgeWithin(days, working) for u, days, working in times}, second, lead)
