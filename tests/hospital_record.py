"""A hospital record that launches apps, as a real server on this machine: its own keys, and its own checks of ours."""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwk, jwt

from tests.machines import MRN, new_key

CLIENT_ID = "mrd-review"
NUMBER = "123456"
PATIENT = {
    "resourceType": "Patient", "id": "1288992", "birthDate": "1967-03-14",
    "identifier": [{"system": MRN, "value": NUMBER}],
}  # fmt: skip
PAGE = (
    "<!doctype html><title>Record</title><link rel=icon href='data:,'><h1>Record</h1>"
    "<iframe id=app width=1200 height=800 src='{src}'></iframe>"
)
Answer = tuple[int, Any, dict[str, str]]


@dataclass
class HospitalRecord:
    """What it says and demands; tests change what it says, never what it demands."""

    port: int
    host: str = "127.0.0.1"
    key: Any = field(default_factory=lambda: new_key("ES384"))
    algorithm: str = "ES384"
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    patient: dict[str, Any] = field(default_factory=lambda: dict(PATIENT))
    refuses: dict[str, str] = field(default_factory=dict)
    instead: dict[str, Answer] = field(default_factory=dict)  # by path: said in the place of what would be
    keys_of_app: Callable[[], dict[str, Any]] = dict
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    app: str = ""

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def issuer(self) -> str:
        return f"{self.base}/fhir"

    def answer(self, method: str, path: str, query: dict[str, str], body: str, bearer: str) -> Answer:
        """Answer one request, as a record would that trusts nobody."""
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]
        if path == "/fhir/.well-known/smart-configuration":
            return 200, {**self._configuration(), **self.configuration}, {}
        if path == "/jwks":
            return 200, {"keys": [self.key.as_dict(private=False)]}, {}
        if path == "/authorize":
            return self._authorize(query)
        if path == "/token" and method == "POST":
            return self._token({name: values[0] for name, values in parse_qs(body).items()})
        if path == f"/fhir/Patient/{PATIENT['id']}":
            return (200, self.patient, {}) if bearer == "Bearer opaque-token" else (401, {}, {})
        if path == "/page":
            address = f"{self.app}/smart/launch?{urlencode({'iss': self.issuer, 'launch': 'xyz'})}"
            return 200, PAGE.format(src=address.replace("&", "&amp;")), {"Content-Type": "text/html"}
        return 404, {}, {}

    def _configuration(self) -> dict[str, Any]:
        return {
            "authorization_endpoint": f"{self.base}/authorize", "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/jwks", "issuer": f"{self.base}/openid",
            "code_challenge_methods_supported": ["S256"], "capabilities": ["launch-ehr", "sso-openid-connect"],
        }  # fmt: skip

    def _authorize(self, query: dict[str, str]) -> Answer:
        wanted = {
            "response_type": "code", "client_id": CLIENT_ID, "aud": self.issuer, "launch": "xyz",
            "code_challenge_method": "S256", "scope": "launch openid fhirUser patient/Patient.rs",
        }  # fmt: skip
        wrong = [name for name, value in wanted.items() if query.get(name) != value]
        wrong += [name for name in ("state", "nonce", "code_challenge") if len(query.get(name, "")) < 22]
        if wrong:
            return self._complaint(f"authorize: {wrong}")
        if self.refuses:
            return self._back(query, self.refuses)
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return self._back(query, {"code": code})

    def _back(self, query: dict[str, str], told: dict[str, str]) -> Answer:
        return 302, {}, {"Location": f"{query['redirect_uri']}?{urlencode({**told, 'state': query['state']})}"}

    def _token(self, form: dict[str, str]) -> Answer:
        query = self.codes.pop(form.get("code", ""), None)
        if query is None or form.get("redirect_uri") != query["redirect_uri"]:
            return self._complaint("token: code or redirect_uri")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != query["code_challenge"]:
            return self._complaint("token: the verifier does not fit the challenge")
        try:
            self._check_assertion(form)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the test wants to read it
            return self._complaint(f"token: assertion: {error!r}")
        told = {
            "access_token": "opaque-token", "token_type": "Bearer", "expires_in": 300, "scope": query["scope"],
            "patient": PATIENT["id"], "id_token": self._id_token(query["nonce"]),
        }  # fmt: skip
        return 200, {**told, **self.given}, {}

    def _check_assertion(self, form: dict[str, str]) -> None:
        known = jwk.KeySet.import_key_set(self.keys_of_app())  # type: ignore[arg-type] # any mapping of that form
        token = jwt.decode(form["client_assertion"], known, algorithms=["ES384", "RS384"])
        assert form["client_assertion_type"].endswith("jwt-bearer")
        assert token.header["kid"] in {key.kid for key in known.keys}
        assert token.header["typ"] == "JWT"
        claims = token.claims
        assert claims["iss"] == claims["sub"] == CLIENT_ID
        assert claims["aud"] == f"{self.base}/token"
        assert 0 < claims["exp"] - time.time() <= 300
        assert claims["jti"]

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": f"{self.base}/openid", "sub": "practitioner-7", "aud": CLIENT_ID, "exp": now + 300, "iat": now,
            "nonce": nonce, "fhirUser": f"{self.issuer}/Practitioner/7",
        }  # fmt: skip
        told = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        if self.algorithm == "none":
            parts = [{"alg": "none"}, told]
            return ".".join(_b64(json.dumps(part)) for part in parts) + "."
        header = {"alg": self.algorithm, "kid": self.key.kid, **self.header}
        key = self.key
        if self.algorithm.startswith("HS"):  # signed with what everybody can read: the public key as a secret
            key = jwk.OctKey.import_key(json.dumps(self.key.as_dict(private=False)))
        return jwt.encode(header, told, key, algorithms=[self.algorithm])

    def _complaint(self, why: str) -> Answer:
        self.complaints.append(why)
        return 400, {"error": "invalid_request", "error_description": why}, {}


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[HospitalRecord]:
    """Run one until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    record = HospitalRecord(server.server_address[1], host)
    server.record = record  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield record
    finally:
        server.shutdown()
        server.server_close()


def visit(address: str) -> tuple[int, str]:
    """Go to an address of the record as a browser does; return the status and where it sends the browser."""
    try:
        with urllib.request.build_opener(_Stay).open(address, timeout=10) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as told:
        return told.code, told.headers.get("Location", "")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        record: HospitalRecord = self.server.record  # type: ignore[attr-defined]
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        status, told, headers = record.answer(method, url.path, query, body, self.headers.get("Authorization", ""))
        content = told if isinstance(told, bytes) else (told if isinstance(told, str) else json.dumps(told)).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


def _b64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
