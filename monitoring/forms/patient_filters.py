"""What the list of patients is narrowed to, from its address."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.terms import EpisodeStatus, RuleSetId, SampleClass
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models.choices import MarkerChoice, RuleSetChoice
from monitoring.queries.patient_list import ListFilters, OnTreatment, Order, Place
from monitoring.wording import states

# What a series can stand at, in the order in which a clinician asks for it.
STATES = [
    EpisodeStatus.CONFIRMED, EpisodeStatus.PARTLY_RESPONDED, EpisodeStatus.SUSPECTED, SampleClass.POSITIVE,
    SampleClass.LOW_LEVEL, SampleClass.DETECTED, SampleClass.NEGATIVE, states.NO_STATE,
]  # fmt: skip
TREATMENTS = [
    (OnTreatment.ANY.value, _("Any")),
    (OnTreatment.PRE_EMPTIVE_NOW.value, _("On pre-emptive venetoclax")),
    (OnTreatment.PRE_EMPTIVE_EVER.value, _("Ever had pre-emptive venetoclax")),
    (OnTreatment.PRE_EMPTIVE_NEVER.value, _("Never had pre-emptive venetoclax")),
    (OnTreatment.AFTER_HSCT.value, _("Transplanted")),
    (OnTreatment.NO_HSCT.value, _("Not transplanted")),
]
ORDERS = [
    (Order.PSEUDONYM.value, _("Pseudonym")),
    (Order.LAST_SAMPLE.value, _("Last sample, newest first")),
    (Order.DUE.value, _("Next sample due")),
]
TEXT = {"autocomplete": "off", "maxlength": "50"}


class PatientFilters(forms.Form):
    """Every field is optional; a word that is not on the list, or a day that is none, is refused at its field."""

    q = forms.CharField(label=_("Pseudonym or hospital number"), widget=forms.SearchInput(attrs=TEXT))
    marker = forms.ChoiceField(label=_("Marker"), choices=[("", _("All")), *MarkerChoice.choices])
    state = forms.ChoiceField(label=_("State"))
    ruleset = forms.ChoiceField(
        label=_("By rule set"), choices=[("", _("The one that raises alerts")), *RuleSetChoice.choices]
    )
    centre = forms.ChoiceField(label=_("Centre"))
    sampled_from = IsoDayField(label=_("Last sample from"))
    sampled_until = IsoDayField(label=_("Last sample until"))
    treatment = forms.ChoiceField(label=_("Treatment"), choices=TREATMENTS)
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS)

    def __init__(self, asked: Mapping[str, Any], *, centres: Sequence[tuple[int, str]]) -> None:
        super().__init__(asked, auto_id="%s")
        for field in self.fields.values():
            field.required = False
        self._choices("state", [("", _now("All")), *((code, str(states.word("state", code).words)) for code in STATES)])
        self._choices("centre", [("", _now("All")), *((str(pk), name) for pk, name in centres)])

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker what was declared above
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Refuse days that are the wrong way round."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("sampled_from"), cleaned.get("sampled_until")
        if first and last and first > last:
            self.add_error("sampled_until", ValidationError(_now("This day lies before the first one.")))
        return cleaned

    @property
    def filters(self) -> ListFilters:
        """What was asked for; what was refused narrows nothing, and the page says so at the field."""
        self.is_valid()
        asked = self.cleaned_data
        ruleset, centre = asked.get("ruleset"), asked.get("centre")
        return ListFilters(
            text=asked.get("q", "").strip()[:50],
            marker=asked.get("marker", ""),
            ruleset=RuleSetId(ruleset) if ruleset else None,
            state=asked.get("state", ""),
            centre_id=int(centre) if centre else None,
            sampled_from=asked.get("sampled_from"),
            sampled_until=asked.get("sampled_until"),
            treatment=OnTreatment(asked.get("treatment", "")),
            order=Order(asked.get("order") or Order.PSEUDONYM),
            after=place_of(str(self.data.get("after", ""))),
        )


def place_words(place: Place) -> str:
    """Return where a page begins, for its address."""
    return urlsafe_b64encode(f"{place.patient_id}~{place.series_id}~{place.key}".encode()).decode()


def place_of(words: str) -> Place | None:
    """Return where a page begins; an address that was tampered with begins at the first row."""
    try:
        patient, series, key = urlsafe_b64decode(words.encode()).decode().split("~", 2)
        return Place(key, int(patient), int(series))
    except (binascii.Error, ValueError):
        return None
