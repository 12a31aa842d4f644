"""One question to a hospital record: only where the operator lets us go, never along a redirect, JSON or nothing."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from monitoring.actions import webhooks_addresses, webhooks_posting
from monitoring.actions.webhooks_sending import allowed

TIME_LIMIT = 5.0  # seconds for each of four questions while somebody waits
MOST_READ = 262_144  # bytes; a Patient with its identifiers has a few thousand


class RecordUnusable(Exception):
    """The hospital record cannot be reached, may not be reached, or gives no answer that can be used."""


def check_address(url: str) -> str:
    """Return an address that may be used: https, or http on this very machine; raises RecordUnusable."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise RecordUnusable("no web address") from error
    is_local = parts.scheme == "http" and parts.hostname in webhooks_addresses.LOCAL_NAMES
    if not url.isascii() or not url.isprintable() or " " in url or "@" in parts.netloc or parts.fragment:
        raise RecordUnusable("no web address")
    if not parts.hostname or not (parts.scheme == "https" or is_local):
        raise RecordUnusable("not https")
    return url


def get(url: str, *, token: str = "") -> Mapping[str, Any]:
    """Fetch a JSON object, with a token where one is given; raises RecordUnusable."""
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return _asked(url, "GET", None, {"Accept": "application/fhir+json, application/json", **bearer})


def post(url: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
    """Send a form and return the JSON object that came back; raises RecordUnusable."""
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    return _asked(url, "POST", urlencode(fields).encode(), headers)


def _asked(url: str, method: str, body: bytes | None, headers: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        target = webhooks_addresses.check(check_address(url), allowed())
        status, read = webhooks_posting.ask(
            target, method, body, headers, time_limit=TIME_LIMIT, most_read=MOST_READ
        )  # fmt: skip
    except (webhooks_addresses.AddressRefused, webhooks_posting.NoAnswer) as error:
        raise RecordUnusable(str(error)) from error
    if status != HTTPStatus.OK or len(read) >= MOST_READ:
        raise RecordUnusable(f"answered with {status}")
    try:
        told = json.loads(read)
    except (ValueError, RecursionError) as error:
        raise RecordUnusable("no JSON") from error
    if not isinstance(told, dict):
        raise RecordUnusable("no JSON object")
    return told
