"""Addresses of the pages."""

from django.urls import path
from django.views.i18n import set_language

from monitoring.views import health, patients, signing_in, worklist

urlpatterns = [
    path("", worklist.show, name="worklist"),
    path("patients/", patients.search, name="patients"),
    path("sign-in", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-out", signing_in.SignOut.as_view(), name="sign-out"),
    path("language", set_language, name="set-language"),
    path("healthz", health.healthz, name="healthz"),
    path("livez", health.livez, name="livez"),
]
