"""Answers of the domain as JSON by name: what the product keeps in a compact form is told in full to a caller."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


def named(value: Any) -> Any:
    """Return a value of the domain as JSON: fields by name, codes and exact numbers as text, days as 2026-11-20."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: named(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): named(each) for name, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(named(each) for each in value)
    if isinstance(value, tuple | list):
        return [named(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
