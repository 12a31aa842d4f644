"""The request of a person who is signed in: what every view behind the door may count on."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from monitoring.models import User


class SignedInRequest(HttpRequest):
    """A request with a person, and with what htmx tells of itself."""

    user: User
    htmx: HtmxDetails
