"""Writing down a measurement, whatever it is for: typed, read back in words, submitted; or kept as a draft."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from monitoring.actions import result_entry
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion, WrongState
from monitoring.domain.control_gene import ControlGeneMissing
from monitoring.domain.readings import ValueContradictsCall
from monitoring.domain.units import BaselineMissing, NotALevel
from monitoring.forms.result_entry import MeasurementForm
from monitoring.forms.sample import SampleForm
from monitoring.models import Laboratory, MrdResult, Patient, Sample
from monitoring.models.choices import ResultStateChoice
from monitoring.queries.result_entry import KnownSample, OpenResult, Subject
from monitoring.queries.result_versions import ResultShown
from monitoring.queries.understanding import SampleFacts, Understood
from monitoring.views.interrupted import take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.measurements import result_said

TEMPLATE = "result_entry.html"
READ, CHANGE, KEEP, SUBMIT = "read", "change", "keep", "submit"
REFUSALS = (ActionRefused, BaselineMissing, NotALevel, ValueContradictsCall, ControlGeneMissing)


@dataclass
class Sheet:
    """The forms of one page, with what they concern."""

    title: str
    subject: Subject
    measurement: MeasurementForm
    sample: SampleForm | None = None
    reason: Form | None = None
    known: KnownSample | None = None
    before: ResultShown | None = None
    returned: str = ""
    hidden: dict[str, str] = field(default_factory=dict)

    @property
    def forms(self) -> list[Form]:
        """The forms in the order of the page."""
        return [form for form in (self.reason, self.sample, self.measurement) if form is not None]

    def is_valid(self) -> bool:
        """Whether every form can be taken; each is asked, so that everything wrong is told at once."""
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    def new_sample(self, patient: Patient, laboratory: Laboratory) -> Sample:
        """Return the sample that is taken in with the result, not saved."""
        if self.sample is None:
            raise Http404
        return self.sample.sample_for(patient, laboratory)

    def circumstances(self) -> KnownSample | Sample | None:
        """What was noted of the sample, on record or typed just now."""
        return self.known or (self.sample.circumstances() if self.sample else None)

    def facts(self) -> SampleFacts | None:
        """What is known of the sample so far."""
        if self.known is not None:
            return SampleFacts(self.known.tissue, self.known.collected_on, self.known.timepoint)
        if self.sample is None or not self.sample.is_bound:
            return None
        given = getattr(self.sample, "cleaned_data", {})
        if not given.get("tissue") or not given.get("collected_on"):
            return None
        return SampleFacts(given["tissue"], given["collected_on"], given.get("timepoint", ""))


@dataclass(frozen=True)
class Writing:
    """What differs between entering, editing and amending: its sheet, how it is understood, how it is written."""

    sheet: Callable[[QueryDict | None], Sheet]
    understand: Callable[[Sheet], Understood]
    write: Callable[[Sheet, bool], MrdResult]
    standing: Callable[[Sheet], OpenResult | None] = lambda _sheet: None


def answer(request: SignedInRequest, writing: Writing) -> HttpResponse:
    """Show the empty sheet, a preview of what is typed, the reading back, or where the result went."""
    if request.method != "POST":
        kept = take_kept(request)
        sheet = writing.sheet(kept)
        return _page(request, sheet, said_again=kept is not None)
    sheet = writing.sheet(request.POST)
    valid = sheet.is_valid()
    _say_what_answers_give(request.POST, writing, sheet)
    if request.htmx:
        return _preview(request, writing, sheet)
    if request.POST.get("step") == CHANGE:
        return _page(request, sheet)
    if not valid:
        return _page(request, sheet, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _take(request, writing, sheet)


def _say_what_answers_give(typed: QueryDict, writing: Writing, sheet: Sheet) -> None:
    """Write beside each reading of an ambiguous number the result that it would give, where it alone is open."""
    for question in sheet.measurement.questions:
        for reading in question.readings:
            answered = typed.copy()
            answered[question.name] = reading.sent
            trial = writing.sheet(answered)
            if trial.is_valid() or not trial.measurement.errors:
                with suppress(*REFUSALS):
                    reading.gives = result_said(writing.understand(trial).measured)


def _take(request: SignedInRequest, writing: Writing, sheet: Sheet) -> HttpResponse:
    step = request.POST.get("step")
    try:
        understood = writing.understand(sheet)
        as_read_back = request.POST.get("understood") == understood.fingerprint
        if step == KEEP or (step == SUBMIT and as_read_back):
            written = writing.write(sheet, step == SUBMIT)
            messages.success(request, _said(written))
            return redirect("result", written.pk)
        result_entry.rehearse(lambda: writing.write(sheet, True))
    except REFUSALS as refused:
        return _refused(request, writing, sheet, refused)
    changed = step == SUBMIT and bool(request.POST.get("understood"))
    status = HTTPStatus.CONFLICT if changed else HTTPStatus.OK
    return _page(request, sheet, understood=understood, changed=changed, status=status)


def _refused(request: SignedInRequest, writing: Writing, sheet: Sheet, refused: Exception) -> HttpResponse:
    """Say at the field why nothing was written."""
    if isinstance(refused, StaleVersion | WrongState | result_entry.AlreadyMeasured):
        standing = writing.standing(sheet)
        return _page(request, sheet, conflict=str(refused), standing=standing, status=HTTPStatus.CONFLICT)
    form, name, sentence = _place(sheet, refused)
    form.add_error(name, sentence)
    return _page(request, sheet, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _place(sheet: Sheet, refused: Exception) -> tuple[Form, str | None, str]:
    """The form, the field and the sentence of a refusal."""
    measurement: Form = sheet.measurement
    if isinstance(refused, ImpossibleDate) and sheet.sample is not None and refused.field in sheet.sample.fields:
        return sheet.sample, refused.field, str(refused)
    if isinstance(refused, result_entry.AccessionInUse) and sheet.sample is not None:
        return sheet.sample, "accession_number", str(refused)
    if isinstance(refused, BaselineMissing) and sheet.facts() is None:
        return measurement, "scale", _("“% of diagnosis” needs the tissue: say marrow or blood, and when.")
    if isinstance(refused, BaselineMissing):
        sentence = _("The level at diagnosis in this tissue is not on record, so “% of diagnosis” cannot be converted.")
        return measurement, "scale", sentence
    if isinstance(refused, NotALevel):
        return measurement, "value", _("This is not a level: a finite number above 0.")
    return measurement, None, str(refused)


def _said(written: MrdResult) -> str:
    if written.state == ResultStateChoice.DRAFT:
        return _("Kept as a draft. Nobody signs it before it is submitted.")
    return _("Submitted. Another person authorises it.")


def _preview(request: SignedInRequest, writing: Writing, sheet: Sheet) -> HttpResponse:
    """What the server understands so far, and what it still asks."""
    understood, sentence = None, ""
    if not sheet.measurement.errors:
        try:
            understood = writing.understand(sheet)
        except REFUSALS as refused:
            sentence = _place(sheet, refused)[2]
    context = {"sheet": sheet, "understood": understood, "sentence": sentence}
    return render(request, f"{TEMPLATE}#preview", context)


def _page(
    request: SignedInRequest,
    sheet: Sheet,
    *,
    understood: Understood | None = None,
    status: int = HTTPStatus.OK,
    **more: Any,
) -> HttpResponse:
    template = "result_read_back.html" if understood else TEMPLATE
    context = {"sheet": sheet, "understood": understood, "typed_by": typed_by(request), **more}
    return render(request, template, context, status=status)
