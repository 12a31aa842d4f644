"""Entering a whole series by hand: rows typed, answered by the server as one types, read back, submitted."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from monitoring.actions import series_entry
from monitoring.domain.control_gene import ControlGeneMissing
from monitoring.forms.series_entry import CQ, FEWEST_ROWS, SPARE_ROWS, RowForm, SeriesSheet
from monitoring.models import Assay
from monitoring.queries import result_entry
from monitoring.queries.series_entry import CELL_OF, UnderstoodRow, understand_rows
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.result_entry import working_at
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import row_problems

TEMPLATE = "series_entry.html"
READ, SUBMIT, MORE = "read", "submit", "more"
MORE_ROWS = 8


@dataclass(frozen=True)
class ShownRow:
    """A row with what it means, and every sentence about it with the cell that it concerns."""

    form: RowForm
    understood: UnderstoodRow | None
    remarks: tuple[tuple[str, str], ...]

    @property
    def is_ready(self) -> bool:
        """Whether it can be submitted."""
        return self.understood is not None and self.understood.is_ready and not self.form.errors


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def series_enter(request: SignedInRequest) -> HttpResponse:
    """Show the grid; answer what is typed; read it back; submit the rows that are ready."""
    assays = result_entry.assays_of(working_at(request.user))
    now = timezone.now()
    if request.method != "POST":
        kept = take_kept(request)
        return _page(request, SeriesSheet(kept, assays), now, said_again=kept is not None)
    step = request.POST.get("step", "")
    sheet = SeriesSheet(request.POST, assays, more=MORE_ROWS if step == MORE else 0)
    if request.htmx:
        return _page(request, sheet, now, template=f"{TEMPLATE}#answers")
    if step not in {READ, SUBMIT}:
        return _page(request, sheet, now)
    rows = _understood(sheet, now)
    ready = [row for row in rows if row.is_ready]
    if step == SUBMIT and ready and request.POST.get("understood") == _fingerprint(ready):
        return _submit(request, sheet, ready, now)
    changed = step == SUBMIT and bool(request.POST.get("understood"))
    status = (
        HTTPStatus.OK if ready and not changed else HTTPStatus.CONFLICT if changed else HTTPStatus.UNPROCESSABLE_ENTITY
    )
    return _page(request, sheet, now, status=status, read_back=True, changed=changed)


def _submit(request: SignedInRequest, sheet: SeriesSheet, ready: list[ShownRow], now: datetime) -> HttpResponse:
    rows = [row.understood for row in ready if row.understood is not None]
    try:
        written = series_entry.submit_rows(by=request.user, rows=rows, assay=_assay(sheet), now=now)
    except series_entry.RowRefused as refused:
        ready[refused.row].form.add_error("accession_number", str(refused))
        return _page(request, sheet, now, status=HTTPStatus.CONFLICT)
    sentence = ngettext(
        "%(count)s result submitted. Another person authorises it.",
        "%(count)s results submitted. Another person authorises them.",
        len(written),
    )
    messages.success(request, sentence % {"count": len(written)})
    left = [row for row in sheet.filled if row not in [one.form for one in ready]]
    if not left:
        return redirect("laboratory")
    assays = result_entry.assays_of(working_at(request.user))
    return _page(request, SeriesSheet(_rows_left(request.POST, left), assays), now)


def _rows_left(typed: QueryDict, left: list[RowForm]) -> QueryDict:
    """The head and the rows that were not submitted, numbered anew."""
    kept = QueryDict(mutable=True)
    for name in typed:
        if not name.startswith("row-") and name not in {"step", "understood", "rows"}:
            kept[name] = str(typed[name])
    for number, row in enumerate(left, start=1):
        for name in typed:
            if name.startswith(f"{row.prefix}-"):
                kept[f"row-{number}-{name.removeprefix(f'{row.prefix}-')}"] = str(typed[name])
    kept["rows"] = str(max(len(left) + SPARE_ROWS, FEWEST_ROWS))
    return kept


def _understood(sheet: SeriesSheet, now: datetime) -> list[ShownRow]:
    """Every row in order: empty ones without a meaning."""
    sheet.is_valid()
    filled = sheet.filled
    meanings: dict[str | None, UnderstoodRow] = {}
    if not sheet.head.errors.get("assay"):
        try:
            understood = understand_rows([row.typed(sheet.head) for row in filled], _assay(sheet), now=now)
        except ControlGeneMissing:
            understood = []
        meanings = {row.prefix: meaning for row, meaning in zip(filled, understood, strict=False)}
    return [_shown(row, meanings.get(row.prefix)) for row in sheet.rows]


def _shown(form: RowForm, understood: UnderstoodRow | None) -> ShownRow:
    remarks = [
        (name, str(error)) for name, errors in (form.errors if form.is_bound else {}).items()
        for error in errors if name in {"accession_number", "pseudonym", "tissue", "collected_on"}
    ]  # fmt: skip
    if understood is not None:
        remarks += [(CELL_OF[problem], row_problems.said(problem)) for problem in understood.problems
                    if CELL_OF[problem] not in form.errors]  # fmt: skip
    return ShownRow(form, understood, tuple(remarks))


def _assay(sheet: SeriesSheet) -> Assay:
    return Assay.objects.select_related("laboratory").get(pk=sheet.head.cleaned_data["assay"])


def _fingerprint(ready: list[ShownRow]) -> str:
    told = "\n".join(row.understood.fingerprint for row in ready if row.understood is not None)
    return hashlib.sha256(told.encode()).hexdigest()


def _page(
    request: SignedInRequest,
    sheet: SeriesSheet,
    now: datetime,
    *,
    template: str = TEMPLATE,
    status: int = HTTPStatus.OK,
    read_back: bool = False,
    **more: Any,
) -> HttpResponse:
    bound = sheet.head.is_bound
    rows = _understood(sheet, now) if bound else [ShownRow(row, None, ()) for row in sheet.rows]
    ready = [row for row in rows if row.is_ready]
    context = {
        "sheet": sheet,
        "rows": rows,
        "ready": ready,
        "filled": len(sheet.filled) if bound else 0,
        "by_cq": bool(bound and sheet.head.data.get("way") == CQ),
        "read_back": read_back and ready,
        "understood": _fingerprint(ready),
        "was_read_back": bool(request.POST.get("understood")),
        "typed_by": typed_by(request),
        **more,
    }
    return render(request, template, context, status=status)
