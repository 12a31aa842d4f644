"""A definition as it is stored and sent: plain JSON, sets sorted, what asks for nothing left out.

Source: docs/methods/cohorts.md.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any

from monitoring.domain.cohorts.definition import CohortDefinition, CriteriaContradict, Regimen, Transplanted
from monitoring.domain.cohorts.patient import FailureKind
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import Marker, RuleSetId

SETS: Mapping[str, type[StrEnum] | type[str]] = {
    "markers": Marker,
    "failures": FailureKind,
    "regimens": Regimen,
    "first_line": FirstLineResponse,
    "genes": str,
    "genes_any": str,
    "genes_without": str,
    "centres": str,
}
DAYS = ("failed_from", "failed_until", "started_from", "started_until")
NUMBERS = ("age_from", "age_until")
ANSWERS = ("first_treatment_only", "no_hsct_before")


class NotADefinition(ValueError):
    """JSON that says no definition; `field` names what is wrong with it."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name)
        self.field = field_name


def to_json(definition: CohortDefinition) -> dict[str, Any]:
    """Return the definition as JSON; the same definition gives the same text."""
    written: dict[str, Any] = {}
    for each in fields(definition):
        value = getattr(definition, each.name)
        if isinstance(value, frozenset):
            value = sorted(str(one) for one in value)
        elif isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, StrEnum):
            value = value.value
        if value is not None and value is not False and value != []:
            written[each.name] = value
    return written


def from_json(written: Mapping[str, Any]) -> CohortDefinition:
    """Return the definition that JSON says; raises NotADefinition naming the field, CriteriaContradict."""
    known = {each.name for each in fields(CohortDefinition)}
    unknown = sorted(set(written) - known)
    if unknown:
        raise NotADefinition(unknown[0])
    values = {name: _read(name, value) for name, value in written.items()}
    return CohortDefinition(**values)


def _read(name: str, value: Any) -> Any:
    try:
        if name in SETS:
            return frozenset(SETS[name](_text(one)) for one in value)
        if name in DAYS:
            return date.fromisoformat(_text(value))
        if name in NUMBERS:
            return _whole(value)
        if name in ANSWERS:
            return _answer(value)
        return RuleSetId(value) if name == "ruleset" else Transplanted(value)
    except (TypeError, ValueError) as error:
        if isinstance(error, CriteriaContradict):
            raise
        raise NotADefinition(name) from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(value)
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(value)
    return value


def _answer(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value
