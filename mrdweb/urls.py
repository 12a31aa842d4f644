"""Addresses: the pages at the root, other interfaces under their own."""

from django.urls import include, path

urlpatterns = [
    path("auth/", include("api.auth.urls")),
    path("", include("api.cds_hooks.urls")),
    path("", include("api.fhir.urls")),
    path("", include("api.smart.urls")),
    path("api/v1/", include("api.v1.urls")),
    path("", include("monitoring.urls")),
]
