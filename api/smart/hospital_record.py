"""What a hospital record says of itself, and what it gives for a code: tokens, the patient in view, its keys.

Source: HL7 SMART app launch 2.x (configuration, EHR launch, scopes); RFC 6749; RFC 7636.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.utils.dateparse import parse_date

from api.smart import asking, signing_keys
from api.smart.asking import RecordUnusable
from monitoring.actions.launches import Begun
from monitoring.models import LaunchAttempt, LaunchIssuer

SCOPE = "launch openid fhirUser patient/Patient.rs"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ADDRESS = 500  # characters, as kept with an attempt
_FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where a hospital record signs people in, gives tokens, keeps its keys, and whom its id_tokens name as issuer."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_url: str
    openid_issuer: str


@dataclass(frozen=True, slots=True)
class Given:
    """What came back for a code; the access token lives as long as this object."""

    access_token: str
    id_token: str
    patient: str
    app_context: str


@dataclass(frozen=True, slots=True)
class NamedPatient:
    """The patient in view as the hospital record names them: (system, value) pairs and the day of birth."""

    identifiers: tuple[tuple[str, str], ...]
    born_on: date | None


def discover(issuer: LaunchIssuer) -> Configuration:
    """Return where to go at a hospital record; raises RecordUnusable, also where PKCE with S256 is not offered."""
    told = asking.get(f"{issuer.issuer}/.well-known/smart-configuration")
    methods = told.get("code_challenge_methods_supported")
    if not isinstance(methods, list) or "S256" not in methods:
        raise RecordUnusable("no PKCE with S256")
    addresses = [asking.check_address(_text(told, name)) for name in (
        "authorization_endpoint", "token_endpoint", "jwks_uri", "issuer",
    )]  # fmt: skip
    if any(len(address) > LONGEST_ADDRESS for address in addresses):
        raise RecordUnusable("an address is too long")
    return Configuration(*addresses)


def authorization_address(configuration: Configuration, begun: Begun, *, launch: str, redirect_uri: str) -> str:
    """Return where the browser is sent to sign in at the hospital record."""
    attempt = begun.attempt
    asked = {
        "response_type": "code", "client_id": attempt.issuer.client_id, "redirect_uri": redirect_uri,
        "launch": launch, "scope": SCOPE, "state": begun.state, "nonce": attempt.nonce, "aud": attempt.issuer.issuer,
        "code_challenge": challenge_of(attempt.code_verifier), "code_challenge_method": "S256",
    }  # fmt: skip
    address = configuration.authorization_endpoint
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def exchange(attempt: LaunchAttempt, code: str, *, redirect_uri: str, now: datetime) -> Given:
    """Give the code, our proof and the verifier for tokens; raises RecordUnusable."""
    assertion = signing_keys.assertion(client_id=attempt.issuer.client_id, audience=attempt.token_endpoint, now=now)
    told = asking.post(
        attempt.token_endpoint,
        {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
            "code_verifier": attempt.code_verifier, "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        },
    )  # fmt: skip
    if _text(told, "token_type").lower() != "bearer":
        raise RecordUnusable("another kind of token")
    context = told.get("appContext")
    return Given(
        _header_value(_text(told, "access_token")), _text(told, "id_token"), _text(told, "patient"),
        context if isinstance(context, str) else "",
    )  # fmt: skip


def named_patient(issuer: LaunchIssuer, given: Given) -> NamedPatient:
    """Read the patient in view with the token that was given for this; raises RecordUnusable."""
    if not _FHIR_ID.match(given.patient):
        raise RecordUnusable("no id of a patient")
    told = asking.get(f"{issuer.issuer}/Patient/{given.patient}", token=given.access_token)
    if told.get("resourceType") != "Patient" or told.get("id") != given.patient:
        raise RecordUnusable("not the patient that was asked for")
    return NamedPatient(_identifiers(told.get("identifier")), _birth(told.get("birthDate")))


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise RecordUnusable(f"no {name}")
    return value


def _header_value(token: str) -> str:
    if not token.isascii() or not token.isprintable():
        raise RecordUnusable("a token that is none")
    return token


def _identifiers(told: Any) -> tuple[tuple[str, str], ...]:
    """Identifiers in use; one marked as old is not the patient's number any more."""
    if not isinstance(told, list):
        return ()
    used = [each for each in told if isinstance(each, dict) and each.get("use") != "old"]
    pairs = [(each.get("system"), each.get("value")) for each in used]
    return tuple((system, value) for system, value in pairs if isinstance(system, str) and isinstance(value, str))


def _birth(told: Any) -> date | None:
    try:
        return parse_date(told) if isinstance(told, str) else None
    except ValueError:
        return None
