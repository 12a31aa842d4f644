"""Addresses of the pages."""

from django.urls import path
from django.views.i18n import set_language

from monitoring.views import (
    alerts,
    cycles,
    events,
    figure,
    health,
    laboratory,
    patient,
    patients,
    registration,
    result_amendment,
    result_authorisation,
    result_editing,
    result_entry,
    result_page,
    signing_in,
    worklist,
)

urlpatterns = [
    path("", worklist.show, name="worklist"),
    path("patients/", patients.search, name="patients"),
    path("patients/register/", registration.register, name="patient-register"),
    path("patients/<int:pk>/", patient.patient, name="patient"),
    path("patients/<int:pk>/figure/", figure.patient_figure, name="patient-figure"),
    path("patients/<int:pk>/cycles/add/", cycles.cycle_add, name="cycle-add"),
    path("cycles/<int:pk>/", cycles.cycle_edit, name="cycle-edit"),
    path("patients/<int:pk>/events/add/", events.event_add, name="event-add"),
    path("events/<int:pk>/", events.event_edit, name="event-edit"),
    path("events/<int:pk>/remove/", events.event_remove, name="event-remove"),
    path("alerts/<int:pk>/acknowledge/", alerts.alert_acknowledge, name="alert-acknowledge"),
    path("sign-in", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-out", signing_in.SignOut.as_view(), name="sign-out"),
    path("language", set_language, name="set-language"),
    path("healthz", health.healthz, name="healthz"),
    path("livez", health.livez, name="livez"),
    path("laboratory/", laboratory.laboratory, name="laboratory"),
    path("laboratory/results/new/", result_entry.result_enter, name="result-enter"),
    path("laboratory/results/authorise/", result_authorisation.results_authorise, name="results-authorise"),
    path("laboratory/results/<int:pk>/", result_page.result, name="result"),
    path("laboratory/results/<int:pk>/edit/", result_editing.result_edit, name="result-edit"),
    path("laboratory/results/<int:pk>/authorise/", result_authorisation.result_authorise, name="result-authorise"),
    path("laboratory/results/<int:pk>/reject/", result_authorisation.result_reject, name="result-reject"),
    path("laboratory/results/<int:pk>/amend/", result_amendment.result_amend, name="result-amend"),
    path("laboratory/results/<int:pk>/withdraw/", result_amendment.result_withdraw, name="result-withdraw"),
]
