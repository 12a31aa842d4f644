"""Conditions on single resources: the tag of what is there, and whether the caller has seen it."""

import hashlib
import re
from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

NARROWED = "-"  # between the tag of the whole and that of the fields that were asked for
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


class ChangedMeanwhile(APIException):
    """What the caller saw is no longer what is there."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "This has changed since you read it. Read it again; nothing was written."
    default_code = "changed_meanwhile"


class NothingSeen(APIException):
    """The caller does not say what was seen."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "Say what you saw: send the ETag of a GET as If-Match."
    default_code = "nothing_seen"


def tag_of(data: Any) -> str:
    """Return the tag of a content, without quotes."""
    return hashlib.blake2b(JSONRenderer().render(data), digest_size=16).hexdigest()


def seen_as_is(request: Request, current: dict[str, Any], *, required: bool = False) -> bool:
    """Whether the caller sent If-Match and it names what is there: what a GET without parameters answers.

    Raises ChangedMeanwhile where it names something else, and NothingSeen where it is required and missing.
    """
    asked = request.headers.get("If-Match", "").strip()
    if not asked:
        if required:
            raise NothingSeen
        return False
    if asked != "*" and tag_of(current) not in {tag.partition(NARROWED)[0] for tag in _TAG.findall(asked)}:
        raise ChangedMeanwhile
    return True
