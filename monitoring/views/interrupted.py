"""What a person had typed when the session ended: kept on the server through sign-in, for that person only.

Nothing is kept in the browser. A form proves whose it is by a signed field; only then is anything stored, so that
a stranger can fill no session.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

FIELD = "typed_by"  # hidden field of every form that is kept
STORED = "typed_before_sign_in"  # key in the session
SALT = "monitoring.typed_by"
LONGEST = 20_000  # characters of a form; the longest of the laboratory has some 2,000
LEFT_OUT = ("csrfmiddlewaretoken", FIELD)

View = Callable[..., HttpResponse]


def typed_by(request: HttpRequest) -> str:
    """Return the proof that a form was given to this person."""
    return signing.dumps(request.user.pk, salt=SALT)


def kept_through_sign_in(view: View) -> View:
    """Keep what a signed-out person posts, ask for the sign-in, and let the same page show it again afterwards."""
    return _kept(view, lambda request, _kwargs: request.get_full_path())


def kept_for_page(name: str) -> Callable[[View], View]:
    """Keep what is posted to a view that has no page of its own, for the page of this name that its form stands on."""
    return lambda view: _kept(view, lambda _request, kwargs: reverse(name, kwargs=kwargs))


def _kept(view: View, page_of: Callable[[HttpRequest, dict[str, Any]], str]) -> View:
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, **kwargs)
        page = page_of(request, kwargs)
        if request.method == "POST":
            _keep(request, page)
        return redirect_to_login(page)

    return answer


def take_kept(request: HttpRequest, path: str = "") -> QueryDict | None:
    """Return what this person had typed into this form before signing in again, once; what others typed is dropped.

    `path` is the address that the form was sent to, where that is not the page it stands on.
    """
    kept = request.session.get(STORED)
    if kept is None or kept["path"] != (path or request.get_full_path()):
        return None
    del request.session[STORED]
    return QueryDict(kept["typed"]) if kept["person"] == request.user.pk else None


def _keep(request: HttpRequest, page: str) -> None:
    try:
        person = signing.loads(request.POST.get(FIELD, ""), salt=SALT)
    except signing.BadSignature:
        return
    typed = request.POST.copy()
    for name in LEFT_OUT:
        typed.pop(name, None)
    encoded = typed.urlencode()
    if len(encoded) <= LONGEST:
        request.session[STORED] = {"person": person, "path": page, "typed": encoded}
