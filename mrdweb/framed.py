"""Pages in the window of a hospital record: a room of its own in the address, in cookies, and in who may frame it.

Everything under /framed/ is the product in this form, /smart/ is its door. The rest of the product never sees the
cookies of this room and is never framed; this room never sees the cookies of the rest. docs/adr/0011.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import Morsel
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django_htmx.http import HttpResponseClientRedirect

from api.smart import sessions
from monitoring.models import LaunchIssuer
from monitoring.queries import launches

GetResponse = Callable[[HttpRequest], HttpResponse]
ROOM, DOOR = "/framed", "/smart/"
PREFIX = "framed_"  # of every cookie of this room
RECORD = "record"  # the cookie that says which hospital record opened the window: an ended session names nobody
SALT = "framed-record"
OPEN_TO_ALL = {"set-language", "sign-out"}
ENDED = "sign-in"  # in this room nobody signs in: the hospital record opens the page again


@dataclass
class Framed:
    """The window in which a request is answered; `origin` may frame the answer, nobody where it is empty."""

    record: str = ""
    origin: str = ""
    issuer_id: int | None = None

    def of_issuer(self, issuer: LaunchIssuer | None) -> None:
        """Let this hospital record frame the answer, or nobody."""
        self.record = issuer.name if issuer else ""
        self.origin = issuer.frame_origin if issuer else ""
        self.issuer_id = issuer.pk if issuer else None


class PartitionedCookie(Morsel[str]):
    """A cookie that a browser sends within another site's page, and only within pages of that site (CHIPS)."""

    def OutputString(self, attrs: Any = None) -> str:  # noqa: N802 - the library's name
        """Return the cookie as it is sent; the library of this Python does not know the attribute yet."""
        return f"{super().OutputString(attrs)}; Partitioned"


class FramedForm:
    """Answer what is asked within the window of a hospital record."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_in_room = request.path_info.startswith(f"{ROOM}/")
        if not is_in_room and not request.path_info.startswith(DOOR):
            return self.get_response(request)
        framed = Framed()
        framed.of_issuer(_opened_by(request))
        request.framed = framed  # type: ignore[attr-defined]
        request.COOKIES = {
            name.removeprefix(PREFIX): value for name, value in request.COOKIES.items() if name.startswith(PREFIX)
        }
        if is_in_room:
            request.path_info = request.path_info.removeprefix(ROOM)
        before = get_script_prefix()
        set_script_prefix(f"{ROOM}/")
        try:
            response = self.get_response(request)
        finally:
            set_script_prefix(before)
        return _for_window(response, framed)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: Any) -> HttpResponse | None:
        """Let only pages of patients through that this session was launched with."""
        framed = getattr(request, "framed", None)
        match = request.resolver_match
        if framed is None or match is None or request.path.startswith(DOOR) or match.url_name in OPEN_TO_ALL:
            return None
        if match.url_name == ENDED or not request.user.is_authenticated:
            return _ended(request, is_asked_for=match.url_name == ENDED)
        patient_id = launches.patient_on_page(match.url_name or "", kwargs.get("pk"))
        person_id = sessions.launched_by(request.session, patient_id) if patient_id is not None else None
        if person_id is None:
            raise Http404
        person = launches.standing(person_id, request.user.pk)
        if person is None:
            return _ended(request, is_asked_for=False)
        framed.of_issuer(person.issuer)
        return None


def _opened_by(request: HttpRequest) -> LaunchIssuer | None:
    """Return the hospital record that opened this window, as its cookie says."""
    try:
        pk = signing.loads(request.COOKIES.get(PREFIX + RECORD, ""), salt=SALT)
    except signing.BadSignature:
        return None
    return launches.issuer_by_id(pk)


def _ended(request: HttpRequest, *, is_asked_for: bool) -> HttpResponse:
    """Say that the session is over; a part of a page brings the whole window there."""
    if request.htmx and not is_asked_for:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(f"{ROOM}/{ENDED}")
    return render(request, "launch_ended.html", status=200 if is_asked_for else 401)


def _for_window(response: HttpResponse, framed: Framed) -> HttpResponse:
    if framed.issuer_id is not None:
        response.set_cookie(RECORD, signing.dumps(framed.issuer_id, salt=SALT), httponly=True)
    if framed.origin:
        response._csp_replace = {"frame-ancestors": [framed.origin]}  # type: ignore[attr-defined] # noqa: SLF001
        response.headers.pop("X-Frame-Options", None)
    for name in list(response.cookies):
        _partition(response, name)
    return response


def _partition(response: HttpResponse, name: str) -> None:
    """Give a cookie the name of this room, and let it through within the page of another site."""
    given = response.cookies.pop(name)
    cookie = PartitionedCookie()
    cookie.set(PREFIX + name, given.value, given.coded_value)
    cookie.update({key: value for key, value in given.items() if value != ""})
    cookie.update({"samesite": "None", "secure": "yes", "path": "/", "domain": ""})
    dict.__setitem__(response.cookies, PREFIX + name, cookie)
