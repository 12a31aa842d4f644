"""Who is spoken of at a meeting: ticked in a list, or pasted as pseudonyms, in the order in which they come."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from monitoring.models import Patient
from monitoring.queries import meeting_list

LONGEST_LIST = 60  # patients: a morning's meeting, [DESIGN]
LONGEST_NUMBER = 18  # digits that the database counts with
SHOWN_UNKNOWN = 10


class MeetingListForm(forms.Form):
    """Patients of the person's centres; `patient` may come many times, `pseudonyms` in any separation."""

    use_required_attribute = False

    pseudonyms = forms.CharField(
        label=_("Pseudonyms"),
        required=False,
        max_length=4000,
        help_text=_("One after the other, separated by commas, spaces or lines: they come in this order."),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )
    with_name = forms.BooleanField(label=_("With name and hospital number"), required=False)

    def __init__(self, data: Any = None, *, centres: Sequence[int], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.centres = centres
        self.ticked = read_numbers(data.getlist("patient")) if data is not None else []
        self.patients: list[Patient] = []

    def clean_pseudonyms(self) -> str:
        """Find everybody who was named; refuse who is not there, twice there, or too many."""
        typed: str = self.cleaned_data["pseudonyms"]
        named = list(dict.fromkeys(part for part in re.split(r"[\s,;]+", typed) if part))
        if len(named) + len(self.ticked) > 2 * LONGEST_LIST:
            raise ValidationError(_too_many(len(named) + len(self.ticked)), code="many")
        found = meeting_list.find(centres=self.centres, numbers=self.ticked, pseudonyms=named)
        by_number = {patient.pk: patient for patient in found}
        by_pseudonym: dict[str, list[Patient]] = {}
        for patient in found:
            by_pseudonym.setdefault(patient.pseudonym, []).append(patient)
        _check_ticked(len(self.ticked) - sum(number in by_number for number in self.ticked))
        _check_named(named, by_pseudonym)
        wanted = [by_number[number] for number in self.ticked]
        wanted += [by_pseudonym[name][0] for name in named]
        self.patients = list({patient.pk: patient for patient in wanted}.values())
        _check_count(len(self.patients))
        return typed


def read_numbers(typed: Sequence[str]) -> list[int]:
    """Return the numbers of patients, each once, in their order; what is no number names nobody."""
    numbers = (int(text) for text in typed if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER)
    return list(dict.fromkeys(numbers))


def _check_ticked(missing: int) -> None:
    """Nobody is left out without a word: a meeting would not notice."""
    if missing:
        told = ngettext(
            "%(n)s of the patients ticked is not among those of your centres.",
            "%(n)s of the patients ticked are not among those of your centres.",
            missing,
        )
        raise ValidationError(told % {"n": missing}, code="unknown")


def _check_named(named: Sequence[str], by_pseudonym: dict[str, list[Patient]]) -> None:
    unknown = [name for name in named if name not in by_pseudonym]
    if unknown:
        shown = ", ".join(unknown[:SHOWN_UNKNOWN]) + ("…" if len(unknown) > SHOWN_UNKNOWN else "")
        told = _now("Not among the patients of your centres: %(names)s.")
        raise ValidationError(told % {"names": shown}, code="unknown")
    double = [name for name in named if len(by_pseudonym[name]) > 1]
    if double:
        told = _now("More than one centre has a patient %(names)s: tick the one who is meant in the list of patients.")
        raise ValidationError(told % {"names": ", ".join(double)}, code="double")


def _check_count(count: int) -> None:
    if not count:
        raise ValidationError(_now("Nobody is on the list: tick patients, or paste pseudonyms."), code="nobody")
    if count > LONGEST_LIST:
        raise ValidationError(_too_many(count), code="many")


def _too_many(count: int) -> str:
    values = {"count": count, "most": LONGEST_LIST}
    return _now("%(count)s patients are too many for one document: at most %(most)s.") % values
