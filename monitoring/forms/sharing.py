"""Sharing a patient with another centre, and the end of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.actions.sharing import Seen
from monitoring.forms.record_form import choice, words
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models import CareRelation, Centre
from monitoring.models.choices import CareRoleChoice

NO_END = "-"  # in the hidden field: the relation that was seen had no end


def _reason(missing: Any) -> forms.CharField:
    field = words(_("Reason"), 500)
    field.required = True
    field.error_messages["required"] = missing
    return field


class ShareForm(forms.Form):
    """With which centre, as what, from when to when, and why."""

    use_required_attribute = False

    centre = forms.ChoiceField(label=_("Centre"))
    role = choice(_("Cares as"), CareRoleChoice.choices, required=True)
    starts_on = IsoDayField(label=_("From"))
    ends_on = IsoDayField(
        label=_("Until"), required=False, help_text=_("From this day on the centre sees nothing of the patient.")
    )
    reason = _reason(_("Say why the patient is shared."))

    def __init__(self, data: Any = None, *, centres: Sequence[Centre], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        field = self.fields["centre"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("choose")), *((str(each.pk), each.name) for each in centres)]
        self._centres = {str(each.pk): each for each in centres}

    def relation(self) -> CareRelation:
        """Return what was typed as the relation that begins."""
        given = self.cleaned_data
        return CareRelation(
            centre=self._centres[given["centre"]], role=given["role"], starts_on=given["starts_on"],
            ends_on=given["ends_on"],
        )  # fmt: skip


class EndCareForm(forms.Form):
    """From which day on, and why; without a day at once."""

    use_required_attribute = False

    ends_on = IsoDayField(
        label=_("Ends on"),
        required=False,
        help_text=_("From this day on the centre sees nothing of the patient. Empty: at once."),
    )
    reason = _reason(_("Say why it ends."))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)

    @staticmethod
    def initial_of(relation: CareRelation) -> dict[str, str]:
        """Return what the form starts from: the end on record, which is what the person saw."""
        return {"seen": relation.ends_on.isoformat() if relation.ends_on else NO_END}

    @property
    def seen_end(self) -> Seen | None:
        """What the person saw; None where the form does not say."""
        told = str(self.cleaned_data.get("seen") or "")
        if told == NO_END:
            return Seen(None)
        try:
            return Seen(date.fromisoformat(told))
        except ValueError:
            return None
