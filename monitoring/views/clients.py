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
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.clients import ClientForm, KeysForm
from monitoring.forms.reasons import ReasonForm
from monitoring.models import ApiClient
from monitoring.queries import clients as queries
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def client_list(request: SignedInRequest) -> HttpResponse:
    """List the machines of the centres that the person administers."""
    return render(request, "clients.html", {"clients": queries.of_centres(_centres(request))})


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
    return _page(request, row, form, ReasonForm(auto_id="revoke_%s"))


@login_required
@require_POST
def client_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the access of a machine, with the reason."""
    row, reason = _row(request, pk), ReasonForm(request.POST, auto_id="revoke_%s")
    if not reason.is_valid():
        return _page(request, row, KeysForm(), reason)
    try:
        clients.revoke(by=request.user, client=row, reason=reason.cleaned_data["reason"], now=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The machine is revoked: none of its tokens and keys opens anything any more."))
    return redirect("client", pk)


def _page(request: SignedInRequest, row: ApiClient, form: KeysForm, revoking: ReasonForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or revoking.errors else HTTPStatus.OK
    context = {
        "client": row, "form": form, "revoking": revoking, "scopes": row.scopes.split(),
        "token_address": request.build_absolute_uri(reverse("token")),
    }  # fmt: skip
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
