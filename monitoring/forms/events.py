"""The form of an event: the day, and the details that belong to its kind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.forms.record_form import seen_field, seen_in
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models import ClinicalEvent
from monitoring.models.choices import EventKindChoice
from monitoring.wording.timeline_words import MRD_AT_HSCT

# which details each kind has, beside its day
DETAILS: Mapping[str, tuple[str, ...]] = {
    EventKindChoice.REMISSION: ("detail",),
    EventKindChoice.HSCT: ("donor", "conditioning", "conditioning_starts_on", "mrd_at_hsct", "detail"),
    EventKindChoice.DLI: ("detail",),
    EventKindChoice.GVHD: ("detail",),
    EventKindChoice.HAEMATOLOGICAL_RELAPSE: ("detail",),
    EventKindChoice.DEATH: ("cause", "detail"),
    EventKindChoice.LAST_CONTACT: ("detail",),
    EventKindChoice.LAST_DISEASE_ASSESSMENT: ("detail",),
    EventKindChoice.NOT_TRANSPLANTED: ("detail",),
}
DETAIL_LABELS: Mapping[str, Any] = {
    EventKindChoice.DLI: _("Dose and number"),
    EventKindChoice.GVHD: _("Acute or chronic, grade, organs"),
    EventKindChoice.NOT_TRANSPLANTED: _("Reason"),
}
DETAIL_REQUIRED = frozenset({EventKindChoice.NOT_TRANSPLANTED})
# what an event does to the verdicts, told before it is written
CONSEQUENCES: Mapping[str, Any] = {
    EventKindChoice.HSCT: _("A transplant begins a new course: an open suspicion is closed, the curve is not joined."),
    EventKindChoice.HAEMATOLOGICAL_RELAPSE: _(
        "A haematological relapse begins a new course: an open suspicion is closed, earlier negatives no longer count."
    ),
    EventKindChoice.DEATH: _("A death ends the series: later samples take no part, nothing more is due."),
}


def _words(label: Any, longest: int) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class EventForm(forms.Form):
    """One event of one kind; the kind is chosen before, since it decides what else is asked."""

    happened_on = IsoDayField(label=_("Day"))
    donor = _words(_("Donor"), 100)
    conditioning = _words(_("Conditioning"), 100)
    conditioning_starts_on = IsoDayField(label=_("Conditioning begins on"), required=False)
    mrd_at_hsct = forms.ChoiceField(
        label=_("MRD at transplant"), choices=[("", _("not recorded")), *MRD_AT_HSCT.items()], required=False
    )
    cause = _words(_("Cause"), 200)
    detail = _words(_("Remark"), 500)
    reason = _words(_("Reason for the correction"), 500)
    seen = seen_field()

    def __init__(self, data: Any = None, *, kind: str, is_correction: bool = False, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.kind = EventKindChoice(kind)
        wanted = {"happened_on", *DETAILS[kind]} | ({"reason", "seen"} if is_correction else set())
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        self.fields["detail"].label = DETAIL_LABELS.get(kind, self.fields["detail"].label)
        self.fields["detail"].required = kind in DETAIL_REQUIRED
        if is_correction:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = _("Say why the event is corrected.")

    @classmethod
    def initial_of(cls, event: ClinicalEvent) -> dict[str, Any]:
        """Return what the fields start from: the event on record."""
        told = {name: getattr(event, name) for name in ("happened_on", *DETAILS[event.kind])}
        return {**told, "seen": event.recorded_at.isoformat()}

    @property
    def consequence(self) -> str:
        """What the event does to the verdicts; empty where it does nothing."""
        return str(CONSEQUENCES.get(self.kind, ""))

    @property
    def columns(self) -> dict[str, Any]:
        """What goes into the row."""
        return {name: self.cleaned_data[name] for name in ("happened_on", *DETAILS[self.kind])}

    @property
    def seen_at(self) -> datetime | None:
        """When the event was recorded that the person saw; None where the form does not say."""
        return seen_in(self.cleaned_data)
