"""One's own account: the password, where one is signed in, one's roles and tokens."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring.actions import passwords, script_tokens, ways_in
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.forms.own_password import OwnPasswordForm
from monitoring.forms.people import WhyForm
from monitoring.models import User
from monitoring.queries import people_of_centres, sessions
from monitoring.queries import script_tokens as token_queries
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def account(request: SignedInRequest) -> HttpResponse:
    """Show what is on record of one's own account."""
    context = {
        "roles": people_of_centres.own_roles(request.user),
        "sessions": sessions.of_person(request.user, _here(request), timezone.now()),
        "tokens": token_queries.of_person(request.user),
    }
    return render(request, "own_account.html", context)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    """Choose one's own password; a wrong old one counts as a wrong one at the door does."""
    form = OwnPasswordForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        known = authenticate(request, username=request.user.username, password=form.cleaned_data["old"])
        if not isinstance(known, User) or known.pk != request.user.pk:
            form.add_error("old", _("This is not your password. Mind capital letters."))
        else:
            return _choose(request, form, known)
    return _password_page(request, form)


@login_required
@require_POST
def sign_out_elsewhere(request: SignedInRequest) -> HttpResponse:
    """End one's own sessions on other machines."""
    ways_in.sign_out_elsewhere(by=request.user, here=_here(request), now=timezone.now())
    messages.success(request, _("You are signed in here only."))
    return redirect("my-account")


@login_required
@require_http_methods(["GET", "POST"])
def token_revoke(request: SignedInRequest, digest: str) -> HttpResponse:
    """End one of one's own tokens, with the reason."""
    found = [each for each in token_queries.of_person(request.user) if each.digest == digest]
    if not found:
        raise Http404
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            script_tokens.revoke(by=request.user, digest=digest, reason=form.cleaned_data["reason"])
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The token is revoked: it opens nothing any more."))
        return redirect("my-account")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "own_token.html", {"token": found[0], "form": form}, status=status)


def _choose(request: SignedInRequest, form: OwnPasswordForm, known: User) -> HttpResponse:
    was_one_time = request.user.must_change_password
    try:
        changed = passwords.choose(
            by=request.user, verified=known.password, password=form.cleaned_data["new"], here=_here(request),
            now=timezone.now(),
        )  # fmt: skip
    except StaleVersion:
        return redirect_to_login(request.path)
    except (ActionRefused, ValidationError) as refused:
        form.add_error("new", getattr(refused, "messages", [str(refused)]))
        return _password_page(request, form)
    update_session_auth_hash(request, changed)
    messages.success(request, _("Your new password holds. Wherever else you were signed in, you are not any more."))
    return redirect("worklist" if was_one_time else "my-account")


def _password_page(request: SignedInRequest, form: OwnPasswordForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "own_password.html", {"form": form}, status=status)


def _here(request: SignedInRequest) -> str:
    return request.session.session_key or ""
