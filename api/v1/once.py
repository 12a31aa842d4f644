"""A request that carries an Idempotency-Key is done once, however often it is sent."""

import json
import re
from collections.abc import Callable

from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.auth.tokens import bearer
from monitoring.actions import idempotency

KEY = re.compile(r"[\x21-\x7e]{1,100}")


def once(request: Request, do: Callable[[], Response]) -> Response:
    """Do what is asked, or answer as before where the same request came with the same key; a refusal leaves no key."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return do()
    if not KEY.fullmatch(key):
        raise ValidationError({"Idempotency-Key": "A key has 1 to 100 printable characters without a blank."})
    asked = b"\n".join((request.get_full_path().encode(), request.body))  # before it is parsed: it tells two apart
    before = idempotency.take(by=bearer(request), key=key, request=asked, now=timezone.now())
    if before is not None:
        return Response(before.content, status=before.status, headers={"Idempotent-Replay": "true"})
    answer = do()
    if answer.status_code < status.HTTP_400_BAD_REQUEST:
        content = json.loads(JSONRenderer().render(answer.data))
        idempotency.keep(by=bearer(request), key=key, answer=idempotency.Answer(answer.status_code, content))
    return answer
