"""A row may be changed only as the person saw it: when it was recorded travels with the form."""

from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import models
from django.utils.translation import gettext as _

from monitoring.actions.refusals import StaleVersion

Row = TypeVar("Row", bound=models.Model)


def lock_as_seen(row: Row, seen: datetime | None) -> Row:
    """Lock a row and return it as it is now; raises StaleVersion if it was changed or removed since it was seen.

    None: whoever asks has seen nothing, as a caller of the API that names no moment.
    """
    manager = cast(Any, type(row)).objects
    found: Row | None = manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    recorded_at = getattr(found, "recorded_at", None)
    if found is None or (seen is not None and recorded_at != seen):
        raise StaleVersion(_("Somebody has changed this meanwhile. Nothing was saved: look at it again."))
    return row
