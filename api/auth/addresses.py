"""Addresses as other systems know them, and the keys that lie at theirs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from api.auth import key_sets
from monitoring.actions import webhooks_addresses, webhooks_posting
from monitoring.models import ApiClient


def base(request: HttpRequest) -> str:
    """Return scheme and host by which this server is known outside."""
    public: str = getattr(settings, "PUBLIC_URL", "")
    return (public or request.build_absolute_uri("/")).rstrip("/")


def absolute(request: HttpRequest, name: str, *arguments: Any) -> str:
    """Return the whole address of one of ours."""
    return base(request) + reverse(name, args=arguments)


def keys_of(client: ApiClient, *, now: datetime) -> Mapping[str, Any]:
    """Return the public keys of a machine; raises KeysUnknown."""
    return key_sets.of(client, now=now, fetch=_fetch)


def _fetch(url: str) -> tuple[bytes, str]:
    allowed = webhooks_addresses.Allowed.of(settings.WEBHOOK_ALLOW, local=settings.DEBUG)
    try:
        target = webhooks_addresses.check(url, allowed)
        found = webhooks_posting.get(target)
    except (webhooks_addresses.AddressRefused, webhooks_posting.NoAnswer) as error:
        raise key_sets.KeysUnknown("The keys of this machine cannot be fetched.") from error
    return found.body, found.cache_control
