"""One version of a result with its history, for its laboratory and for those who read the chart."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.actions import reading
from monitoring.models import MrdResult
from monitoring.models.choices import ResultStateChoice as State
from monitoring.models.choices import RoleChoice
from monitoring.queries import result_versions
from monitoring.queries.laboratory import laboratory_centres
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def result(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a version: what was measured, by whom, what happened to it, which versions there are."""
    row = result_versions.row_of(pk)
    if row is None:
        raise Http404
    works_there = permissions.can_enter_result(request.user, row.assay.laboratory.centre_id)
    if not works_there and not permissions.can_read_chart(request.user, row.patient_id):
        raise Http404
    reading.note(by=request.user, patient=row.patient, channel="laboratory", now=timezone.now())
    versions = result_versions.versions_of(row)
    context = {
        "result": result_versions.shown(row),
        "versions": versions,
        "history": result_versions.history_of(row, versions),
        "run_id": row.run_id if works_there else None,
        "next_steps": _next_steps(request, row, works_there=works_there),
    }
    return render(request, "result.html", context)


def _next_steps(request: SignedInRequest, row: MrdResult, *, works_there: bool) -> list[str]:
    """The names of the pages on which this person can go on with this version."""
    if not works_there:
        return []
    steps = {
        State.DRAFT: ["result-edit", "result-withdraw"],
        State.SUBMITTED: ["result-authorise"],
        State.AUTHORISED: ["result-amend"],
    }
    found = list(steps.get(State(row.state), []))
    if "result-amend" in found and result_versions.next_version_of(row) is not None:
        found.remove("result-amend")
    signs_at = laboratory_centres(request.user, [RoleChoice.LABORATORY_AUTHORISER])
    if row.state == State.AUTHORISED and row.assay.laboratory.centre_id in signs_at:
        found.append("result-withdraw")
    if row.state == State.AUTHORISED:
        found.append("repeat-ask")
    return found
