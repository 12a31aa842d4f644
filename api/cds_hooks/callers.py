"""Who calls: a hospital record whose statement is signed with a registered key, or nobody. Browsers by listed origin.

Source: CDS Hooks 2.0, security and safety.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from api.auth import assertions
from api.auth.addresses import base, keys_of
from api.auth.assertions import AssertionRefused, Expected
from api.auth.key_sets import KeysUnknown
from monitoring import scope
from monitoring.models import ApiClient
from monitoring.queries import clients

P = ParamSpec("P")
Service = Callable[Concatenate[HttpRequest, ApiClient, P], HttpResponse]


def called_by_record(method: str) -> Callable[[Service[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Let only hospital records in, each within the scope of its own centre; OPTIONS is answered to anyone."""

    def wrapped(service: Service[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @csrf_exempt
        @wraps(service)
        def view(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "OPTIONS":
                return _with_origin(request, HttpResponse(status=HTTPStatus.NO_CONTENT))
            if request.method != method:
                return HttpResponseNotAllowed([method, "OPTIONS"])
            try:
                client = _caller(request)
            except (AssertionRefused, KeysUnknown) as refused:
                answer: HttpResponse = JsonResponse({"error": str(refused)}, status=HTTPStatus.UNAUTHORIZED)
                answer["WWW-Authenticate"] = "Bearer"
                return _with_origin(request, answer)
            scope.enter(client.user)
            return _with_origin(request, service(request, client, *args, **kwargs))

        return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], view)

    return wrapped


def _caller(request: HttpRequest) -> ApiClient:
    kind, _, shown = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "bearer" or not shown:
        raise AssertionRefused("Every call carries a signed assertion.")
    now = timezone.now()
    issuer = assertions.unverified_issuer(shown)
    client = clients.by_issuer(issuer)
    if client is None:
        raise AssertionRefused("This issuer is not known.")
    expected = Expected(issuer, base(request) + request.path)
    assertions.check(shown, client, keys_of(client, now=now), expected, now=now)
    return client


def _with_origin(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Let a browser page of a registered origin read the answer; no other, and never with cookies."""
    origin = request.META.get("HTTP_ORIGIN", "")
    answer["Vary"] = "Origin"
    if clients.by_origin(origin):
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
        answer["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        answer["Access-Control-Max-Age"] = "600"
    return answer
