"""What the audit trail is narrowed to."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from monitoring.forms.typed_fields import IsoDayField
from monitoring.queries.audit_trail import ACT, READING, REQUEST, Asked
from monitoring.wording import audit_words

PLACE = re.compile(r"(\d{1,18})-(\d{1,18})-(\d{1,18})", re.ASCII)
LONGEST_KEY = 2**62
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
KINDS = [
    ("", _("everything")),
    (ACT, _("acts")),
    (READING, _("readings")),
    (REQUEST, _("requests of hospital systems")),
]


class PlaceField(forms.CharField):
    """Where the page before stopped in each of the three tables: `812-4410-0`."""

    def to_python(self, value: Any) -> Any:
        """Read the three numbers; Raises ValidationError for anything else."""
        text = super().to_python(value)
        if not text:
            return (0, 0, 0)
        found = PLACE.fullmatch(text)
        if found is None:
            raise ValidationError(_("This is not a page of the audit trail."))
        return tuple(int(each) for each in found.groups())


class AuditSearchForm(forms.Form):
    """Patient, person, act, kind, days; where one cannot be read nothing is listed: more would be shown than asked."""

    use_required_attribute = False

    patient = forms.CharField(
        label=_("Patient, pseudonym"), required=False, max_length=100, widget=forms.TextInput(attrs=PLAIN)
    )
    person = forms.IntegerField(label=_("Person or machine"), required=False, min_value=1, max_value=LONGEST_KEY)
    action = forms.CharField(label=_("Act"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("What is listed"), required=False, choices=KINDS)
    first_day = IsoDayField(label=_("From"), required=False)
    last_day = IsoDayField(label=_("Until"), required=False)
    with_own_looks = forms.BooleanField(label=_("With my own looks at this trail"), required=False)
    record = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_KEY, widget=forms.HiddenInput)
    after = PlaceField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, people: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        self.label_suffix = ""
        self._offer("person", _("everybody"), [(str(pk), name) for pk, name in people], _("somebody else"))
        self._offer("action", _("every act"), audit_words.actions(), "")

    def _offer(self, name: str, everything: Any, known: list[tuple[str, str]], other: Any) -> None:
        """Offer what is known, and whatever a link asked for beside it."""
        wanted = str(self.data.get(name, ""))
        is_known = not wanted or any(wanted == value for value, _words in known)
        beside = [] if is_known else [(wanted, other or wanted)]
        self.fields[name].widget = forms.Select(choices=[("", everything), *known, *beside])

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for days in the wrong order."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("first_day") and told.get("last_day") and told["last_day"] < told["first_day"]:
            self.add_error("last_day", _("This day lies before the first one."))
        return told

    def asked(self, patient_ids: frozenset[int] | None) -> Asked:
        """Return the question about these patients; None is everybody. The form is valid."""
        told = self.cleaned_data
        return Asked(
            patient_ids, told["person"] or 0, told["action"], told["kind"], told["first_day"], told["last_day"],
            told["after"], told["with_own_looks"],
        )  # fmt: skip


class FailedSearchForm(forms.Form):
    """On which page of refused sign-ins; anything else is the first."""

    before = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_KEY)

    def after(self) -> int:
        """Return where the page before stopped; 0 is the newest."""
        self.is_valid()
        return self.cleaned_data.get("before") or 0
