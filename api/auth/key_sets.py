"""The public keys of a machine: those it was registered with, or those at its address, fetched anew when they are old.

The address is checked as that of a webhook is: never into the network of the server. What was fetched is kept no longer
than its Cache-Control says. Source: HL7 SMART app launch 2.x, registering a client.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitoring.models import ApiClient

LONGEST_KEPT = timedelta(minutes=15)
_MAX_AGE = re.compile(r"max-age=(\d{1,8})")


class KeysUnknown(Exception):
    """No key of this machine can be had."""


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: Mapping[str, Any]
    until: datetime


_kept: dict[str, _Kept] = {}
_lock = threading.Lock()


def of(client: ApiClient, *, now: datetime, fetch: Any) -> Mapping[str, Any]:
    """Return the key set of a machine; raises KeysUnknown. `fetch` gets (url) and gives (body, Cache-Control)."""
    if client.jwks:
        keys: Mapping[str, Any] = client.jwks
        return keys
    if not client.jwks_url:
        raise KeysUnknown("This machine has no key.")
    with _lock:
        kept = _kept.get(client.jwks_url)
    if kept is not None and now < kept.until:
        return kept.keys
    body, cache_control = fetch(client.jwks_url)
    found = _read(body)
    life = _life(cache_control)
    with _lock:
        _kept.pop(client.jwks_url, None)
        if life:
            _kept[client.jwks_url] = _Kept(found, now + life)
    return found


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise KeysUnknown("The address of the keys gives no JSON.") from error
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise KeysUnknown("The address of the keys gives no key set.")
    return found


def _life(cache_control: str) -> timedelta:
    told = cache_control.lower()
    if "no-store" in told or "no-cache" in told:
        return timedelta(0)
    match = _MAX_AGE.search(told)
    return min(timedelta(seconds=int(match[1])), LONGEST_KEPT) if match else timedelta(0)
