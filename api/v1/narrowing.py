"""Answers narrowed to some fields (`?fields=id,state`), and filters whose values are checked before they are used."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

ALWAYS = "id"
LONGEST_NUMBER = 18  # digits of a number of a row


class UnknownField(ValidationError):
    """A name that no field has: an unknown parameter is refused with the same status."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


def asked_fields(request: Request) -> list[str]:
    """Return the names that the caller wants to see; none of them is all."""
    text = request.query_params.get("fields", "")
    return [name.strip() for name in text.split(",") if name.strip()]


def narrowed(data: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return the rows of a list, or the one thing that is answered, with these fields only.

    Raises UnknownField for a name that is not there.
    """
    if not names:
        return data
    rows = data.get("results")
    if isinstance(rows, list):
        return {**data, "results": [_only(row, names) for row in rows]}
    return _only(data, names)


def _only(row: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    if unknown := sorted(set(names) - set(row)):
        raise UnknownField({"fields": f"There is no field {', '.join(unknown)} here."})
    return {name: value for name, value in row.items() if name in names or name == ALWAYS}


def number(request: Request, name: str) -> int | None:
    """Return a filter that is the number of a row; None where it is not asked."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_NUMBER:
        raise ValidationError({name: "This must be a whole number."})
    return int(text)


def one_of(request: Request, name: str, words: Iterable[str]) -> str | None:
    """Return a filter that is one of some words; None where it is not asked."""
    word = request.query_params.get(name)
    allowed = list(words)
    if word is not None and word not in allowed:
        raise ValidationError({name: f"This is one of {', '.join(allowed)}."})
    return word


def day(request: Request, name: str) -> date | None:
    """Return a filter that is a day; None where it is not asked."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError({name: "A day is written 2026-11-20."}) from error
