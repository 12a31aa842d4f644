"""Who a person is, as the hospital record signs it: checked to the last claim before anybody is let in.

Source: OpenID Connect Core 1.0, 3.1.3.7; HL7 SMART app launch 2.x, scopes and identity data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwk, jwt
from joserfc.errors import JoseError

ALGORITHMS = ["RS256", "RS384", "ES256", "ES384"]  # none and HMAC are never taken
CLOCK_SKEW = timedelta(seconds=60)
LONGEST_TOKEN = 20_000  # characters
LONGEST_SUBJECT = 300
LONGEST_FHIR_USER = 500
LATEST_MOMENT = 10**11  # seconds since 1970; beyond it no date can be made


class IdentityRefused(Exception):
    """An id_token is not signed by the record, not for us, not for this launch, or too old."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person of the hospital record."""

    subject: str
    fhir_user: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to stand in the token."""

    issuer: str
    client_id: str
    nonce: str


def check(token: str, keys: Mapping[str, Any], wanted: Wanted, *, now: datetime) -> Identity:
    """Return whom a token names; raises IdentityRefused, saying why."""
    if len(token) > LONGEST_TOKEN:
        raise IdentityRefused("too long")
    try:
        known = jwk.KeySet.import_key_set(keys)  # type: ignore[arg-type] # any mapping of the form of a key set
        claims = jwt.decode(token, known, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise IdentityRefused("the signature") from error
    if claims.get("iss") != wanted.issuer:
        raise IdentityRefused("the issuer")
    _check_audience(claims, wanted)
    _check_times(claims, now)
    if claims.get("nonce") != wanted.nonce:
        raise IdentityRefused("the nonce")
    return _named(claims)


def _check_audience(claims: Mapping[str, Any], wanted: Wanted) -> None:
    told = claims.get("aud")
    audiences = told if isinstance(told, list) else [told]
    if wanted.client_id not in audiences:
        raise IdentityRefused("the audience")
    if len(audiences) > 1 and claims.get("azp") != wanted.client_id:
        raise IdentityRefused("the authorized party")


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    skew = CLOCK_SKEW.total_seconds()
    if _moment(claims, "exp") + skew < now.timestamp():
        raise IdentityRefused("expired")
    if _moment(claims, "iat") - skew > now.timestamp():
        raise IdentityRefused("issued in the future")


def _moment(claims: Mapping[str, Any], name: str) -> float:
    told = claims.get(name)
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told < LATEST_MOMENT:
        raise IdentityRefused(f"no {name}")
    return told


def _named(claims: Mapping[str, Any]) -> Identity:
    subject, user = claims.get("sub"), claims.get("fhirUser")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise IdentityRefused("the subject")
    shown = user if isinstance(user, str) and user.isprintable() else ""
    return Identity(subject, shown[:LONGEST_FHIR_USER])
