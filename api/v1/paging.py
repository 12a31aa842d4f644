"""Keyset paging: a page begins after the last number of the page before, however long the list."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

Row = TypeVar("Row", bound=Model)

PAGE_SIZE = 50
LARGEST_PAGE = 200


def content(request: Request, rows: "QuerySet[Row]", show: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    """Return what a page of a list holds: `results`, and the number after which the next one begins (null: none)."""
    found, next_after = cut(request, rows)
    return {"results": [show(row) for row in found], "next_after": next_after}


def cut(request: Request, rows: "QuerySet[Row]") -> tuple[list[Row], int | None]:
    """Return the rows of the page that is asked for (`after`, `limit`), and where the next one begins."""
    after, size = _whole(request, "after", 0), min(_whole(request, "limit", PAGE_SIZE), LARGEST_PAGE)
    if size == 0:
        raise ValidationError({"limit": "A page has at least one row."})
    found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValidationError({name: "This must be a whole number."})
    return int(text)
