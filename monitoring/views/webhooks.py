"""The endpoints of a centre: list, adding one, a new key, switching, a message to try it."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.actions import webhooks
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.actions.webhooks_signing import shown_key
from monitoring.forms.webhooks import EndpointForm
from monitoring.models import Centre, WebhookEndpoint
from monitoring.queries import deliveries as queries
from monitoring.views.deliveries import address_of, centre_kept
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.delivery_words import reason_words

LONGEST_NUMBER = 9  # digits


@login_required
@require_http_methods(["GET", "POST"])
def endpoint_list(request: SignedInRequest) -> HttpResponse:
    """Show the endpoints of a centre; add one and show its key, this once."""
    centre, centres = centre_kept(request)
    if request.method != "POST":
        return _page(request, centre, centres, EndpointForm())
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            added = webhooks.add(by=request.user, centre=centre, now=timezone.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error("url", str(refused))
        else:
            return _key_page(request, added)
    return _page(request, centre, centres, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_POST
def endpoint_rotate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a new key and show it, this once."""
    endpoint, seen = _endpoint(request, pk), request.POST.get("key_number", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= LONGEST_NUMBER else 0
    try:
        rotated = webhooks.rotate(by=request.user, endpoint=endpoint, seen=number, now=timezone.now())
    except WrongState as refused:
        messages.error(request, str(refused))
        return redirect(address_of("webhooks", endpoint.centre))
    return _key_page(request, rotated)


@login_required
@require_POST
def endpoint_switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Switch an endpoint off or on."""
    endpoint = _endpoint(request, pk)
    switched = webhooks.switch(by=request.user, endpoint=endpoint, on=request.POST.get("on") == "yes")
    said = _("%(name)s is switched on.") if switched.is_active else _("%(name)s is switched off.")
    messages.success(request, said % {"name": switched.name})
    return redirect(address_of("webhooks", endpoint.centre))


@login_required
@require_POST
def endpoint_test(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a message that says nothing, and tell what came back."""
    endpoint = _endpoint(request, pk)
    failure = webhooks.send_test(by=request.user, endpoint=endpoint, now=timezone.now())
    said = {"name": endpoint.name, "why": reason_words(failure.why) if failure else ""}
    if failure is None:
        messages.success(request, _("%(name)s took the test message.") % said)
    else:
        messages.error(request, _("%(name)s did not take the test message: %(why)s") % said)
    return redirect(address_of("webhooks", endpoint.centre))


def _endpoint(request: SignedInRequest, pk: int) -> WebhookEndpoint:
    found = queries.endpoint_row(queries.centres_kept(request.user), pk)
    if found is None:
        raise Http404
    return found


def _page(
    request: SignedInRequest, centre: Centre, centres: list[Centre], form: EndpointForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"centre": centre, "centres": centres, "endpoints": queries.endpoints(centre), "form": form,
               "now": timezone.now()}  # fmt: skip
    return render(request, "webhooks.html", context, status=status)


def _key_page(request: SignedInRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    context = {"endpoint": endpoint, "centre": endpoint.centre, "key": shown_key(endpoint)}
    return render(request, "webhook_key.html", context)
