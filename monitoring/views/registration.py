"""Taking a patient in."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import registration
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.forms.registration import RegistrationForm
from monitoring.models import Centre
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest

FIELD_OF = {"starts_on": "first_line_starts_on", "ends_on": "first_line_ends_on", "collected_on": "diagnosed_on"}


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def register(request: SignedInRequest) -> HttpResponse:
    """Show the form of a new patient; register and open the page."""
    centres = _centres(request)
    if not centres:
        raise PermissionDenied(_("Only clinicians and data managers of a centre register its patients."))
    if request.method != "POST":
        kept = take_kept(request)
        return _page(request, RegistrationForm(initial=kept.dict() if kept else None, centres=centres))
    form = RegistrationForm(request.POST, centres=centres)
    if form.is_valid():
        try:
            patient = registration.take_in(by=request.user, registration=form.registration(), now=timezone.now())
        except ImpossibleDate as refused:
            form.add_error(FIELD_OF.get(refused.field, refused.field), str(refused))
        except ActionRefused as refused:
            form.add_error("pseudonym", str(refused))
        else:
            messages.success(request, _("%(patient)s is registered.") % {"patient": patient.pseudonym})
            return redirect("patient", patient.pk)
    return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _centres(request: SignedInRequest) -> list[Centre]:
    memberships = permissions.memberships_of(request.user)
    return list({m.centre_id: m.centre for m in memberships if m.role in permissions.RECORDING_ROLES}.values())


def _page(request: SignedInRequest, form: RegistrationForm, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"form": form, "typed_by": typed_by(request)}
    return render(request, "patient_register.html", context, status=status)
