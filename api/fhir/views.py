"""One address for everything under /fhir: who asks, in which form, and an OperationOutcome for every no."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from api.auth.addresses import base
from api.auth.tokens import MachineTokenAuthentication, ScopedTokenAuthentication, bearer
from api.fhir import accesses, capability, definitions, documents, interactions, kinds
from api.fhir.answers import Answer
from api.fhir.bundles import perform_bundle
from api.fhir.callers import Caller
from api.fhir.interactions import Interaction
from api.fhir.refusals import FhirRefused, bad_request, outcome
from api.fhir.translated import translated
from monitoring.models import AccessToken

JSON = {"application/json", "application/fhir+json"}
FORM = "application/x-www-form-urlencoded"
ANY = {"*/*", "application/*", "text/json", *JSON}
FORMATS = {"json", "text/json", "application/fhir json", *JSON}
HEADERS = ("If-None-Match", "If-Match", "If-None-Exist", "Prefer")
log = logging.getLogger(__name__)


class OftenEnough(UserRateThrottle):
    """How often one caller may ask one web process."""

    scope = "fhir"
    rate = "6000/min"

    def get_rate(self) -> str:
        """Return the rate, which is ours and not that of the settings."""
        return self.rate


class FhirView(APIView):
    """What every address under /fhir has in common: the form of requests and of refusals."""

    schema = None  # the description of REST is not that of FHIR, which describes itself

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Leave the choice of the form to `check_form`: only JSON is written here."""
        return self.get_renderers()[0], self.get_renderers()[0].media_type

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse other forms than JSON (406) before anything else is looked at."""
        check_form(request)
        super().initial(request, *args, **kwargs)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse: what this server does stands in its CapabilityStatement."""
        raise exceptions.MethodNotAllowed("OPTIONS")

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override] # not DRF's own answer
        """Answer every error with an OperationOutcome."""
        refused = _refused(exc)
        if refused.status is HTTPStatus.INTERNAL_SERVER_ERROR:
            log.exception("A request for FHIR failed.", exc_info=exc)
        accesses.tell_refused(_plain(self.request), [refused])
        return written(Answer(refused.status, outcome(refused.issues), refused.headers))


