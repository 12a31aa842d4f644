"""Hospital records that launch the patient page: registered and revoked by an administrator, with who is linked."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import launch_issuers, launches
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.launch_issuers import LaunchIssuerForm
from monitoring.forms.reasons import ReasonForm
from monitoring.models import LaunchIssuer
from monitoring.queries import launches as queries
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import launch_words


@login_required
@require_GET
def issuer_list(request: SignedInRequest) -> HttpResponse:
    """List the hospital records of the centres that the person administers."""
    context = {"issuers": queries.of_centres(_centres(request)), "notes": launch_words.set_up_notes(_base(request))}
    return render(request, "launch_issuers.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def issuer_add(request: SignedInRequest) -> HttpResponse:
    """Register a hospital record."""
    form = LaunchIssuerForm(request.POST or None, centres=_centres(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = launch_issuers.register(by=request.user, issuer=form.launch_issuer())
        except ActionRefused as refused:
            form.add_error("issuer", str(refused))
        else:
            messages.success(request, _("%(name)s is registered.") % {"name": made.name})
            return redirect("launch-issuer", made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "addresses": launch_words.our_addresses(_base(request))}
    return render(request, "launch_issuer_form.html", context, status=status)


@login_required
@require_GET
def issuer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a hospital record: what it is told about us, and who of its people is who here."""
    return _page(request, _row(request, pk), ReasonForm(auto_id="revoke_%s"))


@login_required
@require_POST
def issuer_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the launches of a hospital record, with the reason."""
    row, reason = _row(request, pk), ReasonForm(request.POST, auto_id="revoke_%s")
    if not reason.is_valid():
        return _page(request, row, reason)
    try:
        launch_issuers.revoke(by=request.user, issuer=row, reason=reason.cleaned_data["reason"], now=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The hospital record is revoked: it opens nothing any more."))
    return redirect("launch-issuer", pk)


@login_required
@require_POST
def person_unlink(request: SignedInRequest, pk: int, person_pk: int) -> HttpResponse:
    """Take the link of a person back, with the reason."""
    row, reason = _row(request, pk), ReasonForm(request.POST, auto_id=f"unlink_{person_pk}_%s")
    person = next((each for each in queries.people_of(row) if each.pk == person_pk), None)
    if person is None:
        raise Http404
    if not reason.is_valid():
        return _page(request, row, ReasonForm(auto_id="revoke_%s"), {person_pk: reason})
    try:
        launches.unlink(by=request.user, person=person, reason=reason.cleaned_data["reason"], now=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is unlinked.") % {"name": person.user.shown_name})
    return redirect("launch-issuer", pk)


def _page(
    request: SignedInRequest, row: LaunchIssuer, revoking: ReasonForm, unlinking: dict[int, ReasonForm] | None = None
) -> HttpResponse:
    forms = unlinking or {}
    wrong = revoking.errors or any(form.errors for form in forms.values())
    people = [
        (person, forms.get(person.pk) or ReasonForm(auto_id=f"unlink_{person.pk}_%s"))
        for person in queries.people_of(row)
    ]
    context = {
        "issuer": row, "people": people, "revoking": revoking, "addresses": launch_words.our_addresses(_base(request)),
        "notes": launch_words.set_up_notes(_base(request)),
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "launch_issuer.html", context, status=status)


def _base(request: SignedInRequest) -> str:
    public: str = settings.PUBLIC_URL
    return (public or request.build_absolute_uri("/")).rstrip("/")


def _centres(request: SignedInRequest) -> list[int]:
    memberships = permissions.memberships_of(request.user)
    centres = {each.centre_id for each in memberships if permissions.can_keep_clients(request.user, each.centre_id)}
    if not centres:
        raise PermissionDenied(_("An administrator of the centre decides which hospital records open pages here."))
    return sorted(centres)


def _row(request: SignedInRequest, pk: int) -> LaunchIssuer:
    found = [row for row in queries.of_centres(_centres(request)) if row.pk == pk]
    if not found:
        raise Http404
    return found[0]
