"""Taking an alert on: what is done, why, and the next sample. Nothing is preselected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.actions.acknowledging import ActionTaken, Decision, NextSampleTissue, SeenAlert
from monitoring.forms.typed_fields import IsoDayField
from monitoring.queries.patient_alerts import PatientAlert

LONGEST_COMMENT = 1000  # characters, as the database keeps them


class DayUnlessNone(IsoDayField):
    """A day that is asked for, unless no further sample is planned: the action decides on both together."""

    def validate(self, value: Any) -> None:
        """Nothing here: an empty day is right where none is planned."""


class AcknowledgeForm(forms.Form):
    """One alert; the hidden fields say which state of it the person saw."""

    action_taken = forms.ChoiceField(
        label=_("Action taken"),
        choices=ActionTaken.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is done about it.")},
    )
    comment = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say in a comment what was decided and why.")},
    )
    next_sample_on = DayUnlessNone(label=_("Next sample on"))
    next_sample_tissue = forms.ChoiceField(
        label=_("Of"),
        choices=[("", _("choose")), *NextSampleTissue.choices],
        error_messages={"required": _("Say of what the next sample is, or that none is planned.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    changed_at = forms.DateTimeField(widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def __init__(self, data: Any = None, *, alert_id: int, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", auto_id=f"alert-{alert_id}-%s", **kwargs)

    @classmethod
    def of(cls, alert: PatientAlert, revision: int, seen_at: str) -> "AcknowledgeForm":
        """Return the empty form of an alert as it stands."""
        changed_at = alert.changed_at.isoformat(timespec="microseconds")
        return cls(
            alert_id=alert.alert_id, initial={"revision": revision, "changed_at": changed_at, "seen_at": seen_at}
        )

    @property
    def seen(self) -> SeenAlert:
        """What the person had before their eyes."""
        return SeenAlert(self.cleaned_data["revision"], self.cleaned_data["changed_at"])

    @property
    def decision(self) -> Decision:
        """What the person decided."""
        given = self.cleaned_data
        return Decision(
            action_taken=ActionTaken(given["action_taken"]),
            comment=given["comment"],
            next_sample_on=given["next_sample_on"],
            next_sample_tissue=NextSampleTissue(given["next_sample_tissue"]),
        )
