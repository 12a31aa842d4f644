"""Addresses of CDS Hooks: fixed by the standard, without a slash at the end."""

from django.urls import path

from api.cds_hooks import services

urlpatterns = [
    path("", services.discovery, name="cds-services"),
    path(f"/{services.SERVICE}", services.patient_view, name="cds-patient-view"),
    path(f"/{services.SERVICE}/feedback", services.feedback, name="cds-feedback"),
]
