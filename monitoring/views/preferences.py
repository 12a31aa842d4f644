"""What the person who is signed in wants to be told by e-mail."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import notifying_preferences
from monitoring.forms.preferences import PreferenceForm
from monitoring.queries.preferences import preference_of
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_http_methods(["GET", "POST"])
def notifications(request: SignedInRequest) -> HttpResponse:
    """Show and keep the person's own choices."""
    if request.method != "POST":
        return _page(request, PreferenceForm.of(preference_of(request.user)))
    form = PreferenceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    notifying_preferences.choose(by=request.user, choice=form.choice, now=timezone.now())
    messages.success(request, _("Your choices are kept."))
    return redirect("my-notifications")


def _page(request: SignedInRequest, form: PreferenceForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"form": form, "address": request.user.email, "mail_is_set": settings.MAIL_IS_SET}
    return render(request, "my_notifications.html", context, status=status)
