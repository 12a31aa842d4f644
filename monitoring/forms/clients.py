"""Registering a machine: who answers for it, its public keys, what it may do."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from joserfc import jwk
from joserfc.errors import JoseError

from monitoring.forms.silences import hours_field
from monitoring.models import ApiClient, Centre, Laboratory
from monitoring.models.choices import ClientKindChoice as Kind

PRIVATE_PARTS = {"d", "p", "q", "dp", "dq", "qi", "k"}
KEY_TYPES = {"EC", "RSA"}
# What a kind of machine cannot do without.
NEEDED: dict[str, tuple[str, ...]] = {
    Kind.LABORATORY.value: ("laboratory", "responsible_person"),
    Kind.RECORD.value: ("issuer", "patient_system"),
}
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class KeysForm(forms.Form):
    """The public keys of a machine: the set itself, or the address where it lies."""

    use_required_attribute = False

    jwks = forms.CharField(
        label=_("Public keys (JWKS)"), required=False, max_length=20_000,
        help_text=_("The JSON that begins with {\"keys\": [. Public parts only."),
        widget=forms.Textarea(attrs={"rows": 6, **PLAIN}),
    )  # fmt: skip
    jwks_url = forms.CharField(
        label=_("Address of the keys (JWKS URL)"), required=False, max_length=500,
        help_text=_("https only; fetched when a token is asked for."), widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip

    def clean_jwks(self) -> dict[str, Any] | None:
        """Return the key set; refuses what is none, and every private part."""
        text = self.cleaned_data["jwks"].strip()
        if not text:
            return None
        try:
            told = json.loads(text)
            keys = list(told["keys"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ValidationError(_now("This is no JSON Web Key Set.")) from error
        if not keys or any(not isinstance(key, dict) or key.get("kty") not in KEY_TYPES for key in keys):
            raise ValidationError(_now("Keys are of the kind EC (P-384) or RSA."))
        if any(PRIVATE_PARTS & key.keys() for key in keys):
            raise ValidationError(_now("There is a private key in it: keep that secret, and make a new pair."))
        try:
            jwk.KeySet.import_key_set(told)
        except (ValueError, TypeError, KeyError, JoseError) as error:
            raise ValidationError(_now("This is no JSON Web Key Set.")) from error
        found: dict[str, Any] = told
        return found

    def clean_jwks_url(self) -> str:
        """Return the address; only https is taken."""
        url: str = self.cleaned_data["jwks_url"].strip()
        if url and not url.startswith("https://"):
            raise ValidationError(_now("Only https:// addresses are taken."))
        return url

    def clean(self) -> dict[str, Any]:
        """Demand one of the two."""
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("jwks")) == bool(cleaned.get("jwks_url")):
            self.add_error("jwks", ValidationError(_now("Give either the keys or their address.")))
        return cleaned


class ClientForm(KeysForm):
    """A new machine."""

    field_order = (
        "name", "kind", "centre", "laboratory", "responsible_person", "silent_after_hours", "jwks", "jwks_url",
        "issuer", "patient_system", "cors_origin",
    )  # fmt: skip

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs=PLAIN))
    kind = forms.ChoiceField(label=_("What it is"), choices=Kind.choices, widget=forms.RadioSelect)
    centre = forms.ModelChoiceField(label=_("Centre"), queryset=Centre.objects.none(), empty_label=None)
    laboratory = forms.ModelChoiceField(
        label=_("Laboratory"), queryset=Laboratory.objects.none(), required=False, empty_label=_("choose"),
        help_text=_("For a laboratory system: whose results it sends."),
    )  # fmt: skip
    responsible_person = forms.CharField(
        label=_("Responsible person"), required=False, max_length=200, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("For a laboratory system: who answers for what it sends, since nobody signs it here."),
    )  # fmt: skip
    silent_after_hours = hours_field(
        _("Tell when no result came for so many hours"),
        _("For a laboratory system. Left empty, nobody is told."),
    )
    issuer = forms.CharField(
        label=_("Issuer (iss)"), required=False, max_length=500, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("For a hospital record: who signs its CDS Hooks calls."),
    )  # fmt: skip
    patient_system = forms.CharField(
        label=_("System of the hospital number"), required=False, max_length=300, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("The system of the identifier that is the hospital number here."),
    )  # fmt: skip
    cors_origin = forms.CharField(
        label=_("Origin of browser pages"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, centres: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("centre", Centre.objects.filter(pk__in=centres).order_by("name")),
            ("laboratory", Laboratory.objects.filter(centre_id__in=centres).order_by("name")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker what was declared
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Demand what the kind of machine needs."""
        cleaned = super().clean()
        kind = cleaned.get("kind")
        for name in NEEDED.get(str(kind), ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(_now("This kind of machine needs it.")))
        origin = cleaned.get("cors_origin") or ""
        if origin and (not origin.startswith("https://") or origin.count("/") != 2):
            self.add_error("cors_origin", ValidationError(_now("An origin is https://host, without a path.")))
        return cleaned

    def client(self) -> ApiClient:
        """Return the machine as it was described."""
        told = self.cleaned_data
        is_laboratory = told["kind"] == Kind.LABORATORY
        return ApiClient(
            name=told["name"].strip(), kind=told["kind"], centre=told["centre"],
            laboratory=told["laboratory"] if is_laboratory else None,
            responsible_person=told["responsible_person"].strip() if is_laboratory else "",
            silent_after_hours=told["silent_after_hours"] if is_laboratory else None,
            jwks=told["jwks"], jwks_url=told["jwks_url"],
            issuer=told["issuer"].strip() if told["kind"] == Kind.RECORD else "",
            patient_system=told["patient_system"].strip(), cors_origin=origin_of(told["cors_origin"]),
        )  # fmt: skip


def origin_of(text: str) -> str:
    """Return an origin as a browser writes it."""
    return text.strip().lower()
