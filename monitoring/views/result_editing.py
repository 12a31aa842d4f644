"""Editing a draft: one that was kept, or one that came back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import permissions
from monitoring.actions import reading, result_entry
from monitoring.actions.results import Seen
from monitoring.domain.terms import Call
from monitoring.forms.result_entry import ABL1_WELLS, COPIES, REPORTED, TARGET_WELLS, MeasurementForm
from monitoring.models import MrdResult
from monitoring.models.choices import ResultStateChoice as State
from monitoring.models.choices import ScaleChoice
from monitoring.queries import result_entry as queries
from monitoring.queries import result_versions
from monitoring.queries.result_versions import ResultShown
from monitoring.queries.understanding import Understood, understand
from monitoring.views.interrupted import kept_through_sign_in
from monitoring.views.result_entry import working_at
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_result import Sheet, Writing, answer
from monitoring.wording.result_history import step_said


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def result_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Edit a draft; whoever does so is a contributor and cannot sign it."""
    row = row_of_laboratory(request, pk)
    now = timezone.now()
    reading.note(by=request.user, patient=row.patient, channel="laboratory", now=now)
    if row.state != State.DRAFT and request.method == "GET":
        return redirect("result", pk)
    shown = result_versions.shown(row)
    if not _can_be_typed(shown):
        messages.warning(request, _("This draft was read by an instrument. Discard it and import the run again."))
        return redirect("result", pk)
    return answer(request, _editing(request, row, shown, now))


def row_of_laboratory(request: SignedInRequest, pk: int) -> MrdResult:
    """Return a result that one of the person's laboratories measured; any other is not there."""
    centre_ids = working_at(request.user)
    row = result_versions.row_of(pk)
    if row is None or row.assay.laboratory.centre_id not in centre_ids:
        raise Http404
    permissions.check_can_enter_result(request.user, row.assay.laboratory.centre_id)
    return row


def assay_of(shown: ResultShown) -> queries.AssayOffered:
    """Return the assay that a result was measured by: it stays the same through all versions."""
    return queries.AssayOffered(
        shown.assay_id,
        shown.laboratory_id,
        shown.assay_name,
        shown.assay_version,
        shown.laboratory,
        shown.assay_mutation_type,
    )


def subject_of(row: MrdResult) -> queries.Subject:
    """Return the patient and marker of a result."""
    found = queries.subject(row.series_id)
    if found is None:
        raise Http404
    return found


def _can_be_typed(shown: ResultShown) -> bool:
    """Whether the page has a cell for every well, so that an edit loses none, and no Cq of an instrument."""
    wells = max(len(shown.target_wells), len(shown.abl1_wells))
    return wells <= len(TARGET_WELLS) and not shown.from_instrument


def _editing(request: SignedInRequest, row: MrdResult, shown: ResultShown, now: datetime) -> Writing:
    found = subject_of(row)
    content, returned = result_entry.content_of(row), _returned(row)

    def sheet(typed: QueryDict | None) -> Sheet:
        return Sheet(
            title=_("Edit a draft"),
            subject=found,
            measurement=MeasurementForm(typed, assays=[assay_of(shown)], marker=found.marker, initial=_as_typed(shown)),
            known=shown.sample,
            before=shown,
            returned=returned,
            hidden={"content": content if typed is None else typed.get("content", "")},
        )

    def understanding(typed: Sheet) -> Understood:
        return understand(
            series=row.series, assay=row.assay, reading=typed.measurement.reading(), facts=typed.facts(), now=now
        )

    def write(typed: Sheet, submit: bool) -> MrdResult:
        return result_entry.revise(
            by=request.user,
            result=row,
            reading=typed.measurement.reading(),
            comment=typed.measurement.cleaned_data["comment"],
            seen=Seen(row.version, None),
            content=typed.hidden["content"],
            submit=submit,
            now=now,
        )

    return Writing(sheet, understanding, write)


def _returned(row: MrdResult) -> str:
    """Who returned the draft last, when and why; empty where nobody did."""
    steps = result_versions.steps_of(row)
    returns = [step for step in steps if step.action == "result.reject"]
    return step_said(returns[-1]) if returns else ""


def _as_typed(shown: ResultShown) -> dict[str, Any]:
    """What a draft was typed as; a reported call that the rules overruled is asked for again."""
    typed: dict[str, Any] = {"assay": str(shown.assay_id), "comment": shown.comment}
    if shown.entered_scale == ScaleChoice.COPIES:
        target = zip(TARGET_WELLS, map(_digits, shown.target_wells), strict=False)
        abl1 = zip(ABL1_WELLS, map(_digits, shown.abl1_wells), strict=False)
        return typed | {"way": COPIES} | dict(target) | dict(abl1)
    overruled = shown.listed.call == Call.NOT_EVALUABLE and shown.problems
    return typed | {
        "way": REPORTED,
        "call": "" if overruled else shown.listed.call,
        "value": _digits(shown.entered_value),
        "scale": shown.entered_scale,
        "abl1_copies": _digits(shown.listed.abl1_copies),
        "limit": _digits(shown.stated_limit),
        **loq_as_typed(shown),
    }


def loq_as_typed(shown: ResultShown) -> dict[str, Any]:
    """Return the limit of quantification that was told, as the fields take it; nothing where none was."""
    if shown.stated_loq is None:
        return {}
    return {"way": REPORTED, "loq": _digits(shown.stated_loq), "loq_scale": ScaleChoice.PCT_ABL1.value}


def _digits(value: Any) -> str:
    return "" if value is None else f"{value:f}"
