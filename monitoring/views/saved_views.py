"""Keeping and removing the views of a list."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from monitoring.actions import saved_views
from monitoring.actions.refusals import ActionRefused
from monitoring.views.signed_in import SignedInRequest

PAGES = ["worklist", "patients"]


@login_required
@require_POST
def view_save(request: SignedInRequest) -> HttpResponse:
    """Keep the filters of the page that the person looks at, and show that page again."""
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    if page not in PAGES:
        raise Http404
    try:
        view = saved_views.save(by=request.user, page=page, name=request.POST.get("name", ""), query=query)
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    address = redirect(page)
    address["Location"] += f"?{saved_views.filters_of(query)}"
    return address


@login_required
@require_POST
def view_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove one of the person's own views."""
    page = request.POST.get("page", "")
    if page not in PAGES or not saved_views.remove(by=request.user, pk=pk):
        raise Http404
    messages.success(request, _("The view was removed."))
    return redirect(page)
