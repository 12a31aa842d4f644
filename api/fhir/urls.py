"""Addresses of FHIR R4: with and without the slash at the end, since a redirect would lose what was posted."""

from django.urls import path, re_path

from api.auth.token_endpoint import smart_configuration
from api.fhir.definitions import STATUS_PARAMETER
from api.fhir.views import Open, Resources

urlpatterns = [
    path("fhir/metadata", Open.as_view(), {"what": "metadata"}, name="fhir-metadata"),
    path("fhir/.well-known/smart-configuration", smart_configuration, name="smart-configuration"),
    path("fhir/CodeSystem/mrd", Open.as_view(), {"what": "CodeSystem/mrd"}, name="fhir-codes"),
    path("fhir/CodeSystem/override", Open.as_view(), {"what": "CodeSystem/override"}, name="fhir-overrides"),
    path(
        f"fhir/SearchParameter/{STATUS_PARAMETER}",
        Open.as_view(),
        {"what": f"SearchParameter/{STATUS_PARAMETER}"},
        name="fhir-parameter",
    ),
    path("fhir", Resources.as_view(), name="fhir"),
    re_path(r"^fhir/(?P<path>.*)$", Resources.as_view(), name="fhir-resources"),
]
