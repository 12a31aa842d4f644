"""A page with nothing but the figure, served on this machine under the product's content security policy."""

import json
import mimetypes
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlparse

from django.template import engines
from django.utils import translation

STATIC = Path(__file__).resolve().parents[3] / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'"
)
PAGE = """{% load static %}<!doctype html><html lang="{{ language }}"><head><meta charset="utf-8"><title>figure</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="{% static 'css/tokens.css' %}"><link rel="stylesheet" href="{% static 'css/base.css' %}">
<link rel="stylesheet" href="{% static 'css/components.css' %}">
{% include "components/trajectory_head.html" %}</head>
<body><main>{% include "components/trajectory.html" with trajectory=trajectory only %}</main></body></html>"""


@dataclass(frozen=True)
class Served:
    """Where the figures stand by name; `page` gives the address of the page that shows one."""

    address: str
    figures: dict[str, dict[str, Any]]
    unacknowledged: dict[str, list[str]]

    def page(self, name: str, language: str = "en") -> str:
        return f"{self.address}/page/{name}?language={language}"


@contextmanager
def served() -> Iterator[Served]:
    """Serve until the end of the block; figures are added by name at any time."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    place = Served(f"http://127.0.0.1:{server.server_address[1]}", {}, {})
    server.place = place  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlparse(self.path)
        room, _, name = url.path.lstrip("/").partition("/")
        if room == "page":
            self._page(name, parse_qs(url.query).get("language", ["en"])[0])
        elif room == "figure" and name in self._place.figures:
            self._send(json.dumps(self._place.figures[name]).encode(), "application/json")
        elif room == "static" and (STATIC / name).is_file():
            self._send((STATIC / name).read_bytes(), mimetypes.guess_type(name)[0] or "text/plain")
        else:
            self.send_error(404)

    @property
    def _place(self) -> Served:
        place: Served = self.server.place  # type: ignore[attr-defined]
        return place

    def _page(self, name: str, language: str) -> None:
        nonce = secrets.token_urlsafe(16)
        trajectory = {
            "slug": "npm1",
            "title": "NPM1 type A",
            "figure_url": f"/figure/{name}",
            "name": "P-0007",
            "table_href": "#samples",
            "unacknowledged": self._place.unacknowledged.get(name, []),
        }
        context = {"request": SimpleNamespace(csp_nonce=nonce), "language": language, "trajectory": trajectory}
        with translation.override(language):
            html = engines["django"].from_string(PAGE).render(context)
        self._send(html.encode(), "text/html; charset=utf-8", POLICY.format(nonce=nonce))

    def _send(self, body: bytes, kind: str, policy: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600" if "/static/" in self.path else "no-store")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the tests look at the page."""
