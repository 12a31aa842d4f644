"""The settings of a centre: how long its alerts may wait, and who is called when nobody answers."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from monitoring import permissions
from monitoring.actions import centre_settings
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.forms.centre_settings import CentreSettingsForm
from monitoring.models import Centre
from monitoring.queries import alert_times, clinicians
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def centre(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the settings of a centre to its people; let its lead or administrator change them, with a reason."""
    place = _centre_of(request, pk)
    may = permissions.can_set_up_centre(request.user, place)
    able = clinicians.of_centre(place.pk)
    if request.method != "POST":
        initial = CentreSettingsForm.initial_of(centre_settings.settings_of(place))
        return _page(request, place, CentreSettingsForm(take_kept(request), clinicians=able, initial=initial), may=may)
    permissions.check_can_set_up_centre(request.user, place)
    form = CentreSettingsForm(request.POST, clinicians=able)
    if form.is_valid():
        try:
            moved = centre_settings.change(
                by=request.user, centre=place, wanted=form.wanted, seen=form.cleaned_data["seen"],
                reason=form.cleaned_data["reason"], now=timezone.now(),
            )  # fmt: skip
        except StaleVersion as refused:
            here = reverse("centre", args=[place.pk])
            context = {"what_changed": [str(refused)], "where": here}
            return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
        except ActionRefused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, _said(moved))
            return redirect("centre", pk=place.pk)
    return _page(request, place, form, may=may, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_GET
def own_centre(request: SignedInRequest) -> HttpResponse:
    """Lead to the settings of the person's centre: of several, one that they may change, else the first."""
    places = [m.centre for m in permissions.memberships_of(request.user)]
    if not places:
        raise Http404
    changed = [place for place in places if permissions.can_set_up_centre(request.user, place)]
    return redirect("centre", pk=(changed or places)[0].pk)


def _centre_of(request: SignedInRequest, pk: int) -> Centre:
    """Return one of the centres at which the person works; any other does not exist for them."""
    places = [m.centre for m in permissions.memberships_of(request.user) if m.centre_id == pk]
    if not places:
        raise Http404
    return places[0]


def _others(request: SignedInRequest, place: Centre) -> list[Centre]:
    others = {m.centre_id: m.centre for m in permissions.memberships_of(request.user) if m.centre_id != place.pk}
    return list(others.values())


def _said(moved: int) -> str:
    if not moved:
        return _("The settings are saved.")
    words = ngettext(
        "The settings are saved; %(count)s alert that waits is due at another time now.",
        "The settings are saved; %(count)s alerts that wait are due at another time now.",
        moved,
    )
    return words % {"count": moved}


def _page(
    request: SignedInRequest, place: Centre, form: CentreSettingsForm, *, may: bool, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "centre": place,
        "others": _others(request, place),
        "form": form,
        "may": may,
        "reasons": alert_times.reasons(place.pk),
        "times": [(urgency, form[f"days_{urgency}"], form[f"kind_{urgency}"]) for urgency in (1, 2, 3)],
        "typed_by": typed_by(request),
    }
    return render(request, "centre.html", context, status=status)
