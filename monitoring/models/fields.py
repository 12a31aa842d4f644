"""Columns that keep what was said exactly."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)

if TYPE_CHECKING:
    _DecimalField = models.DecimalField
else:

    class _DecimalField(models.DecimalField):
        """Django's field, which takes type parameters in its stubs only."""

        def __class_getitem__(cls, _types: Any) -> Any:
            return cls


class ExactDecimalField(_DecimalField[_ST, _GT]):
    """A PostgreSQL `numeric` without precision: every digit that came in goes out again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = None
        kwargs["decimal_places"] = None
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        """Leave out the demand for a precision: not having one is the point."""
        return models.Field.check(self, **kwargs)

    def db_type(self, connection: Any) -> str:
        """Return PostgreSQL's own exact type."""
        return "numeric"

    def deconstruct(self) -> Any:
        """Leave out the two arguments that never vary."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_digits", None)
        kwargs.pop("decimal_places", None)
        return name, path, args, kwargs


class WrittenJSONField(models.JSONField):
    """A PostgreSQL `json`: kept as it was written and read whole; nothing in it can be searched for."""

    def db_type(self, connection: Any) -> str:
        """Return the type that is checked when it is written, and not taken apart."""
        return "json"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return what psycopg has read already; Django leaves only `jsonb` to the field."""
        return value


def finite_and_positive(name: str, field: str) -> models.CheckConstraint:
    """Refuse zero, negative, NaN and infinite values; NaN sorts above every number, so one bound does both."""
    return models.CheckConstraint(
        name=name, condition=models.Q(**{f"{field}__gt": 0}) & models.Q(**{f"{field}__lt": Decimal("1e12")})
    )


def choices_only(name: str, field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """Refuse any word that is not in the list, also when it comes past the forms."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": choices.values}))
