"""Addresses of REST v1."""

from django.urls import path

from api.v1 import alert_turns, alerts, cycles, patients, report, results, series, toxicity

urlpatterns = [
    path("patients/", patients.PatientList.as_view(), name="api-patients"),
    path("patients/<int:pk>/report", report.PatientReport.as_view(), name="api-patient-report"),
    path("patients/<int:pk>/cycles/", cycles.Cycles.as_view(), name="api-cycles"),
    path("cycles/<int:pk>/", cycles.Cycle.as_view(), name="api-cycle"),
    path("patients/<int:pk>/dose-changes/", cycles.DoseChanges.as_view(), name="api-dose-changes"),
    path("dose-changes/<int:pk>/", cycles.DoseChangeDetail.as_view(), name="api-dose-change"),
    path("patients/<int:pk>/blood-counts/", toxicity.Counts.as_view(), name="api-blood-counts"),
    path("blood-counts/<int:pk>/", toxicity.CountDetail.as_view(), name="api-blood-count"),
    path("patients/<int:pk>/adverse-events/", toxicity.AdverseEvents.as_view(), name="api-adverse-events"),
    path("adverse-events/<int:pk>/", toxicity.AdverseEventDetail.as_view(), name="api-adverse-event"),
    path("patients/<int:pk>/transfusions/", toxicity.Transfusions.as_view(), name="api-transfusions"),
    path("transfusions/<int:pk>/", toxicity.TransfusionDetail.as_view(), name="api-transfusion"),
    path("series/", series.SeriesList.as_view(), name="api-series-list"),
    path("series/<int:pk>/", series.SeriesDetail.as_view(), name="api-series"),
    path("series/<int:pk>/results/", series.SeriesResults.as_view(), name="api-series-results"),
    path("series/<int:pk>/verdicts/", series.SeriesVerdicts.as_view(), name="api-series-verdicts"),
    path("series/<int:pk>/figure/", series.SeriesFigure.as_view(), name="api-series-figure"),
    path("results/", results.ResultList.as_view(), name="api-results"),
    path("results/<int:pk>/", results.ResultDetail.as_view(), name="api-result"),
    path("results/<int:pk>/submit/", results.ResultSubmit.as_view(), name="api-result-submit"),
    path("results/<int:pk>/authorise/", results.ResultAuthorise.as_view(), name="api-result-authorise"),
    path("alerts/", alerts.AlertList.as_view(), name="api-alerts"),
    path("alerts/<int:pk>/", alerts.AlertDetail.as_view(), name="api-alert"),
    path("alerts/<int:pk>/acknowledge/", alert_turns.AlertAcknowledge.as_view(), name="api-alert-acknowledge"),
    path("alerts/<int:pk>/hand-over/", alert_turns.AlertHandOver.as_view(), name="api-alert-hand-over"),
    path("alerts/<int:pk>/resolve/", alert_turns.AlertResolve.as_view(), name="api-alert-resolve"),
]
