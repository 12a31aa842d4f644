"""Setting, correcting and removing a level at diagnosis: read back with what it changes before it is saved."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import baselines
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.domain.baseline_doubts import LevelAtDiagnosis, doubts_about
from monitoring.domain.terms import Tissue
from monitoring.forms.levels_at_diagnosis import LevelForm, fingerprint
from monitoring.forms.record_form import RemovalForm
from monitoring.models import Baseline, MrdSeries
from monitoring.models.choices import TissueChoice
from monitoring.queries.levels_at_diagnosis import count_converted, find_level, find_series, read_beside
from monitoring.queries.verdict_effects import VerdictEffect, of_level_at_diagnosis
from monitoring.views.chart_rows import row_to_record
from monitoring.views.charts import address_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show
from monitoring.wording.baseline_words import converted_said, level_said, questions_said, removal_said, scales_said
from monitoring.wording.effect_words import is_said, would_said
from monitoring.wording.measurements import ScaleLine
from monitoring.wording.phrases import followed_words

TEMPLATE = "level_form.html"
READ_BACK = "level_read_back.html"
SAVE, CHANGE = "save", "change"  # steps; without one the form is read back


@dataclass(frozen=True, slots=True)
class Understood:
    """What the server makes of a typed level: said in words, on every scale, what is asked, what would change."""

    said: str
    scales: tuple[ScaleLine, ...]
    questions: tuple[str, ...]
    converted: str
    effects: tuple[VerdictEffect, ...]

    @property
    def would(self) -> list[str]:
        """What would change, a sentence a rule set."""
        return would_said(self.effects)

    @property
    def fingerprint(self) -> str:
        """What tells this reading from any other."""
        return fingerprint("\n".join([self.said, *self.questions, self.converted, *self.would]))


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def level_set(request: SignedInRequest, pk: int, tissue: str) -> HttpResponse:
    """Show the level at diagnosis of one tissue; read back what is typed; save it."""
    series, now = _series(request, pk, tissue), timezone.now()
    standing = find_level(series, tissue)
    if request.method != "POST":
        initial = LevelForm.initial_of(standing) if standing else {}
        kept = take_kept(request)
        form = LevelForm(initial={**initial, **(kept.dict() if kept else {})}, is_correction=standing is not None)
        return _page(request, series, tissue, form, standing)
    form = LevelForm(request.POST, is_correction=standing is not None)
    if not _is_possible(form, series, now):
        return _page(request, series, tissue, form, standing, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    understood, step = _understood(form, series, Tissue(tissue), now), request.POST.get("step")
    if step == CHANGE:
        return _page(request, series, tissue, form, standing)
    if step != SAVE or not form.has_read(understood.fingerprint):
        return _read_back(request, series, tissue, form, understood, is_changed=step == SAVE)
    if understood.questions and not form.is_sure:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _read_back(request, series, tissue, form, understood, is_asked=True, status=status)
    try:
        _write(request, series, tissue, form, standing, now)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        is_stale = isinstance(refused, StaleVersion)
        status = HTTPStatus.CONFLICT if is_stale else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, series, tissue, form, standing, status=status)
    done = [_("Saved."), understood.said, *is_said(understood.effects), understood.converted]
    messages.success(request, " ".join(filter(None, done)))
    return redirect(address_of(series.patient_id, marker=series.marker))


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def level_remove(request: SignedInRequest, pk: int, tissue: str) -> HttpResponse:
    """Remove a level at diagnosis that was written down by mistake."""
    series, now = _series(request, pk, tissue), timezone.now()
    level = find_level(series, tissue)
    if level is None:
        raise Http404
    effects = of_level_at_diagnosis(series.pk, Tissue(tissue), None, now=now)
    page = RecordPage(
        patient=series.patient, title=_("Remove a level at diagnosis"), section="samples",
        part=_("Markers and levels at diagnosis"), button=_("Remove it"),
        lead=" ".join([_on_record(level), removal_said(Tissue(tissue)), *would_said(effects)]),
    )  # fmt: skip
    form = RemovalForm(request.POST or None, row=level)
    if request.method != "POST":
        return show(request, page, form)
    return answer(
        request,
        page,
        form,
        lambda: baselines.remove(by=request.user, baseline=level, **form.given),
        " ".join([_("It is removed. What it was stays in the history."), *is_said(effects)]),
    )  # fmt: skip


def _series(request: SignedInRequest, pk: int, tissue: str) -> MrdSeries:
    if tissue not in TissueChoice.values:
        raise Http404
    return row_to_record(request, find_series, pk)


def _is_possible(form: LevelForm, series: MrdSeries, now: datetime) -> bool:
    """Whether the form may be read back; a day that cannot be is told at its field before anything is."""
    if not form.is_valid():
        return False
    try:
        check_possible(patient=series.patient, on=form.cleaned_data["collected_on"], field="collected_on", now=now)
    except ImpossibleDate as refused:
        form.add_error(refused.field, str(refused))
    return form.is_valid()


def _understood(form: LevelForm, series: MrdSeries, tissue: Tissue, now: datetime) -> Understood:
    level, beside = form.level, read_beside(series, tissue)
    is_same = beside.earlier_pct_abl1 == level.pct_abl1
    return Understood(
        said=level_said(tissue, level),
        scales=scales_said(level.pct_abl1),
        questions=questions_said(doubts_about(level, beside), beside),
        converted="" if is_same else converted_said(count_converted(series, tissue), beside.earlier_pct_abl1),
        effects=of_level_at_diagnosis(series.pk, tissue, level.pct_abl1, now=now),
    )


def _write(
    request: SignedInRequest, series: MrdSeries, tissue: str, form: LevelForm, standing: Baseline | None, now: datetime
) -> None:
    level, columns = form.level, ("pct_abl1", "abl1_copies", "collected_on")
    values: dict[str, Any] = {name: getattr(level, name) for name in columns}
    if standing is None:
        baselines.record(
            by=request.user, series=series, tissue=TissueChoice(tissue), now=now, sure=form.is_sure, **values
        )
        return
    if form.seen is None:
        raise StaleVersion(_("A level at diagnosis was recorded meanwhile. Nothing was saved: look at it."))
    baselines.change(
        by=request.user, baseline=standing, changes=values, now=now, reason=form.reason, seen=form.seen,
        sure=form.is_sure,
    )  # fmt: skip


def _on_record(level: Baseline) -> str:
    return level_said(Tissue(level.tissue), LevelAtDiagnosis(level.pct_abl1, level.collected_on, level.abl1_copies))


def _page(
    request: SignedInRequest,
    series: MrdSeries,
    tissue: str,
    form: LevelForm,
    standing: Baseline | None,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    return render(
        request, TEMPLATE, {**_around(request, series, tissue), "form": form, "standing": standing}, status=status
    )


def _read_back(
    request: SignedInRequest,
    series: MrdSeries,
    tissue: str,
    form: LevelForm,
    understood: Understood,
    *,
    is_changed: bool = False,
    is_asked: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"form": form, "understood": understood, "is_changed": is_changed, "is_asked": is_asked}
    return render(request, READ_BACK, {**_around(request, series, tissue), **context}, status=status)


def _around(request: SignedInRequest, series: MrdSeries, tissue: str) -> dict[str, Any]:
    return {
        "patient": series.patient,
        "series": series,
        "tissue": tissue,
        "followed": followed_words(series.marker, series.mutation_type),
        "typed_by": typed_by(request),
    }
