"""The launch of the patient page from a hospital record: sent there, come back, known or asked once, opened.

Source: HL7 SMART app launch 2.x, EHR launch; docs/methods/smart_launch.md.
"""

import json
import logging
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from api.auth.addresses import base
from api.smart import asking, hospital_record, id_tokens, sessions, signing_keys
from api.smart.asking import RecordUnusable
from api.smart.id_tokens import Identity, IdentityRefused
from api.smart.sessions import Pending
from monitoring import permissions, scope
from monitoring.actions import launches
from monitoring.actions.launches import AttemptRefused
from monitoring.actions.refusals import WrongState
from monitoring.forms.signing_in import SignInForm
from monitoring.models import LaunchAttempt, LaunchIssuer, LaunchPerson, Patient
from monitoring.queries import launches as queries
from monitoring.wording import launch_words

SALT = "smart-launch"
LONGEST_PARAMETER = 2000  # characters; a launch value is opaque to us
LONGEST_REASON = 300  # characters of what a hospital record says of its own refusal
LATEST_ALERT = 2**63 - 1
log = logging.getLogger(__name__)


@require_GET
def launch(request: HttpRequest) -> HttpResponse:
    """Send the browser to sign in at the hospital record that asks; strangers are not answered, nor asked anything."""
    issuer = queries.issuer_of(request.GET.get("iss", ""))
    _let_frame(request, issuer)
    value = request.GET.get("launch", "")
    if issuer is None or not 0 < len(value) <= LONGEST_PARAMETER:
        return _refused(request, "issuer", HTTPStatus.FORBIDDEN)
    now = timezone.now()
    try:
        signing_keys.of_settings()
        found = hospital_record.discover(issuer)
    except signing_keys.KeysUnusable as refused:
        return _refused(request, "keys", HTTPStatus.SERVICE_UNAVAILABLE, why=str(refused))
    except RecordUnusable as refused:
        return _refused(request, "record", HTTPStatus.BAD_GATEWAY, why=f"{issuer.issuer}: {refused}")
    begun = launches.begin(issuer=issuer, token_endpoint=found.token_endpoint, jwks_url=found.jwks_url, now=now)
    answer = HttpResponseRedirect(
        hospital_record.authorization_address(found, begun, launch=value, redirect_uri=_callback(request))
    )
    answer.set_cookie(
        _cookie(begun.state), signing.dumps([begun.state, found.openid_issuer], salt=SALT), httponly=True,
        max_age=int(launches.ATTEMPT_LASTS.total_seconds()),
    )  # fmt: skip
    return answer


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take what the hospital record sends back: once, in time, by the browser that was sent there."""
    now, state = timezone.now(), request.GET.get("state", "")
    kept_state, openid_issuer = _kept(request, state)
    if not state or kept_state != state:
        return _refused(request, "state", HTTPStatus.BAD_REQUEST)
    try:
        attempt = launches.take(state=state, now=now)
    except AttemptRefused:
        return _refused(request, "state", HTTPStatus.BAD_REQUEST)
    _let_frame(request, attempt.issuer)
    answer = _come_back(request, attempt, openid_issuer, now)
    answer.delete_cookie(_cookie(state))
    return answer


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Let a person of the hospital record sign in once with their password here; from then on they are known."""
    now = timezone.now()
    pending = sessions.pending_in(request.session, now)
    issuer = queries.issuer_by_id(pending.issuer_id) if pending else None
    if pending is None or issuer is None:
        return _refused(request, "state", HTTPStatus.BAD_REQUEST)
    _let_frame(request, issuer)
    form = SignInForm(request, request.POST or None)
    if form.is_valid() and form.get_user().must_change_password:
        form.add_error(None, form.refusal_of_one_time)  # it would go on opening pages after its own password is chosen
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(request, "launch_link.html", {"form": form, "issuer": issuer}, status=status)
    try:
        launches.link(
            by=form.get_user(), issuer=issuer, subject=pending.subject, fhir_user=pending.fhir_user, now=now
        )  # fmt: skip
    except WrongState:
        return _refused(request, "state", HTTPStatus.CONFLICT)
    person = queries.person_of(issuer, pending.subject)
    return _opened(request, person, pending) if person else _refused(request, "state", HTTPStatus.CONFLICT)


