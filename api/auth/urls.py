"""Addresses of the door for machines."""

from django.urls import path

from api.auth import token_endpoint

urlpatterns = [path("token", token_endpoint.token, name="token")]
