"""The headers that a subscriber wants to see again: often a key of its own, so that they are kept sealed."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from monitoring.actions.refusals import ActionRefused

DERIVED_FOR = "mrd-monitoring subscription headers"  # HKDF: what the derived key is good for, and nothing else
SEALED_BY = {"alg": "dir", "enc": "A256GCM"}  # RFC 7518
MOST_HEADERS = 10
LONGEST_HEADER = 2_000  # characters
_FORM = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]+)", re.ASCII)  # RFC 9110, 5.1 and 5.5
# What the sender writes itself, or what would change where one message ends.
RESERVED = {
    "host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "te", "trailer",
    "upgrade", "expect", "keep-alive", "user-agent", "accept-encoding",
}  # fmt: skip


class HeaderRefused(ActionRefused):
    """A header that is none, or that is not the subscriber's to set."""


class HeadersLost(Exception):
    """The headers were sealed with another secret: the subscriber has to tell them anew."""


def check(headers: Sequence[str]) -> None:
    """Refuse what is no header, or one that belongs to the connection."""
    if len(headers) > MOST_HEADERS:
        raise HeaderRefused(_("At most %(n)s headers are sent.") % {"n": MOST_HEADERS})
    for header in headers:
        match = _FORM.fullmatch(header) if len(header) <= LONGEST_HEADER else None
        if match is None or match[1].lower() in RESERVED:
            raise HeaderRefused(_("A header is written as “Name: value”; those of the connection itself are ours."))


def seal(headers: Sequence[str]) -> list[str]:
    """Return the headers as the table keeps them: one text that only this product opens."""
    if not headers:
        return []
    return [jwe.encrypt_compact(SEALED_BY, json.dumps(list(headers)), _key(), algorithms=["dir", "A256GCM"])]


def opened(sealed: Sequence[str]) -> list[str]:
    """Return the headers as they were told; raises HeadersLost."""
    if not sealed:
        return []
    try:
        found: list[str] = json.loads(
            jwe.decrypt_compact(sealed[0], _key(), algorithms=["dir", "A256GCM"]).plaintext or ""
        )
    except (JoseError, ValueError) as error:
        raise HeadersLost from error
    return found


def as_mapping(headers: Sequence[str]) -> Mapping[str, str]:
    """Return names and values as they are sent."""
    return {name.strip(): value.strip() for name, _colon, value in (each.partition(":") for each in headers)}


def _key() -> OctKey:
    """Derive the key from the product's own secret (HKDF-SHA256, RFC 5869); it is stored nowhere."""
    extracted = hmac.new(DERIVED_FOR.encode(), settings.SECRET_KEY.encode(), hashlib.sha256).digest()
    return OctKey.import_key(hmac.new(extracted, b"\x01", hashlib.sha256).digest())
