"""Signed statements and forms that no honest machine sends, from a seed: none of them gets a token."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

from tests.integration.hostile_bodies import BYTES, DEEP, NO_TEXT, RAW, VALUES
from tests.machines import Machine

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NOT_SIGNED = "\ud800"  # no library writes it into what it signs; unsigned it is among the parts below
NO_JTI = [each for each in NO_TEXT if each not in (" ", NOT_SIGNED)]  # a blank is a text
NO_CLAIM = [each for each in VALUES if each != NOT_SIGNED]
RAW_PARTS = ["", ".", "..", "...", "a.b", "a.b.c.d", "=.=.=", "é.é.é", "\x00.\x00.\x00", "a" * 20_000]
FORM = {"grant_type": "client_credentials", "client_assertion_type": KIND, "scope": "system/DetectedIssue.rs"}


def forms(rng: Random, caller: Machine, audience: str, now: datetime, count: int) -> Iterator[dict[str, str]]:
    """Yield so many forms for the token endpoint, each with something wrong in it."""
    for _ in range(count):
        if rng.random() < 0.2:
            name = rng.choice(["grant_type", "client_assertion_type", "scope"])
            wrong = rng.choice([str(each) for each in VALUES if each not in ("", " ")]).encode("utf-8", "replace")
            yield {**FORM, name: wrong.decode(), "client_assertion": caller.statement(audience, now)}
        else:
            yield {**FORM, "client_assertion": statement(rng, caller, audience, now)}


def statement(rng: Random, caller: Machine, audience: str, now: datetime, **good: Any) -> str:
    """Return a statement in which a claim, the header, the signature or the whole is wrong."""
    match rng.randrange(4):
        case 0:
            claim = rng.choice(["iss", "aud", "exp", "jti"])
            wrong = rng.choice(NO_JTI if claim == "jti" else NO_CLAIM)
            return caller.statement(audience, now, **{**good, claim: wrong})
        case 1:
            return _unsigned(rng)
        case 2:
            return _bent(rng, caller.statement(audience, now, **good))
        case _:
            return rng.choice([*RAW_PARTS, *(each for each in RAW if "\ud800" not in each)])


def _unsigned(rng: Random) -> str:
    """Three parts, none of which anybody signed: nested without end, of the wrong type, no JSON."""
    whole = ["[" * DEEP, '{"a":' * DEEP, "[]", "1", "null", '{"iss":"\\u0000"}', '{"iss":"\\ud800"}', '{"iss":{}}']
    header = ['{"alg":"none"}', '{"alg":"ES384","typ":"JWT"}', '{"alg":[]}', '{"alg":"HS256","kid":7}', *whole]
    parts = [rng.choice(header).encode(), rng.choice([*(each.encode() for each in whole), *BYTES]), b"signature"]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _bent(rng: Random, whole: str) -> str:
    """One part of a good statement cut, doubled or from elsewhere; never the last letters of the signature alone."""
    parts = whole.split(".")
    which = rng.randrange(3)
    other = base64.urlsafe_b64encode(json.dumps({"alg": "ES384", "kid": "other", "iss": "x"}).encode()).decode()
    parts[which] = rng.choice([parts[which][: len(parts[which]) // 2], parts[which] * 2, other.rstrip("=")])
    return ".".join(parts)
