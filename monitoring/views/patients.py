"""Finding a patient."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.actions import recompute
from monitoring.queries import patient_search
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.worklist import chart_centres


@login_required
@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """List the patients of the person's centres; an exact and only hit opens the page at once."""
    centres = chart_centres(request)
    if not centres:
        raise PermissionDenied(_("Clinicians, data managers and auditors read charts."))
    pending = recompute.drain_pending(now=timezone.now())
    text, after_id = request.GET.get("q", "").strip()[:50], request.GET.get("after_id", "")
    found = patient_search.find(
        centres=centres,
        text=text,
        after=request.GET.get("after", "")[:30],
        after_id=int(after_id) if after_id.isascii() and after_id.isdigit() and len(after_id) < 19 else 0,
    )
    exact = [row for row in found.rows if text.lower() in {row.pseudonym.lower(), row.hospital_number.lower()}]
    if text and len(exact) == 1:
        return redirect("patient", exact[0].pk)
    may_register = bool(permissions.roles_of(request.user) & permissions.RECORDING_ROLES)
    context = {"found": found, "text": text, "pending": pending, "may_register": may_register}
    return render(request, "patients.html", context)
