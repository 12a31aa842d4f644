"""The signature of a webhook, in the form of Standard Webhooks: who holds the key knows that it came from here, now."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from monitoring.models import WebhookEndpoint

PREFIX = "whsec_"
DERIVED_FOR = "mrd-monitoring webhook"  # HKDF: what the derived key is good for, and nothing else
KEY_BYTES = 32


def key_of(endpoint_id: int, key_number: int) -> bytes:
    """Derive the key of an endpoint from the product's own secret (HKDF-SHA256, RFC 5869); it is stored nowhere."""
    extracted = hmac.new(DERIVED_FOR.encode(), settings.SECRET_KEY.encode(), hashlib.sha256).digest()
    info = f"{endpoint_id}:{key_number}".encode()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()[:KEY_BYTES]


def shown_key(endpoint: WebhookEndpoint) -> str:
    """Write the present key as its receiver is to keep it."""
    return PREFIX + base64.b64encode(key_of(endpoint.pk, endpoint.key_number)).decode()


def keys_in_use(endpoint: WebhookEndpoint, *, now: datetime) -> list[bytes]:
    """Return the keys that sign at present: the newest, and the one before while its time runs."""
    numbers = [endpoint.key_number]
    if endpoint.previous_key_until is not None and now < endpoint.previous_key_until:
        numbers.append(endpoint.key_number - 1)
    return [key_of(endpoint.pk, number) for number in numbers]


def signed_headers(message_id: str, body: bytes, keys: Sequence[bytes], *, now: datetime) -> dict[str, str]:
    """Return the three headers: id, second of sending, and one signature for each key, apart by spaces."""
    second = str(int(now.timestamp()))
    content = b".".join([message_id.encode(), second.encode(), body])
    signatures = [base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": second,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
