"""Signed statements of machines: whose they are, for whom, until when; each is taken once.

Source: RFC 7523; HL7 SMART app launch 2.x, backend services; CDS Hooks 2.0, trusting CDS clients.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

from api.plain_text import is_text
from monitoring.actions import clients
from monitoring.models import ApiClient

ALGORITHMS = ["ES384", "RS384"]  # SMART and CDS Hooks name these two; none and HMAC are never taken
CLOCK_SKEW = timedelta(seconds=60)
LONGEST_LIFE = timedelta(minutes=5)  # SMART: exp no more than five minutes in the future
LONGEST_JTI = 200
LONGEST_ASSERTION = 10_000  # characters


class AssertionRefused(Exception):
    """A statement is not signed by its machine, not for us, too old, too long-lived, or shown before."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to stand in the statement."""

    issuer: str
    audience: str
    subject: str | None = None


def unverified_issuer(assertion: str) -> str:
    """Return who says to have signed this, before any check: whose key to take; raises AssertionRefused."""
    issuer = _unverified_claims(assertion).get("iss")
    if not is_text(issuer):
        raise AssertionRefused("The assertion does not say whose it is.")
    return str(issuer)


def _unverified_claims(assertion: str) -> Mapping[str, Any]:
    if len(assertion) > LONGEST_ASSERTION:
        raise AssertionRefused("The assertion is too long.")
    try:
        claims = json.loads(jws.extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise AssertionRefused("This is no signed assertion.") from error
    if not isinstance(claims, dict):
        raise AssertionRefused("The assertion has no claims.")
    return claims


def check(assertion: str, client: ApiClient, keys: Mapping[str, Any], expected: Expected, *, now: datetime) -> None:
    """Take a statement of this machine; raises AssertionRefused, saying why."""
    claims = _verified(assertion, keys)
    _check_claims(claims, expected, now)
    expires_at = datetime.fromtimestamp(claims["exp"], tz=UTC)
    try:
        clients.take_assertion(issuer=client.client_id, jti=claims["jti"], expires_at=expires_at + CLOCK_SKEW, now=now)
    except clients.AssertionReplayed as replayed:
        raise AssertionRefused(str(replayed)) from replayed


def _verified(assertion: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    try:
        known = jwk.KeySet.import_key_set(keys)  # type: ignore[arg-type] # any mapping of the form of a key set
        token = jwt.decode(assertion, known, algorithms=ALGORITHMS)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise AssertionRefused("The signature is not that of this machine.") from error
    if token.header.get("typ", "JWT") != "JWT":
        raise AssertionRefused("The assertion is of another type.")
    return dict(token.claims)


def _check_claims(claims: Mapping[str, Any], expected: Expected, now: datetime) -> None:
    if claims.get("iss") != expected.issuer:
        raise AssertionRefused("The issuer is another.")
    if expected.subject is not None and claims.get("sub") != expected.subject:
        raise AssertionRefused("The subject is another.")
    audience = claims.get("aud")
    if expected.audience not in (audience if isinstance(audience, list) else [audience]):
        raise AssertionRefused("The assertion is for somebody else.")
    expires, jti = claims.get("exp"), claims.get("jti")
    if isinstance(expires, bool) or not isinstance(expires, int) or not 0 < expires < 10**11:
        raise AssertionRefused("The assertion does not say when it expires.")
    if expires + CLOCK_SKEW.total_seconds() < now.timestamp():
        raise AssertionRefused("The assertion has expired.")
    if expires > (now + LONGEST_LIFE + CLOCK_SKEW).timestamp():
        raise AssertionRefused("The assertion lives longer than five minutes.")
    if not is_text(jti) or not 0 < len(jti) <= LONGEST_JTI:
        raise AssertionRefused("The assertion has no jti.")
