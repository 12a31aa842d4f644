"""Where e-mail leaves, from the environment: one address, read once, loud when wrong; none is allowed and told."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from mrdweb import env

TIMEOUT_SECONDS = 10
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
PUBLIC = {"http", "https"}
HOW = "smtp+starttls://user:password@mail.example.org:587, smtps://… or smtp://… for a relay without a password"


def mail_settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return Django's settings for the server that EMAIL_URL names; empty where none is set.

    Raises SettingMissing where the address cannot be used, or would send a password unencrypted.
    """
    url = env.read("EMAIL_URL", "", environ)
    if not url:
        return {}
    parts, port = _parts(url)
    password = env.read("EMAIL_PASSWORD", unquote(parts.password or ""), environ)
    if parts.scheme == "smtp" and password:
        raise env.SettingMissing(f"EMAIL_URL would send the password unencrypted; write {HOW}.")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": password,
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": TIMEOUT_SECONDS,
        "DEFAULT_FROM_EMAIL": env.read("MRD_MAIL_FROM", None, environ),
    }


def _parts(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise env.SettingMissing(f"EMAIL_URL cannot be read: {error}. Write {HOW}.") from error
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/"):
        raise env.SettingMissing(f"EMAIL_URL names no mail server. Write {HOW}.")
    return parts, port


def public_url(environ: Mapping[str, str] = os.environ) -> str:
    """Return the address by which people reach the pages, without a slash at its end; empty where none is told."""
    url = env.read("MRD_PUBLIC_URL", "", environ)
    parts = urlsplit(url)
    if url and (parts.scheme not in PUBLIC or not parts.hostname or parts.query or parts.fragment):
        raise env.SettingMissing(f"MRD_PUBLIC_URL is {url!r}; write it like https://mrd.example.org.")
    return url.rstrip("/")
