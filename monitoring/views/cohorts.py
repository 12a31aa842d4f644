"""The cohorts of a centre: the list, the builder with its flow of patients, a new version, putting away."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring import enqueue, permissions
from monitoring.actions import cohorts as actions
from monitoring.actions.cohorts import PutAway
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.published import STARTS
from monitoring.forms.cohorts import CohortForm, initial_of
from monitoring.models import Centre
from monitoring.queries import cohort_data
from monitoring.queries import cohorts as queries
from monitoring.queries.cohorts import CohortLine
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import cohort_words

LONGEST_NUMBER = 9  # digits
NO_NAME = "-"  # while the flow is counted


@login_required
@require_GET
def cohort_list(request: SignedInRequest) -> HttpResponse:
    """Show the cohorts of the person's centres, and the published studies beside them."""
    centres = _centres(request)
    shown = queries.read_cohorts([centre.pk for centre in centres])
    lines = [(line, cohort_words.definition_sentences(line.latest.definition)) for line in shown]
    context = {"lines": lines, "may_define": bool(_defining(request)), "several": len(centres) > 1}
    return render(request, "cohorts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def cohort_new(request: SignedInRequest) -> HttpResponse:
    """Build a cohort: look at the flow of patients as often as one likes, then name and keep it."""
    centre = _centre(request)
    if request.method != "POST":
        start = STARTS.get(request.GET.get("start", ""))
        initial = initial_of(start) if start else {"ruleset": centre.alerting_ruleset}
        return _builder(request, centre, CohortForm(initial=initial), cohort=None)
    form = CohortForm(request.POST)
    if "preview" not in request.POST and form.is_valid():
        try:
            made = actions.define(
                by=request.user, centre=centre, name=form.cleaned_data["name"], definition=form.definition
            )
        except ActionRefused as refused:
            form.add_error("name", str(refused))
        else:
            return redirect("cohort", made.cohort_id)
    return _builder(request, centre, form, cohort=None)


@login_required
@require_http_methods(["GET", "POST"])
def cohort_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Define a cohort anew; what was defined before stays as a version."""
    cohort = _cohort(request, pk)
    centre = _defined_at(request, cohort)
    if cohort.archived_at is not None:
        messages.info(request, _("This cohort was put away; it can be read, and is not changed any more."))
        return redirect("cohort", pk)
    if request.method != "POST":
        initial = {**initial_of(cohort.latest.definition), "name": cohort.name}
        return _builder(request, centre, CohortForm(initial=initial), cohort)
    form = CohortForm(_named(request.POST, cohort.name))
    if "preview" not in request.POST and form.is_valid():
        try:
            actions.define_anew(
                by=request.user, cohort_id=pk, seen_version=_number(request), definition=form.definition,
                because=form.cleaned_data["because"],
            )  # fmt: skip
        except StaleVersion as refused:
            form.add_error(None, str(refused))
            # What is in force now stands beside what was typed: who keeps theirs all the same has seen it.
            return _builder(request, centre, form, _cohort(request, pk), status=HTTPStatus.CONFLICT)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("cohort", pk)
    return _builder(request, centre, form, cohort)


@login_required
@require_POST
def cohort_archive(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a cohort away."""
    cohort = _cohort(request, pk)
    try:
        actions.archive(by=request.user, cohort_id=cohort.cohort_id, now=timezone.now())
    except PutAway as refused:  # somebody else did so meanwhile
        messages.info(request, str(refused))
        return redirect("cohorts")
    messages.success(request, _("%(name)s was put away; its versions are kept.") % {"name": cohort.name})
    return redirect("cohorts")


def cohort_seen(request: HttpRequest, pk: int) -> CohortLine:
    """Return a cohort of the centres whose charts the person opens; 404 for any other."""
    return _cohort(request, pk)  # type: ignore[arg-type]


def _builder(
    request: SignedInRequest, centre: Centre, form: CohortForm, cohort: CohortLine | None, status: int = HTTPStatus.OK
) -> HttpResponse:
    definition = _chosen(form)
    flow = cohort_data.preview(centre.pk, definition) if definition is not None else None
    data = cohort_data.state_of(centre.pk, definition) if definition is not None else None
    if definition is not None and data is not None and data.pending:
        enqueue.send("refresh_analysis", definition.ruleset.value)
    context = {
        "centre": centre, "centres": _defining(request), "form": form, "cohort": cohort, "flow": flow,
        "flow_lines": cohort_words.flow_lines(flow) if flow else [],
        "considered": cohort_words.considered_words(definition) if definition else "",
        "included": len(flow.included) if flow else 0,
        "data": data, "is_synthetic": centre.is_synthetic, "starts": cohort_words.STARTS.items(),
        "in_force": cohort_words.definition_sentences(cohort.latest.definition)
        if cohort and status == HTTPStatus.CONFLICT else [],
    }  # fmt: skip
    if status == HTTPStatus.OK and form.is_bound and form.errors and "preview" not in request.POST:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "cohort_form.html#flow" if request.htmx else "cohort_form.html", context, status=status)


def _chosen(form: CohortForm) -> CohortDefinition | None:
    """The definition as it stands on the form; a name that is missing does not hide the flow."""
    posted = form.data if isinstance(form.data, QueryDict) else None
    data = {**form.initial, "name": NO_NAME} if posted is None else _named(posted, NO_NAME)
    bound = CohortForm(data)
    return bound.definition if bound.is_valid() else None


def _named(posted: QueryDict, name: str) -> QueryDict:
    """What was posted, with a name of ours in place of the one that was typed, or not."""
    data = posted.copy()
    data["name"] = name
    return data


def _centres(request: SignedInRequest) -> list[Centre]:
    found = {m.centre_id: m.centre for m in permissions.memberships_of(request.user)
             if permissions.can_read_cohorts(request.user, m.centre_id)}  # fmt: skip
    if not found:
        raise PermissionDenied(_("Cohorts are read by clinicians, data managers and auditors."))
    return sorted(found.values(), key=lambda centre: centre.name)


def _defining(request: SignedInRequest) -> list[Centre]:
    return [one for one in _centres(request) if permissions.can_define_cohorts(request.user, one.pk)]


def _centre(request: SignedInRequest) -> Centre:
    """The centre that was asked for, else the person's usual one."""
    centres = _defining(request)
    if not centres:
        raise PermissionDenied(_("Clinicians and data managers of the centre define its cohorts."))
    asked = request.POST.get("centre") or request.GET.get("centre")
    if not asked:
        usual = queries.usual_centre(request.user.pk, [centre.pk for centre in centres])
        return next(centre for centre in centres if centre.pk == usual)
    found = next((centre for centre in centres if str(centre.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _cohort(request: SignedInRequest, pk: int) -> CohortLine:
    found = queries.read_cohort(pk, [centre.pk for centre in _centres(request)])
    if found is None:
        raise Http404
    return found


def _defined_at(request: SignedInRequest, cohort: CohortLine) -> Centre:
    found = next((centre for centre in _defining(request) if centre.pk == cohort.centre_id), None)
    if found is None:
        raise PermissionDenied(_("Clinicians and data managers of the centre define its cohorts."))
    return found


def _number(request: SignedInRequest) -> int:
    seen = request.POST.get("seen_version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= LONGEST_NUMBER else 0
