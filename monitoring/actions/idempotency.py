"""One request, one effect: what was answered to a request that carries a key is kept, and given to the same again.

The key is taken in the transaction of the request, before anything else is written: of two at once the second waits
until the first is committed, and then reads its answer. A request that was refused leaves no key behind.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.actions.refusals import ActionRefused
from monitoring.models import IdempotencyKey, User

KEPT_FOR = timedelta(days=7)  # [DESIGN] longer than any sender tries again
NOT_ANSWERED = 0


class KeyUsedOtherwise(ActionRefused):
    """The key came before, with another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status and the content."""

    status: int
    content: Any


@transaction.atomic
def take(*, by: User, key: str, request: bytes, now: datetime) -> Answer | None:
    """Take a key for a request; return what was answered to the same one before, None where it is new.

    Raises KeyUsedOtherwise where the key stands for another request.
    """
    IdempotencyKey.objects.filter(user=by, created_at__lt=now - KEPT_FOR).delete()
    digest = hashlib.sha256(request).hexdigest()
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(user=by, key=key, request_digest=digest, status=NOT_ANSWERED, answer={})
    except IntegrityError:
        before = IdempotencyKey.objects.get(user=by, key=key)
        if before.request_digest != digest:
            raise KeyUsedOtherwise(_("This key was used for another request.")) from None
        return Answer(before.status, before.answer)
    return None


def keep(*, by: User, key: str, answer: Answer) -> None:
    """Keep what is answered to the request that took the key."""
    IdempotencyKey.objects.filter(user=by, key=key).update(status=answer.status, answer=answer.content)
