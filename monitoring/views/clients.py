"""The machines of a centre: registered, given new keys, revoked by an administrator."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import clients
from monitoring.actions import script_tokens as token_actions
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.clients import ClientForm, KeysForm
from monitoring.forms.reasons import ReasonForm
from monitoring.forms.silences import SilenceForm
from monitoring.models import ApiClient
from monitoring.queries import clients as queries
from monitoring.queries import script_tokens, silences
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def client_list(request: SignedInRequest) -> HttpResponse:
    """List the machines of the centres that the person administers."""
    centres = _centres(request)
    silent = {each.pk for each in silences.silent(centres, timezone.now()) if each.is_machine}
    context = {"clients": queries.of_centres(centres), "silent": silent, "tokens": script_tokens.of_centres(centres)}
    return render(request, "clients.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def token_revoke(request: SignedInRequest, digest: str) -> HttpResponse:
    """End one token of a script, with the reason."""
    found = [each for each in script_tokens.of_centres(_centres(request)) if each.digest == digest]
    if not found:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token_actions.revoke(by=request.user, digest=digest, reason=form.cleaned_data["reason"])
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The token is revoked: it opens nothing any more."))
        return redirect("client-list")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "script_token.html", {"token": found[0], "form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def client_add(request: SignedInRequest) -> HttpResponse:
    """Register a machine."""
    centres = _centres(request)
    form = ClientForm(request.POST or None, centres=centres)
    if request.method == "POST" and form.is_valid():
        try:
            made = clients.register(by=request.user, client=form.client(), now=timezone.now())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(name)s is registered.") % {"name": made.name})
            return redirect("client", made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "client_form.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def client(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a machine; take new keys."""
    row = _row(request, pk)
    form = KeysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            clients.replace_keys(
                by=request.user, client=row, jwks=form.cleaned_data["jwks"], jwks_url=form.cleaned_data["jwks_url"]
            )
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The new keys hold from now on; what the old ones signed is refused."))
            return redirect("client", pk)
    return _page(request, row, keys=form)


@login_required
@require_POST
def client_silence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set after how many hours without a result somebody is told."""
    row = _row(request, pk)
    form = SilenceForm(request.POST, client=row)
    if not form.is_valid():
        return _page(request, row, silence=form)
    hours = form.cleaned_data["silent_after_hours"]
    try:
        clients.change_silence(by=request.user, client=row, hours=hours)
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("It is told when no result came for so long.") if hours else _("Its silence is told to nobody.")
        )
    return redirect("client", pk)


@login_required
@require_POST
def client_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the access of a machine, with the reason."""
    row, reason = _row(request, pk), ReasonForm(request.POST, auto_id="revoke_%s")
    if not reason.is_valid():
        return _page(request, row, revoking=reason)
    try:
        clients.revoke(by=request.user, client=row, reason=reason.cleaned_data["reason"], now=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The machine is revoked: none of its tokens and keys opens anything any more."))
    return redirect("client", pk)


def _page(
    request: SignedInRequest, row: ApiClient, *, keys: KeysForm | None = None, revoking: ReasonForm | None = None,
    silence: SilenceForm | None = None,
) -> HttpResponse:  # fmt: skip
    is_wrong = any(form is not None and form.errors for form in (keys, revoking, silence))
    silent = silences.silent([row.centre_id], timezone.now())
    context = {
        "client": row, "form": keys or KeysForm(), "revoking": revoking or ReasonForm(auto_id="revoke_%s"),
        "silence": silence or SilenceForm(client=row), "scopes": row.scopes.split(),
        "silent": [each for each in silent if each.is_machine and each.pk == row.pk],
        "token_address": request.build_absolute_uri(reverse("token")),
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "client.html", context, status=status)


def _centres(request: SignedInRequest) -> list[int]:
    memberships = permissions.memberships_of(request.user)
    centres = {each.centre_id for each in memberships if permissions.can_keep_clients(request.user, each.centre_id)}
    if not centres:
        raise PermissionDenied(_("An administrator of the centre decides which machines act there."))
    return sorted(centres)


def _row(request: SignedInRequest, pk: int) -> ApiClient:
    found = [row for row in queries.of_centres(_centres(request)) if row.pk == pk]
    if not found:
        raise Http404
    return found[0]
