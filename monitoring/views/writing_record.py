"""One page for one thing in a patient's record: shown, typed, refused at its field, written, led back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.forms.typed_fields import TypedNumberField
from monitoring.models import Patient
from monitoring.views.charts import address_of
from monitoring.views.interrupted import typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.typed_numbers import number_said, numbers_understood_said

TEMPLATE = "record_form.html"


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What stands around the form: whose record, what it is, where it leads back to, how it is removed.

    `remark` says what the server makes of what was typed; `units` names what a number of a field counts.
    """

    patient: Patient
    title: str
    section: str
    part: str
    button: str
    lead: str = ""
    remove_href: str = ""
    remark: Callable[[forms.Form], str] | None = None
    units: dict[str, str] = field(default_factory=dict)

    @property
    def back(self) -> str:
        """The section of the patient page from which one came."""
        return address_of(self.patient.pk, self.section)


def answer(
    request: SignedInRequest, page: RecordPage, form: forms.Form, write: Callable[[], object], done: str
) -> HttpResponse:
    """Write what was typed and lead back; what is refused stands at its field and nothing typed is lost.

    A form that htmx sends while one types is answered with the remark only.
    """
    if request.htmx:
        form.is_valid()
        return show(request, page, form, template=f"{TEMPLATE}#remark")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            write()
        except StaleVersion as stale:
            form.add_error(None, str(stale))
            status = HTTPStatus.CONFLICT
        except ImpossibleDate as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect(page.back)
    return show(request, page, form, status=status)


def show(
    request: SignedInRequest,
    page: RecordPage,
    form: forms.Form,
    *,
    status: int = HTTPStatus.OK,
    template: str = TEMPLATE,
) -> HttpResponse:
    """Show the page with its form."""
    remark = page.remark(form) if page.remark is not None and form.is_bound else ""
    rows: list[tuple[forms.BoundField, str, bool]] = [
        (each, page.units.get(each.name, ""), isinstance(each.field, forms.DateField)) for each in form
    ]
    context: dict[str, Any] = {
        "page": page,
        "patient": page.patient,
        "form": form,
        "rows": rows,
        "remark": remark,
        "understood": _understood(form, page.units),
        "is_answered": page.remark is not None or any(isinstance(each.field, TypedNumberField) for each in form),
        "typed_by": typed_by(request),
    }
    return render(request, template, context, status=status)


def _understood(form: forms.Form, units: Mapping[str, str]) -> str:
    """What was understood of the numbers typed by hand, in words, before they are sent."""
    if not form.is_bound:
        return ""
    form.is_valid()
    typed = [(each, form.cleaned_data.get(each.name)) for each in form if isinstance(each.field, TypedNumberField)]
    numbers = [
        number_said(str(each.label), value, units.get(each.name, "")) for each, value in typed if value is not None
    ]
    return numbers_understood_said(numbers)
