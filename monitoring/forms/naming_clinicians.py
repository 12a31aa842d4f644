"""Who is responsible for a patient, and who is called next."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.actions.naming_clinicians import Named
from monitoring.queries.clinicians import Clinician


class PersonField(forms.TypedChoiceField):
    """One of several people, or nobody: a number, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, **kwargs)

    def offer(self, people: Iterable[tuple[int, str]], nobody: Any) -> None:
        """Offer these people by name; nobody comes first."""
        self.choices = [("", nobody), *people]


class PatientCliniciansForm(forms.Form):
    """The two clinicians of a patient; the hidden fields say who was named when the page was opened."""

    clinician = PersonField(label=_("Responsible clinician"))
    second_clinician = PersonField(
        label=_("Second clinician"), help_text=_("Is told when an alert is not acknowledged in time.")
    )
    seen_clinician = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_second_clinician = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, clinicians: Iterable[Clinician], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        offered = [(each.user_id, f"{each.name}, {each.centre}") for each in clinicians]
        self.fields["clinician"].offer(offered, _("nobody is named"))  # type: ignore[attr-defined]
        self.fields["second_clinician"].offer(  # type: ignore[attr-defined]
            offered, _("the second clinician of the centre")
        )

    @staticmethod
    def initial_of(named: Named) -> dict[str, Any]:
        """Return what the fields start from."""
        return {
            "clinician": named.clinician_id,
            "second_clinician": named.second_clinician_id,
            "seen_clinician": named.clinician_id,
            "seen_second_clinician": named.second_clinician_id,
        }

    @property
    def named(self) -> Named:
        """Who is to be named."""
        return Named(self.cleaned_data["clinician"], self.cleaned_data["second_clinician"])

    @property
    def seen(self) -> Named:
        """Who was named when the page was opened."""
        return Named(self.cleaned_data["seen_clinician"], self.cleaned_data["seen_second_clinician"])
