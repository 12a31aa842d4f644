"""What every form that writes one thing into a patient's record has: a reason, and when the row was seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

YES_NO = [("", _("not recorded")), ("yes", _("yes")), ("no", _("no"))]
AS_BOOLEAN = {"yes": True, "no": False, "": None}
AS_WORD = {True: "yes", False: "no", None: ""}


def seen_field() -> forms.CharField:
    """Return the hidden field that carries the moment at which the row was recorded that is shown."""
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)


class RecordForm(forms.Form):
    """A form for one row: `COLUMNS` go into it, `BOOLEANS` among them are asked as yes or no.

    A correction asks for its reason, and carries the moment at which the row that it shows was recorded.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ()
    BOOLEANS: ClassVar[tuple[str, ...]] = ()
    use_required_attribute = False

    def __init__(self, data: Any = None, *, is_correction: bool = False, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.is_correction = is_correction
        if is_correction:
            self.fields["reason"] = words(_("Reason for the correction"), 500)
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = _("Say why it is corrected.")
            self.fields["seen"] = seen_field()

    @classmethod
    def initial_of(cls, row: models.Model) -> dict[str, Any]:
        """Return what the fields start from: the row on record."""
        told = {name: getattr(row, name) for name in cls.COLUMNS}
        told.update({name: AS_WORD[told[name]] for name in cls.BOOLEANS})
        return {**told, "seen": moment_of(row)}

    @property
    def columns(self) -> dict[str, Any]:
        """What goes into the row."""
        given = self.cleaned_data
        return {name: AS_BOOLEAN[given[name]] if name in self.BOOLEANS else given[name] for name in self.COLUMNS}

    @property
    def seen(self) -> datetime | None:
        """When the row was recorded that the person saw; None where the form does not say."""
        return seen_in(self.cleaned_data)

    @property
    def reason(self) -> str:
        """Why it is corrected."""
        return str(self.cleaned_data.get("reason") or "")


class RemovalForm(forms.Form):
    """Why a row is taken out of the record, and when the row was recorded that the person saw."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages={"required": _("Say why it is removed.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    seen = seen_field()

    def __init__(self, data: Any = None, *, row: models.Model) -> None:
        super().__init__(data, label_suffix="", initial={"seen": moment_of(row)})

    @property
    def given(self) -> dict[str, Any]:
        """What a removal asks for: the reason, and the moment of the row that was seen."""
        return {"reason": self.cleaned_data["reason"], "seen": seen_in(self.cleaned_data)}


def moment_of(row: models.Model) -> str:
    """Return when a row was recorded, as that field carries it."""
    return str(getattr(row, "recorded_at").isoformat())  # noqa: B009 - a model of several kinds


def seen_in(given: Mapping[str, Any]) -> datetime | None:
    """Return that moment from what was sent; None where the form does not say."""
    try:
        return datetime.fromisoformat(given.get("seen") or "")
    except ValueError:
        return None


def words(label: Any, longest: int, help_text: Any = "") -> forms.CharField:
    """Return a field for a few words."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def whole(label: Any, lowest: int, highest: int, *, required: bool = False) -> forms.IntegerField:
    """Return a field for a whole number."""
    return forms.IntegerField(
        label=label,
        min_value=lowest,
        max_value=highest,
        required=required,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def choice(label: Any, choices: Any, *, required: bool = False) -> forms.ChoiceField:
    """Return a field with choices; nothing is preselected where one has to be chosen."""
    offered = [("", _("choose")), *choices] if required else choices
    return forms.ChoiceField(label=label, choices=offered, required=required)
