"""What an act of the audit trail changed: column by column, before and after, with the names behind numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey

from monitoring.models import AuditEntry, Centre, User

NAMED = {User: User.objects, Centre: Centre.objects}  # numbers of these are told by name


@dataclass(frozen=True, slots=True)
class Difference:
    """One column; `column` is the model's own field where the act tells of one, None elsewhere."""

    name: str
    column: "Field[Any, Any] | None"
    before: Any
    after: Any
    is_changed: bool


def differences(entry: AuditEntry) -> tuple[Difference, ...]:
    """Return what changed first, then what stayed; a change that tells one side only changed what it tells."""
    before, after = entry.before or {}, entry.after or {}
    columns = {name: _column(entry.subject_type, name) for name in {**before, **after}}
    names = _names(columns, [before, after])
    is_whole = entry.before is not None and entry.after is not None
    found = [
        Difference(
            name, column, names.get((name, before.get(name)), before.get(name)),
            names.get((name, after.get(name)), after.get(name)),
            is_changed=(before.get(name) != after.get(name)) if is_whole else True,
        )
        if _is_plain(before.get(name)) and _is_plain(after.get(name))
        else Difference(name, None, before.get(name), after.get(name), before.get(name) != after.get(name))
        for name, column in columns.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: not each.is_changed))


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _column(subject_type: str, name: str) -> "Field[Any, Any] | None":
    try:
        field = apps.get_model("monitoring", subject_type)._meta.get_field(name.removesuffix("_id"))
    except (LookupError, FieldDoesNotExist, ValueError):
        return None
    return field if isinstance(field, Field) else None


def _names(columns: "Mapping[str, Field[Any, Any] | None]", sides: list[dict[str, Any]]) -> dict[tuple[str, Any], str]:
    """Return the name behind each number of a person or centre, with one query for each of the two tables."""
    found: dict[tuple[str, Any], str] = {}
    for model, known in NAMED.items():
        of_model = [name for name, one in columns.items() if isinstance(one, ForeignKey) and one.related_model is model]
        wanted = {side[name] for side in sides for name in of_model if isinstance(side.get(name), int)}
        rows = {each.pk: each for each in known.filter(pk__in=wanted)} if wanted else {}
        for name in of_model:
            found |= {(name, pk): row.shown_name if isinstance(row, User) else str(row) for pk, row in rows.items()}
    return found