class Open(FhirView):
    """What anybody may read: what this server does, and its codes."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request, what: str) -> HttpResponse:
        """Return the CapabilityStatement, or something that this server defines."""
        address = base(_plain(request))
        if what == "metadata":
            parameters = {
                name: {each: kind_of for each, (kind_of, _filter) in kind.parameters.items()}
                for name, kind in kinds.KINDS.items()
            }
            included = {name: dict.fromkeys(kind.included, "") for name, kind in kinds.KINDS.items()}
            told = capability.statement(address, parameters, sorted(kinds.WRITTEN), sorted(kinds.VERSIONED), included)
        else:
            told = dict(definitions.definitions(address)[what])
        return written(Answer(HTTPStatus.OK, told))


class Resources(FhirView):
    """Everything else: for machines within their scopes and for people within their roles."""

    authentication_classes = (MachineTokenAuthentication, ScopedTokenAuthentication)
    throttle_classes = (OftenEnough,)

    def get(self, request: Request, path: str = "") -> HttpResponse:
        """Read, or search."""
        return self._perform(request, path)

    def post(self, request: Request, path: str = "") -> HttpResponse:
        """Create, search by a form, or do a bundle."""
        return self._perform(request, path)

    def put(self, request: Request, path: str = "") -> HttpResponse:
        """Update."""
        return self._perform(request, path)

    def delete(self, request: Request, path: str = "") -> HttpResponse:
        """Delete a subscription: nothing else is ever deleted from outside."""
        return self._perform(request, path)

    def _perform(self, request: Request, path: str) -> HttpResponse:
        plain = _plain(request)
        caller = _caller(request, plain)
        segments = [each for each in path.split("/") if each]
        pairs = interactions.pairs_of(plain.META.get("QUERY_STRING", ""))
        if not segments:
            if request.method != "POST":
                raise FhirRefused(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", "A bundle is posted here.")
            return _answered(plain, perform_bundle(caller, _body(plain)))
        text = b""
        if segments[-1] == "_search":
            pairs = [*pairs, *_form(plain)]
        elif request.method in {"POST", "PUT"}:
            text = _body(plain)
        asked = Interaction(str(request.method), segments, pairs, text, _headers(plain))
        return _answered(plain, translated(lambda: interactions.perform(caller, asked)))


def check_form(request: Request) -> None:
    """Refuse answers in another form than JSON (406)."""
    wanted = request.META.get("HTTP_ACCEPT", "")
    kinds_of = {each.partition(";")[0].strip().lower() for each in wanted.split(",")}
    asked = request.META.get("QUERY_STRING", "")
    form = next((v for n, v in _lenient(asked) if n == "_format"), "json")
    if (wanted and not kinds_of & ANY) or form not in FORMATS:
        raise FhirRefused(HTTPStatus.NOT_ACCEPTABLE, "not-supported", "Only JSON is spoken here.")


def written(answer: Answer) -> HttpResponse:
    """Return the answer on the wire."""
    text = documents.write(answer.body) if answer.body is not None else ""
    found = HttpResponse(text, status=answer.status, content_type="application/fhir+json; charset=utf-8")
    for name, value in answer.headers.items():
        found.headers[name] = value
    found.headers["Cache-Control"], found.headers["Vary"] = "private, no-cache", "Authorization"
    return found


def _answered(request: HttpRequest, answer: Answer) -> HttpResponse:
    accesses.tell(request, answer.body)
    accesses.tell_refused(request, answer.refused)
    return written(answer)


def _lenient(query: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(query, keep_blank_values=True)


def _plain(request: Request) -> HttpRequest:
    return request._request  # noqa: SLF001 # the request that DRF wraps: its body is read here, to the letter


def _caller(request: Request, plain: HttpRequest) -> Caller:
    token = request.auth if isinstance(request.auth, AccessToken) else None
    return Caller(bearer(request), token, base(plain), timezone.now())


def _headers(request: HttpRequest) -> dict[str, str]:
    return {name: request.headers[name] for name in HEADERS if name in request.headers}


def _body(request: HttpRequest) -> bytes:
    if (request.content_type or "").lower() not in JSON:
        raise FhirRefused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-supported", "A body is application/fhir+json.")
    return request.body


def _form(request: HttpRequest) -> interactions.Pairs:
    if request.method != "POST":
        raise FhirRefused(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", "A search by a form is posted.")
    if request.content_type != FORM:
        raise FhirRefused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-supported", f"A search is {FORM}.")
    try:
        return interactions.pairs_of(request.body.decode())
    except UnicodeDecodeError as error:
        raise bad_request("value", "This form cannot be read.") from error


def _refused(error: Exception) -> FhirRefused:
    """Return the refusal that an error is; anything unforeseen is told as such, without its words."""
    match error:
        case FhirRefused():
            return error
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            headers = {"WWW-Authenticate": "Bearer"}
            return FhirRefused(HTTPStatus.UNAUTHORIZED, "login", "A token that holds is needed.", headers=headers)
        case exceptions.Throttled():
            headers = {"Retry-After": str(int(getattr(error, "wait", None) or 1) + 1)}
            return FhirRefused(HTTPStatus.TOO_MANY_REQUESTS, "throttled", "Too often.", headers=headers)
        case exceptions.MethodNotAllowed():
            return FhirRefused(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", "This is not done here.")
        case RequestDataTooBig():
            return FhirRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-long", "This is too large.")
        case exceptions.APIException():
            return FhirRefused(HTTPStatus(error.status_code), "processing", str(error.detail))
    return FhirRefused(HTTPStatus.INTERNAL_SERVER_ERROR, "exception", "This failed here; nothing was written.")
