"""Coming in and going out."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from monitoring.forms.signing_in import SignInForm
from monitoring.models import Centre, User

# Left at sign-in, taken away at sign-out: if it is there and the session is not, the session has ended by itself.
# It names nobody and opens nothing; the session cookie itself is gone by the time the sign-in page is asked for.
WAS_SIGNED_IN = "mrd_was_signed_in"


class SignIn(LoginView):
    """The sign-in page; a lock-out is answered by the axes middleware with locked_out.html, status 429."""

    template_name = "sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; a part of a page that was asked for after the session ended brings the whole page here."""
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(self._address_that_returns_to_the_page())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether the session ended by itself, and whether all data are made up."""
        return super().get_context_data(
            session_ended=bool(self.request.COOKIES.get(WAS_SIGNED_IN)),
            is_synthetic=only_synthetic_centres(),
            **kwargs,
        )

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        """Sign the person in, and remember that somebody was; a one-time password opens only so long."""
        until = form.get_user().one_time_password_until
        if until is not None and until <= timezone.now():
            form.add_error(None, form.refusal_of_expired)
            return self.form_invalid(form)
        response = super().form_valid(form)
        _set_session_cookie(response, WAS_SIGNED_IN, "1")
        _greet_in_own_language(self.request, response, form.get_user())
        return response

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Show the form again, with the sentence at its top."""
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _address_that_returns_to_the_page(self) -> str:
        page = self.request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
        if not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
            return self.request.path
        return f"{self.request.path}?{urlencode({'next': page})}"


class SignOut(LogoutView):
    """Ends the session, by POST only."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session, and forget that somebody was here."""
        response = super().post(request, *args, **kwargs)
        response.delete_cookie(WAS_SIGNED_IN)
        return response


def only_synthetic_centres() -> bool:
    """Say whether there is a centre and every one of them holds made-up patients."""
    made_up = list(Centre.objects.values_list("is_synthetic", flat=True).distinct())
    return made_up == [True]


def _greet_in_own_language(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Begin in the person's language, unless this browser has already chosen one."""
    if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _set_session_cookie(response, settings.LANGUAGE_COOKIE_NAME, user.language)


def _set_session_cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, httponly=True, secure=bool(settings.SESSION_COOKIE_SECURE), samesite="Lax")
