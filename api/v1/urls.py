"""Addresses of REST v1."""

from django.urls import path

from api.v1 import alerts, patients, results, series

urlpatterns = [
    path("patients/", patients.PatientList.as_view(), name="api-patients"),
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
]
