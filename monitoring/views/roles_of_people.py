"""One role of a person at a centre: ended with a reason, taken up again."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import memberships
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.people import WhyForm
from monitoring.models import Membership
from monitoring.models.choices import RoleChoice
from monitoring.queries import left_behind, roles
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_http_methods(["GET", "POST"])
def role_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a role from now on, with the reason; show before what nobody would do any more."""
    row, form = _row(request, pk), WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            memberships.end(by=request.user, membership=row, reason=form.cleaned_data["reason"], now=timezone.now())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            said = {"name": row.user.shown_name, "role": row.get_role_display(), "centre": row.centre.name}
            messages.success(request, _("%(name)s is no longer %(role)s at %(centre)s.") % said)
            return redirect("my-account") if row.user_id == request.user.pk else redirect("person", row.user_id)
    left = left_behind.by(row.user, row.centre) if row.role == RoleChoice.CLINICIAN else None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "role_end.html", {"role": row, "form": form, "left": left}, status=status)


@login_required
@require_POST
def role_take_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a role that ended hold again."""
    row = _row(request, pk)
    try:
        memberships.take_up(by=request.user, membership=row, now=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        said = {"name": row.user.shown_name, "role": row.get_role_display(), "centre": row.centre.name}
        messages.success(request, _("%(name)s is %(role)s at %(centre)s from now on.") % said)
    return redirect("person", row.user_id)


def _row(request: SignedInRequest, pk: int) -> Membership:
    row = roles.at_centres(permissions.centres_kept_by(request.user), pk)
    if row is None:
        raise Http404
    return row
