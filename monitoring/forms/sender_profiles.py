"""A sender of HL7 v2: who it is, how it writes, and what its codes, units and words mean, one on a line."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.forms.silences import hours_field
from monitoring.models import Laboratory, SenderProfile
from monitoring.models.choices import AckModeChoice
from monitoring.models.people import check_time_zone
from monitoring.readers.hl7_header import OF_PROFILES
from monitoring.readers.hl7_writing import WritingWrong, read_codes, read_units, read_words

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LINES = forms.Textarea(attrs={"rows": 6, **PLAIN})
TISSUES = {"BM", "PB"}


class SenderForm(forms.Form):
    """Everything of a sender that its administrator decides."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs=PLAIN))
    laboratory = forms.ModelChoiceField(
        label=_("Laboratory"), queryset=Laboratory.objects.none(), empty_label=None,
        help_text=_("Whose results it sends."),
    )  # fmt: skip
    responsible_person = forms.CharField(
        label=_("Responsible person"), max_length=200, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Who answers for what this laboratory sends, since nobody signs it here."),
    )  # fmt: skip
    sending_application = forms.CharField(
        label=_("Sending application (MSH-3)"), max_length=180, widget=forms.TextInput(attrs=PLAIN)
    )
    sending_facility = forms.CharField(
        label=_("Sending facility (MSH-4)"), max_length=180, required=False, widget=forms.TextInput(attrs=PLAIN)
    )
    identifier_authority = forms.CharField(
        label=_("Authority of the hospital number (PID-3.4)"), max_length=200, required=False,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Its name or its OID. Without one a message must bring exactly one number."),
    )  # fmt: skip
    codes = forms.CharField(
        label=_("Codes"), widget=LINES, max_length=50_000,
        help_text=_(
            "One on a line: code^system = meaning, for a level with its marker, for example "
            "NPM1RATIO^99LAB = RATIO NPM1. Meanings: RATIO, TARGET_COPIES, ABL1_COPIES, LOD, LOQ, IGNORED."
        ),
    )  # fmt: skip
    units = forms.CharField(
        label=_("Units"), widget=LINES, required=False, max_length=50_000,
        help_text=_("One on a line: unit of the sender = UCUM, for example Prozent = %."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("Words"), widget=LINES, required=False, max_length=50_000,
        help_text=_(
            "One on a line: word of the sender = meaning, for example neg. = NOT_DETECTED. Meanings: DETECTED, "
            "NOT_DETECTED, INDETERMINATE, NOT_EVALUABLE, UNKNOWN."
        ),
    )  # fmt: skip
    decimal_comma = forms.BooleanField(label=_("Writes decimal commas in texts"), required=False)
    encoding = forms.ChoiceField(
        label=_("Character set where the message names none"), choices=[(each, each) for each in OF_PROFILES]
    )
    time_zone = forms.CharField(
        label=_("Time zone of times without an offset"), max_length=50, validators=[check_time_zone],
        widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip
    ack_mode = forms.ChoiceField(label=_("Is answered"), choices=AckModeChoice.choices)
    silent_after_hours = hours_field(_("Tell when nothing came for so many hours"))
    is_active = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("Messages of a sender that is not in use are refused.")
    )

    def __init__(
        self, data: Any = None, *, laboratories: Sequence[Laboratory], profile: SenderProfile | None = None,
        told: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        new = {"is_active": True, "time_zone": "Europe/Paris", **(told or {})}
        super().__init__(data, initial=_initial(profile) if profile else new)
        self.label_suffix = ""
        if profile is not None:
            del self.fields["laboratory"], self.fields["responsible_person"]
            return
        field = self.fields["laboratory"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 # declared above
        field.queryset = Laboratory.objects.filter(pk__in=[each.pk for each in laboratories]).order_by("name")

    def clean_codes(self) -> dict[str, Any]:
        """Return the map of codes; names the line that stands for nothing."""
        told = {}
        for key, value in _pairs(self.cleaned_data["codes"]):
            meaning, *rest = value.split()
            told[key] = {"meaning": meaning} | _marker_and_tissue(rest)
        return _checked(told, read_codes)

    def clean_units(self) -> dict[str, Any]:
        """Return the map of units."""
        return _checked(dict(_pairs(self.cleaned_data["units"])), read_units)

    def clean_words(self) -> dict[str, Any]:
        """Return the map of words."""
        return _checked(dict(_pairs(self.cleaned_data["words"])), read_words)

    def changes(self) -> dict[str, Any]:
        """Return the columns of the profile."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in {"laboratory", "responsible_person"}
        }

    def profile(self) -> SenderProfile:
        """Return a new sender."""
        return SenderProfile(laboratory=self.cleaned_data["laboratory"], **self.changes())


def _marker_and_tissue(rest: Sequence[str]) -> dict[str, str]:
    named = {"tissue" if each in TISSUES else "marker": each for each in rest}
    return named if len(named) == len(rest) else {"marker": " ".join(rest)}


def _pairs(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        key, separator, value = (part.strip() for part in line.partition(" = "))
        if not separator or not key or not value:
            raise ValidationError(_now("This line has no meaning after “ = ”: %(line)s"), params={"line": line[:80]})
        if key in dict(found):
            raise ValidationError(_now("This stands here twice: %(line)s"), params={"line": key[:80]})
        found.append((key, value))
    return found


def _checked(told: dict[str, Any], read: Callable[[Mapping[str, object]], object]) -> dict[str, Any]:
    try:
        read(told)
    except WritingWrong as wrong:
        raise ValidationError(
            _now("This line stands for nothing: %(line)s"), params={"line": wrong.entry[:80]}
        ) from wrong
    return told


def _initial(profile: SenderProfile) -> dict[str, Any]:
    plain = ("name", "sending_application", "sending_facility", "identifier_authority", "decimal_comma", "encoding",
             "time_zone", "ack_mode", "silent_after_hours", "is_active")  # fmt: skip
    codes = [
        " ".join(filter(None, (key, "=", value["meaning"], value.get("marker"), value.get("tissue"))))
        for key, value in profile.codes.items()
    ]
    return {name: getattr(profile, name) for name in plain} | {
        "codes": "\n".join(codes),
        "units": "\n".join(f"{key} = {value}" for key, value in profile.units.items()),
        "words": "\n".join(f"{key} = {value}" for key, value in profile.words.items()),
    }
