"""Addresses that are registered at hospital records."""

from django.urls import path

from api.smart import launching

urlpatterns = [
    path("smart/launch", launching.launch, name="smart-launch"),
    path("smart/callback", launching.callback, name="smart-callback"),
    path("smart/link", launching.link, name="smart-link"),
    path("smart/jwks.json", launching.keys, name="smart-keys"),
]
