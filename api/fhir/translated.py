"""Refusals of actions and permissions, in the words of FHIR."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from django.core.exceptions import PermissionDenied

from api.fhir.refusals import FhirRefused, duplicate, unprocessable
from monitoring.actions.received_resources import NameTaken
from monitoring.actions.refusals import ActionRefused, StaleVersion

Done = TypeVar("Done")


def translated(do: Callable[[], Done]) -> Done:
    """Do something; raises FhirRefused for what an action refuses."""
    try:
        return do()
    except PermissionDenied as error:
        raise FhirRefused(HTTPStatus.FORBIDDEN, "forbidden", str(error) or "This is not allowed.") from error
    except NameTaken as error:
        raise duplicate(str(error)) from error
    except StaleVersion as error:
        raise FhirRefused(HTTPStatus.CONFLICT, "conflict", str(error)) from error
    except ActionRefused as error:
        raise unprocessable("business-rule", str(error)) from error
