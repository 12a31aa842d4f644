"""Handing an alert over, and closing one that was acknowledged; nothing is preselected."""

from collections.abc import Iterable
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.actions.alert_turns import SeenAlert
from monitoring.queries.clinicians import Clinician
from monitoring.queries.patient_alerts import PatientAlert

LONGEST_COMMENT = 1000  # characters, as the database keeps them
MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%S.%f%z"


class FormOfSeenAlert(forms.Form):
    """One alert; the hidden fields say which state of it the person saw."""

    NAME = ""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    changed_at = forms.DateTimeField(widget=forms.HiddenInput, input_formats=[MOMENT_FORMAT])
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, input_formats=[MOMENT_FORMAT])

    def __init__(self, data: Any = None, *, alert_id: int, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", auto_id=f"{self.NAME}-{alert_id}-%s", **kwargs)

    @classmethod
    def of(cls, alert: PatientAlert, revision: int, seen_at: str, **kwargs: Any) -> Self:
        """Return the empty form of an alert as it stands."""
        return cls(alert_id=alert.alert_id, initial=cls.as_it_stands(alert, revision, seen_at), **kwargs)

    @classmethod
    def as_it_stands(cls, alert: PatientAlert, revision: int, seen_at: str) -> dict[str, Any]:
        """Return the hidden fields of an alert as it stands."""
        changed_at = alert.changed_at.isoformat(timespec="microseconds")
        return {"revision": revision, "changed_at": changed_at, "seen_at": seen_at}

    @property
    def seen(self) -> SeenAlert:
        """What the person had before their eyes."""
        return SeenAlert(self.cleaned_data["revision"], self.cleaned_data["changed_at"])


def comment_field(label: Any, missing: Any) -> forms.CharField:
    """Return the comment that no step goes without."""
    return forms.CharField(
        label=label,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing},
    )


class HandOverForm(FormOfSeenAlert):
    """To whom, and why; only who can take it on is offered."""

    NAME = "hand"

    to = forms.TypedChoiceField(label=_("Hand over to"), coerce=int, error_messages={"required": _("Say to whom.")})
    comment = comment_field(_("Comment"), _("Say in a comment why it is handed over, and what is still to be done."))

    def __init__(self, data: Any = None, *, alert_id: int, clinicians: Iterable[Clinician], **kwargs: Any) -> None:
        super().__init__(data, alert_id=alert_id, **kwargs)
        offered = [(each.user_id, f"{each.name}, {each.centre}") for each in clinicians]
        self.fields["to"].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]


class ResolveForm(FormOfSeenAlert):
    """What came of it."""

    NAME = "resolve"

    comment = comment_field(_("Outcome"), _("Say in a comment what came of it."))