@require_GET
def keys(request: HttpRequest) -> JsonResponse:
    """Publish the public parts of our keys; none where none is set."""
    try:
        known = signing_keys.public_set(signing_keys.of_settings())
    except signing_keys.KeysUnusable:
        known = {"keys": []}
    answer = JsonResponse(known)
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def _come_back(request: HttpRequest, attempt: LaunchAttempt, openid_issuer: str, now: datetime) -> HttpResponse:
    if request.GET.get("error"):
        said = [request.GET["error"], request.GET.get("error_description", "")]
        return _refused(request, "denied", HTTPStatus.FORBIDDEN, said=[each[:LONGEST_REASON] for each in said if each])
    try:
        identity, patient, alert_id = _told(request, attempt, openid_issuer, now)
    except RecordUnusable as refused:
        return _refused(request, "record", HTTPStatus.BAD_GATEWAY, why=f"{attempt.issuer.issuer}: {refused}")
    except IdentityRefused as refused:
        return _refused(request, "identity", HTTPStatus.FORBIDDEN, why=f"{attempt.issuer.issuer}: {refused}")
    except signing_keys.KeysUnusable as refused:
        return _refused(request, "keys", HTTPStatus.SERVICE_UNAVAILABLE, why=str(refused))
    pending = Pending(
        attempt.issuer_id, identity.subject, identity.fhir_user, patient.pk if patient else None, alert_id
    )  # fmt: skip
    person = queries.person_of(attempt.issuer, identity.subject)
    if person is not None:
        return _opened(request, person, pending)
    sessions.keep_pending(request.session, pending, now)
    return HttpResponseRedirect("/smart/link")


def _told(
    request: HttpRequest, attempt: LaunchAttempt, openid_issuer: str, now: datetime
) -> tuple[Identity, Patient | None, int | None]:
    """Ask the hospital record who this is and who is in view; its access token goes with the end of this function."""
    issuer = attempt.issuer
    given = hospital_record.exchange(attempt, request.GET.get("code", ""), redirect_uri=_callback(request), now=now)
    wanted = id_tokens.Wanted(openid_issuer, issuer.client_id, attempt.nonce)
    identity = id_tokens.check(given.id_token, asking.get(attempt.jwks_url), wanted, now=now)
    named = hospital_record.named_patient(issuer, given)
    with transaction.atomic():
        scope.enter_centres([issuer.centre_id])
        patient = queries.patient_meant(issuer, named.identifiers, named.born_on)
    return identity, patient, _alert_in(given.app_context)


def _opened(request: HttpRequest, person: LaunchPerson, pending: Pending) -> HttpResponse:
    """Open the page where the person may read it; otherwise nothing tells whether the patient exists."""
    with transaction.atomic():
        scope.enter(person.user)
        readable = pending.patient_id is not None and permissions.can_read_chart(person.user, pending.patient_id)
        if not readable or pending.patient_id is None:
            return _refused(request, "patient", HTTPStatus.NOT_FOUND)
        launches.open_page(by=person.user, person=person, patient_id=pending.patient_id)
        place = _place(pending.patient_id, pending.alert_id)
        sessions.sign_in(request, person, pending.patient_id)
    answer = HttpResponseRedirect(place)
    if person.user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.user.language, httponly=True)
    return answer


def _place(patient_id: int, alert_id: int | None) -> str:
    """The patient page within the window; at the alert where the record passes one on that is this patient's."""
    page = reverse("patient", args=[patient_id])
    marker = queries.alert_place(patient_id, alert_id) if alert_id is not None else None
    if marker is None:
        return page
    return f"{page}?{urlencode({'marker': marker})}#alert-{alert_id}"


def _alert_in(context: str) -> int | None:
    """Read the alert that a card of ours gave along; whatever else a record sends is not ours."""
    try:
        told = json.loads(context)
    except (ValueError, RecursionError):
        return None
    alert = told.get("alert") if isinstance(told, dict) else None
    return alert if isinstance(alert, int) and not isinstance(alert, bool) and 0 < alert <= LATEST_ALERT else None


def _kept(request: HttpRequest, state: str) -> tuple[str, str]:
    """What this browser was given when it was sent away: the state, and whom the id_token must name as its issuer."""
    try:
        kept_state, openid_issuer = signing.loads(
            request.COOKIES.get(_cookie(state), ""), salt=SALT, max_age=launches.ATTEMPT_LASTS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return "", ""
    return str(kept_state), str(openid_issuer)


def _cookie(state: str) -> str:
    """One cookie for each launch: two windows may be on their way at the same time."""
    return f"launch_{launches.digest_of(state)[:16]}"


def _callback(request: HttpRequest) -> str:
    return base(request) + launch_words.CALLBACK_PATH


def _let_frame(request: HttpRequest, issuer: LaunchIssuer | None) -> None:
    request.framed.of_issuer(issuer)  # type: ignore[attr-defined] # set by the middleware


def _refused(
    request: HttpRequest, code: str, status: HTTPStatus, *, said: list[str] | None = None, why: str = ""
) -> HttpResponse:
    if why:
        log.warning("A launch was refused (%s): %s", code, why)
    context = {"refusal": launch_words.refusal(code), "said": said or []}
    return render(request, "launch_refused.html", context, status=status)
