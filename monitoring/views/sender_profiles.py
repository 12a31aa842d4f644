"""Senders of HL7 v2: the list, a new one, one to change; by administrators of the laboratory's centre."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from monitoring import permissions
from monitoring.actions import sender_profiles as actions
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.sender_profiles import SenderForm
from monitoring.queries import sender_profiles as queries
from monitoring.views.messages_in import centres_kept, may_keep_senders
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def sender_list(request: SignedInRequest) -> HttpResponse:
    """List the senders with when each was heard last."""
    senders = queries.senders(centres_kept(request), timezone.now())
    may_keep = may_keep_senders(request)
    unknown = queries.unknown_senders() if may_keep else ()
    return render(request, "exchange_senders.html", {"senders": senders, "may_keep": may_keep, "unknown": unknown})


@login_required
@require_http_methods(["GET", "POST"])
def sender_add(request: SignedInRequest) -> HttpResponse:
    """Register a sender."""
    named = {name: request.GET[name] for name in ("sending_application", "sending_facility") if name in request.GET}
    form = SenderForm(request.POST or None, laboratories=queries.laboratories(_administered(request)), told=named)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register(
                by=request.user, profile=form.profile(), responsible_person=form.cleaned_data["responsible_person"],
                now=timezone.now(),
            )  # fmt: skip
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("%(name)s is registered: its messages are taken from now on.") % {"name": made.name}
            )
            return redirect("exchange-senders")
    return _form(request, form, _("Register a sender"))


@login_required
@require_http_methods(["GET", "POST"])
def sender(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a sender."""
    row = queries.profile_row(_administered(request), pk)
    if row is None:
        raise Http404
    form = SenderForm(request.POST or None, laboratories=[row.laboratory], profile=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(by=request.user, profile=row, changes=form.changes())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The settings hold from the next message on."))
            return redirect("exchange-senders")
    return _form(request, form, row.name)


def _form(request: SignedInRequest, form: SenderForm, title: str) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "exchange_sender.html", {"form": form, "title": title}, status=status)


def _administered(request: SignedInRequest) -> list[int]:
    centres = [each for each in centres_kept(request) if permissions.can_keep_clients(request.user, each)]
    if not centres:
        raise Http404
    return centres
