"""Messages of laboratory systems: the log, one message, what a person who looks after a laboratory decides."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from monitoring import permissions
from monitoring.actions import messages_quarantine as quarantine
from monitoring.actions import reading
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.messages import MessageSearchForm
from monitoring.forms.reasons import ReasonForm
from monitoring.models import InboundMessage
from monitoring.models.choices import MessageStateChoice
from monitoring.queries import messages as queries
from monitoring.queries import sender_profiles, silences
from monitoring.views.signed_in import SignedInRequest

WHAT_WAITS_FIRST = sorted(MessageStateChoice, key=lambda each: each != MessageStateChoice.QUARANTINED)


@login_required
@require_GET
def message_log(request: SignedInRequest) -> HttpResponse:
    """Search what came in."""
    centres = centres_kept(request)
    now = timezone.now()
    senders = sender_profiles.senders(centres, now)
    form = MessageSearchForm(request.GET, [(each.profile_id, each.name) for each in senders])
    asked = form.asked()
    found = queries.message_log(centres, asked, permissions.memberships_of(request.user)[0].centre.zone)
    told = {name: value for name, value in request.GET.items() if value and name not in {"after", "state"}}
    context = {
        "form": form, "found": found, "asked": asked, "silent": silences.silent(centres, now),
        "states": [(each.value, each.label, found.counts[each.value]) for each in WHAT_WAITS_FIRST],
        "has_asked": bool(told), "rest": urlencode(told), "may_keep_senders": may_keep_senders(request),
    }  # fmt: skip
    return render(request, "exchange_messages.html", context)


@login_required
@require_GET
def message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one message."""
    row = _row(request, pk)
    return _page(request, row, ReasonForm())


@login_required
@require_POST
def message_read_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have a message read anew."""
    row = _row(request, pk)
    try:
        quarantine.read_again(by=request.user, message=row)
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The message is read again within seconds."))
    return redirect("exchange-message", pk)


@login_required
@require_POST
def message_set_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a message aside, with the reason."""
    row, form = _row(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    try:
        quarantine.set_aside(
            by=request.user, message=row, reason=form.cleaned_data["reason"], now=timezone.now()
        )  # fmt: skip
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The message is set aside; it stays in the log."))
    return redirect("exchange-message", pk)


def centres_kept(request: SignedInRequest) -> list[int]:
    """Return the centres whose messages the person looks after; nobody else learns that there are any."""
    memberships = permissions.memberships_of(request.user)
    centres = {each.centre_id for each in memberships if permissions.can_keep_messages(request.user, each.centre_id)}
    if not centres:
        raise Http404
    return sorted(centres)


def may_keep_senders(request: SignedInRequest) -> bool:
    """Whether the person administers a centre."""
    memberships = permissions.memberships_of(request.user)
    return any(permissions.can_keep_clients(request.user, each.centre_id) for each in memberships)


def _page(request: SignedInRequest, row: InboundMessage, form: ReasonForm) -> HttpResponse:
    if row.patient is not None:
        reading.note(by=request.user, patient=row.patient, channel="laboratory", now=timezone.now())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"page": queries.message_page(row), "form": form}
    return render(request, "exchange_message.html", context, status=status)


def _row(request: SignedInRequest, pk: int) -> InboundMessage:
    row = queries.message_row(centres_kept(request), pk)
    if row is None:
        raise Http404
    return row
