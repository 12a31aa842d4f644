"""A calendar of what is due: the page where its secret address is made and revoked, and the calendar itself."""

import hashlib
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from monitoring import permissions, scope
from monitoring.actions import calendar_feeds as feeds
from monitoring.actions import recompute
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain.due_identity import CalendarEntry
from monitoring.models import Centre
from monitoring.queries import calendar_feeds as queries
from monitoring.queries import interval_pages
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.calendar_words import EDITION, calendar_text


@login_required
@require_GET
def calendar_page(request: SignedInRequest) -> HttpResponse:
    """Show for each centre whether the person has an address in use, and since when."""
    return _page(request)


@login_required
@require_POST
def calendar_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a new address for a centre and show it, this once."""
    centre = interval_pages.find_centre(request.user, pk)
    if centre is None:
        raise Http404
    try:
        secret = feeds.create(by=request.user, centre=centre, now=timezone.now())
    except StaleVersion as refused:
        return _changed(request, refused)
    address = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
    return _page(request, address=address, made_for=centre.pk)


@login_required
@require_POST
def calendar_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let an address stop working."""
    try:
        feeds.revoke(by=request.user, feed_id=pk, now=timezone.now())
    except StaleVersion as refused:
        return _changed(request, refused)
    messages.success(request, _("The address no longer works."))
    return redirect("calendar")


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer a calendar program: what is due at one centre, to whoever shows the secret of a person who works there."""
    found = queries.subscription(feeds.digest_of(secret))
    if found is None or not found.user.is_active or not permissions.can_read_due(found.user, found.centre.pk):
        raise Http404
    now = timezone.now()
    scope.enter_centres([found.centre.pk], actor=found.user)
    recompute.drain_pending(now=now)
    language = found.user.language if found.user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        return _answer(request, found.centre, language, queries.entries(found.centre, now=now))


def _answer(request: HttpRequest, centre: Centre, language: str, entries: list[CalendarEntry]) -> HttpResponse:
    """The calendar, or only that it is the same as before: most readings are of that kind."""
    told = repr((EDITION, centre.code, centre.name, language, entries))
    etag = f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'
    known = {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}
    answer: HttpResponse
    if etag in known or "*" in known:
        answer = HttpResponseNotModified()
    else:
        text = calendar_text(centre.code, centre.name, language, entries)
        answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'inline; filename="mrd-samples-due.ics"'
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, no-cache"  # kept by the calendar program, asked for each time
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return answer


def _page(request: SignedInRequest, *, address: str = "", made_for: int | None = None) -> HttpResponse:
    shown = queries.feeds_of(request.user)
    if not shown:
        raise PermissionDenied(_("Clinicians, data managers and auditors have a list of what is due."))
    return render(request, "calendar.html", {"feeds": shown, "address": address, "made_for": made_for})


def _changed(request: SignedInRequest, refused: ActionRefused) -> HttpResponse:
    context = {"what_changed": [str(refused)], "where": reverse("calendar")}
    return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
