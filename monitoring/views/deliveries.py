"""What a centre sent about alerts, and whether it arrived: for its lead and its administrator."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from monitoring.actions import notifying_again
from monitoring.actions.refusals import WrongState
from monitoring.models import Centre
from monitoring.models.choices import NotificationStateChoice
from monitoring.queries import deliveries as queries
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.delivery_words import state_words

LONGEST_KEY = 12  # digits


@login_required
@require_GET
def delivery_list(request: SignedInRequest) -> HttpResponse:
    """Show what was sent, the newest first, narrowed to one state where the address asks for it."""
    centre, centres = centre_kept(request)
    state, after = request.GET.get("state", ""), _number(request.GET.get("after", ""))
    state = state if state in NotificationStateChoice.values else ""
    found = queries.deliveries(
        centre, state=state, after=after, can_go_again=notifying_again.CAN_GO_AGAIN, now=timezone.now()
    )
    context = {
        "centre": centre, "centres": centres, "found": found, "state": state, "mail_is_set": settings.MAIL_IS_SET,
        "states": [(each.value, state_words(each.value), found.counts[each.value]) for each in NotificationStateChoice],
    }  # fmt: skip
    return render(request, "deliveries.html", context)


@login_required
@require_POST
def delivery_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have one message sent once more."""
    centre, _centres = centre_kept(request)
    row = queries.delivery_row(centre, pk)
    if row is None:
        raise Http404
    try:
        notifying_again.send_again(by=request.user, notification=row, centre=centre, now=timezone.now())
    except WrongState as refused:
        messages.error(request, str(refused))
        return redirect(address_of("deliveries", centre))
    messages.success(request, _("The message is sent again."))
    return redirect(address_of("deliveries", centre))


def centre_kept(request: SignedInRequest) -> tuple[Centre, list[Centre]]:
    """Return the centre that the address asks for, else the person's first, with all that they look after."""
    centres = queries.centres_kept(request.user)
    if not centres:
        raise PermissionDenied(_("The lead of a centre or its administrator looks after its messages."))
    wanted = request.POST.get("centre") or request.GET.get("centre", "")
    if not wanted:
        return centres[0], centres
    chosen = next((each for each in centres if str(each.pk) == wanted), None)
    if chosen is None:
        raise Http404
    return chosen, centres


def address_of(name: str, centre: Centre) -> str:
    """Return the address of a page for one centre."""
    return f"{reverse(name)}?centre={centre.pk}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY else 0
