"""Who signed in with a one-time password chooses one of their own before anything else is shown."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

GetResponse = Callable[[HttpRequest], HttpResponse]

# Where the password is chosen, the way out, the language; health asks nobody who they are.
OPEN = ("/me/password/", "/sign-in", "/sign-out", "/language", "/healthz", "/livez")


class OwnPasswordFirst:
    """Lead every page of such a session to the page where the password is chosen; a token is not a session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in OPEN or not request.user.is_authenticated or not request.user.must_change_password:
            return self.get_response(request)
        there = reverse("my-password")
        is_part = request.htmx  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(there) if is_part else HttpResponseRedirect(there)
