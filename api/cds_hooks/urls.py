"""Addresses of CDS Hooks: fixed by the standard, without a slash at the end."""

from django.urls import path

from api.cds_hooks import hooks

urlpatterns = [
    path("cds-services", hooks.discovery, name="cds-services"),
    path(f"cds-services/{hooks.SERVICE}", hooks.patient_view, name="cds-patient-view"),
    path(f"cds-services/{hooks.SERVICE}/feedback", hooks.feedback, name="cds-feedback"),
]
