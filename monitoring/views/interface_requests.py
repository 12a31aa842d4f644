"""Requests of hospital systems: who asked for what and how it ended, for auditors of the centre."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.actions import reading
from monitoring.forms.interface_requests import RequestSearchForm
from monitoring.models.choices import RoleChoice
from monitoring.queries import interface_requests as queries
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def request_list(request: SignedInRequest) -> HttpResponse:
    """List what hospital systems asked for."""
    audited = [each for each in permissions.memberships_of(request.user) if each.role == RoleChoice.AUDITOR]
    if not audited:
        raise Http404
    centres = [each.centre_id for each in audited]
    form = RequestSearchForm(request.GET, queries.machines(centres))
    found = queries.requests(centres, form.asked(), audited[0].centre.zone)
    shown = {row.patient_id for row in found.shown if row.patient_id and row.pseudonym}
    reading.note_all(by=request.user, patient_ids=shown, channel="requests", now=timezone.now())
    told = {name: value for name, value in request.GET.items() if value and name != "after"}
    context = {
        "form": form, "found": found, "has_asked": bool(told), "rest": urlencode(told),
    }  # fmt: skip
    return render(request, "interface_requests.html", context)
