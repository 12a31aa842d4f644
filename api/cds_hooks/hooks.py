"""The service for hospital records: the alerts of the patient in view. Whom we do not know is never shown as well.

Source: CDS Hooks 2.0.
"""

import logging
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from api.auth.addresses import absolute, base
from api.cds_hooks import calls, cards
from api.cds_hooks.callers import called_by_record
from api.cds_hooks.calls import CallRefused, ViewedPatient
from monitoring import permissions
from monitoring.actions import cds_cards, recompute
from monitoring.models import ApiClient, Patient
from monitoring.queries import card_alerts, clients, launches
from monitoring.wording.launch_words import LAUNCH_PATH

SERVICE = "aml-mrd-alert"
log = logging.getLogger(__name__)


@called_by_record("GET")
def discovery(request: HttpRequest, client: ApiClient) -> HttpResponse:
    """Say which services there are."""
    service = {
        "hook": calls.HOOK,
        "id": SERVICE,
        "title": _("AML MRD alert"),
        "description": _("Shows molecular relapse alerts that wait, for the patient in view"),
        "prefetch": {"patient": "Patient/{{context.patientId}}"},
        "usageRequirements": f"The prefetched Patient carries an identifier of the system {client.patient_system}",
    }
    return JsonResponse({"services": [service]})


@called_by_record("POST")
def patient_view(request: HttpRequest, client: ApiClient) -> HttpResponse:
    """Answer with one card for each alert that waits; 412 where the patient cannot be told with certainty."""
    try:
        viewed = calls.patient_of(request)
    except CallRefused as refused:
        return JsonResponse({"error": str(refused)}, status=HTTPStatus.BAD_REQUEST)
    patient = _known(client, viewed) if viewed else None
    if patient is None:
        why = "The patient in view is not known here by identifier and day of birth; no card does not mean no alert."
        return JsonResponse({"error": why}, status=HTTPStatus.PRECONDITION_FAILED)
    now = timezone.now()
    recompute.drain_patient(patient.pk, now=now)
    alerts = card_alerts.of_patient(patient.pk)
    shown = cds_cards.show(client=client, patient=patient, alert_ids=[alert.alert_id for alert in alerts], now=now)
    page = absolute(request, "patient", patient.pk)
    way = cards.Way(page, base(request) + LAUNCH_PATH if _can_launch(viewed) else "")
    told = [cards.card(alert, shown[alert.alert_id], base=base(request), way=way) for alert in alerts]
    return JsonResponse({"cards": told})


@called_by_record("POST")
def feedback(request: HttpRequest, client: ApiClient) -> HttpResponse:
    """Keep what was done with cards; the same feedback twice is kept once, a card unknown to us is only logged."""
    try:
        told = calls.outcomes_of(request)
    except CallRefused as refused:
        return JsonResponse({"error": str(refused)}, status=HTTPStatus.BAD_REQUEST)
    for each in told:
        known = cds_cards.take_feedback(
            client=client, card=each.card, outcome=each.outcome, at=each.at, reason_code=each.reason_code,
            comment=each.comment,
        )  # fmt: skip
        if not known:
            log.warning("Feedback of %s on a card that was not shown to it.", client.client_id)
    return HttpResponse(status=HTTPStatus.OK)


def _can_launch(viewed: ViewedPatient | None) -> bool:
    """Whether the record that asks can open our page in its own window."""
    return bool(settings.SMART_KEYS) and viewed is not None and launches.may_launch(viewed.fhir_server)


def _known(client: ApiClient, viewed: ViewedPatient) -> Patient | None:
    """The patient with this number of the agreed system, whose day of birth does not contradict ours."""
    numbers = {
        value for system, value in viewed.identifiers if client.patient_system and system == client.patient_system
    }
    if len(numbers) != 1:
        return None
    patient = clients.patient_by_number(client, numbers.pop())
    if patient is None or (viewed.born_on is not None and viewed.born_on != patient.born_on):
        return None
    return patient if permissions.can_read_chart(client.user, patient.pk) else None
