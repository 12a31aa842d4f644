"""The subscriptions of a centre's machines: how each stands, turning one off, letting one begin again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from monitoring import permissions
from monitoring.actions import subscriptions
from monitoring.actions.refusals import WrongState
from monitoring.models import Subscription
from monitoring.queries import subscriptions as queries
from monitoring.queries.deliveries import centres_kept
from monitoring.views.deliveries import address_of, centre_kept
from monitoring.views.signed_in import SignedInRequest

PAGE = "subscriptions"
LONGEST_NUMBER = 9  # digits


@login_required
@require_GET
def subscription_list(request: SignedInRequest) -> HttpResponse:
    """Show the subscriptions of a centre's machines, those that need a person first."""
    centre, centres = centre_kept(request)
    context = {
        "centre": centre, "centres": centres, "found": queries.of_centre(centre, now=timezone.now()),
        "keeps_machines": permissions.can_keep_clients(request.user, centre.pk),
    }  # fmt: skip
    return render(request, "subscriptions.html", context)


@login_required
@require_POST
def subscription_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Turn a subscription off."""
    row = _row(request, pk)
    try:
        subscriptions.turn_off(by=request.user, subscription=row, seen=_seen(request), now=timezone.now())
    except WrongState as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is told nothing more.") % {"name": row.client.name})
    return redirect(address_of(PAGE, row.centre))


@login_required
@require_POST
def subscription_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the handshake be sent again."""
    row = _row(request, pk)
    try:
        subscriptions.begin_again(by=request.user, subscription=row, seen=_seen(request), now=timezone.now())
    except WrongState as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The handshake is sent to %(name)s.") % {"name": row.client.name})
    return redirect(address_of(PAGE, row.centre))


def _row(request: SignedInRequest, pk: int) -> Subscription:
    found = queries.row_of(centres_kept(request.user), pk)
    if found is None:
        raise Http404
    return found


def _seen(request: SignedInRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0
