"""The door of every page about a patient: who may read the chart, who may write into it, and where it leads back to."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.models import ClinicalEvent, Patient, VenetoclaxCycle
from monitoring.queries import charts, next_cycle
from monitoring.views.signed_in import SignedInRequest


def chart_of(request: SignedInRequest, pk: int) -> Patient:
    """Return the patient whose chart the person may read; any other patient does not exist for them."""
    patient = charts.find_patient(pk)
    if patient is None:
        raise Http404
    return _readable(request, patient)


def cycle_of(request: SignedInRequest, pk: int) -> VenetoclaxCycle:
    """Return a cycle of a patient whose chart the person may read."""
    cycle = next_cycle.find_cycle(pk)
    if cycle is None:
        raise Http404
    _readable(request, cycle.patient)
    return cycle


def event_of(request: SignedInRequest, pk: int) -> ClinicalEvent:
    """Return an event of a patient whose chart the person may read."""
    event = charts.find_event(pk)
    if event is None:
        raise Http404
    _readable(request, event.patient)
    return event


def address_of(patient_id: int, fragment: str = "", **query: str) -> str:
    """Return the address of a patient page, at a section and with a marker where these are named."""
    given = urlencode({name: value for name, value in query.items() if value})
    address = reverse("patient", args=[patient_id])
    return address + (f"?{given}" if given else "") + (f"#{fragment}" if fragment else "")


def _readable(request: SignedInRequest, patient: Patient) -> Patient:
    if not permissions.can_read_chart(request.user, patient.pk):
        if not permissions.roles_of(request.user) & permissions.LABORATORY_ROLES:
            raise Http404  # whose care has ended sees no more than a stranger
        raise PermissionDenied(_("The chart is open to clinicians, data managers and auditors of the caring centres."))
    return patient
