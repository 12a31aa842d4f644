"""Backend services: a machine shows a signed assertion and gets a token of five minutes.

Source: HL7 SMART app launch 2.x, backend services; RFC 6749, RFC 7523.
"""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from api.auth import assertions
from api.auth.addresses import absolute, keys_of
from api.auth.assertions import AssertionRefused, Expected
from api.auth.key_sets import KeysUnknown
from monitoring.actions import client_scopes as scopes
from monitoring.actions import clients
from monitoring.queries import clients as queries

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRANT = "client_credentials"
SENDING = ("LABORATORY", "HOSPITAL")  # kinds of machines that ask for tokens


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> JsonResponse:
    """Give a token to a machine that proves who it is."""
    if request.POST.get("grant_type") != GRANT:
        return _refused("unsupported_grant_type", "Only client_credentials is known here.")
    if request.POST.get("client_assertion_type") != ASSERTION_TYPE:
        return _refused("invalid_client", "A machine proves itself by a signed assertion.", HTTPStatus.UNAUTHORIZED)
    now, assertion = timezone.now(), request.POST.get("client_assertion", "")
    try:
        client = queries.by_client_id(assertions.unverified_issuer(assertion))
        if client is None:
            raise AssertionRefused("This machine is not known.")
        keys = keys_of(client, now=now)
        expected = Expected(client.client_id, absolute(request, "token"), client.client_id)
        assertions.check(assertion, client, keys, expected, now=now)
    except (AssertionRefused, KeysUnknown) as refused:
        return _refused("invalid_client", str(refused), HTTPStatus.UNAUTHORIZED)
    scope = scopes.granted(request.POST.get("scope", ""), client.scopes)
    if not scope:
        return _refused("invalid_scope", "Nothing of this is allowed to this machine.")
    answer = JsonResponse(
        {
            "access_token": clients.issue_token(client=client, scope=scope, now=now),
            "token_type": "bearer",
            "expires_in": int(clients.TOKEN_LIFE.total_seconds()),
            "scope": scope,
        }
    )
    answer["Cache-Control"], answer["Pragma"] = "no-store", "no-cache"
    return answer


@require_GET
def smart_configuration(request: HttpRequest) -> JsonResponse:
    """Say where a token is had, and how; JSON whatever the caller accepts."""
    return JsonResponse(
        {
            "token_endpoint": absolute(request, "token"),
            "grant_types_supported": [GRANT],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": sorted(assertions.ALGORITHMS),
            "scopes_supported": list(dict.fromkeys(each for kind in SENDING for each in scopes.possible(kind).split())),
            "capabilities": ["client-confidential-asymmetric", "permission-v2"],
        }
    )


def _refused(code: str, why: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> JsonResponse:
    return JsonResponse({"error": code, "error_description": why}, status=status)
