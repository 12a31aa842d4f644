"""Taking an alert on: what is done, why, and the next sample. Nothing is preselected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.actions.acknowledging import ActionTaken, Decision, NextSampleTissue
from monitoring.forms.alert_turns import FormOfSeenAlert, comment_field
from monitoring.forms.typed_fields import IsoDayField


class DayUnlessNone(IsoDayField):
    """A day that is asked for, unless no further sample is planned: the action decides on both together."""

    def validate(self, value: Any) -> None:
        """Nothing here: an empty day is right where none is planned."""


class AcknowledgeForm(FormOfSeenAlert):
    """What is done about one alert."""

    NAME = "alert"

    action_taken = forms.ChoiceField(
        label=_("Action taken"),
        choices=ActionTaken.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is done about it.")},
    )
    comment = comment_field(_("Comment"), _("Say in a comment what was decided and why."))
    next_sample_on = DayUnlessNone(label=_("Next sample on"))
    next_sample_tissue = forms.ChoiceField(
        label=_("Of"),
        choices=[("", _("choose")), *NextSampleTissue.choices],
        error_messages={"required": _("Say of what the next sample is, or that none is planned.")},
    )

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
