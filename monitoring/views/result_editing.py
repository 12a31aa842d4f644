"""Editing a draft: one that was kept, or one that came back."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
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
from monitoring.views.writing_result import Sheet, Writing, answer


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def result_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a draft; whoever does so is a contributor and cannot sign it."""
    row = row_of_laboratory(request, pk)
    now = timezone.now()
    reading.note(by=request.user, patient=row.patient, channel="laboratory", now=now)
    if row.state != State.DRAFT and request.method == "GET":
        return redirect("result", pk)
    return answer(request, _editing(request, row, now))


def row_of_laboratory(request: HttpRequest, pk: int) -> MrdResult:
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
        shown.assay_id, 0, shown.assay_name, shown.assay_version, shown.laboratory, shown.assay_mutation_type
    )


def subject_of(row: MrdResult) -> queries.Subject:
    """Return the patient and marker of a result."""
    found = queries.subject(row.series_id)
    if found is None:
        raise Http404
    return found


def _editing(request: HttpRequest, row: MrdResult, now: datetime) -> Writing:
    shown, found = result_versions.shown(row), subject_of(row)
    content = result_entry.content_of(row)

    def sheet(typed: QueryDict | None) -> Sheet:
        return Sheet(
            title=_("Edit a draft"),
            subject=found,
            measurement=MeasurementForm(typed, assays=[assay_of(shown)], marker=found.marker, initial=_as_typed(shown)),
            known=shown.sample,
            before=shown,
            hidden={"content": (typed or {}).get("content", content)},
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


def _as_typed(shown: ResultShown) -> dict[str, Any]:
    """What a draft was typed as; a reported call that the rules overruled is asked for again."""
    typed: dict[str, Any] = {"assay": str(shown.assay_id), "comment": shown.comment}
    if shown.entered_scale == ScaleChoice.COPIES:
        wells = zip(
            (*TARGET_WELLS, *ABL1_WELLS), (*_padded(shown.target_wells), *_padded(shown.abl1_wells)), strict=True
        )
        return typed | {"way": COPIES} | dict(wells)
    overruled = shown.listed.call == Call.NOT_EVALUABLE and shown.problems
    return typed | {
        "way": REPORTED,
        "call": "" if overruled else shown.listed.call,
        "value": _digits(shown.entered_value),
        "scale": shown.entered_scale,
        "abl1_copies": _digits(shown.listed.abl1_copies),
        "limit": _digits(shown.stated_limit),
    }


def _padded(copies: tuple[Any, ...]) -> list[str]:
    return [*map(_digits, copies), "", "", ""][: len(TARGET_WELLS)]


def _digits(value: Any) -> str:
    return "" if value is None else f"{value:f}"
