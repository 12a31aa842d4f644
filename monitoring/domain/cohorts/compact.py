"""Selections and courses as compact JSON values and back, exactly: the form in which the analysis set is kept.

A dataclass is the list of its fields in their order, without the last ones that hold their defaults; a day is its
ordinal, an exact decimal its text, a mapping a list of pairs. A selection and a course read each field when it is first
asked for: a figure of 50,000 patients needs a few fields of each, and reading all would take longer than the figure.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from monitoring.domain.cohorts.patient import Course, Selection

Json = Any  # null, a truth value, a number, a text, or a list of them
Coder = Callable[[Any], Any] | None  # None: the value is its own JSON


class NoCompactForm(Exception):
    """A field of a type for which no compact form is defined."""


def write_selection(selection: Selection) -> Json:
    """Return a selection as a compact JSON value."""
    return _WRITE_SELECTION(selection)


def write_course(course: Course) -> Json:
    """Return a course as a compact JSON value."""
    return _WRITE_COURSE(course)


def read_selection(value: Json) -> Selection:
    """Return the selection that `write_selection` wrote."""
    found: Selection = _READ_SELECTION(value)
    return found


def read_course(value: Json) -> Course:
    """Return the course that `write_course` wrote."""
    found: Course = _READ_COURSE(value)
    return found


def _writer(kind: Any) -> Coder:
    """How a value of a type becomes JSON."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _unless_none(_writer(_present(inner)))
    if origin is tuple:
        return _each(_writer(inner[0]), list)
    if origin is frozenset:
        return _in_order(_writer(inner[0]))
    if origin is Mapping:
        return _pairs(_writer(inner[0]), _writer(inner[1]))
    if is_dataclass(kind):
        return _record_writer(kind)
    return _plain(kind, {Decimal: str, date: date.toordinal}, lambda member: member.value)


def _reader(kind: Any) -> Coder:
    """How JSON becomes a value of a type."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _unless_none(_reader(_present(inner)))
    if origin in (tuple, frozenset):
        return _each(_reader(inner[0]), origin)
    if origin is Mapping:
        return _mapping(_reader(inner[0]), _reader(inner[1]))
    if is_dataclass(kind):
        return _record_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__
    # a whole number comes back from the database without its point
    return _plain(kind, {Decimal: Decimal, date: date.fromordinal, float: float}, None)


def _plain(kind: Any, coders: Mapping[Any, Callable[[Any], Any]], of_enum: Coder) -> Coder:
    if kind in coders:
        return coders[kind]
    if kind in (str, int, bool, float):
        return None
    if isinstance(kind, type) and issubclass(kind, Enum):
        return of_enum
    raise NoCompactForm(str(kind))


def _present(kinds: tuple[Any, ...]) -> Any:
    """The one type of `X | None`."""
    present = [kind for kind in kinds if kind is not types.NoneType]
    if len(present) != 1:
        raise NoCompactForm(str(kinds))
    return present[0]


def _unless_none(coder: Coder) -> Coder:
    if coder is None:
        return None
    return lambda value: None if value is None else coder(value)


def _each(coder: Coder, made: Callable[[Any], Any]) -> Coder:
    if coder is None:
        return made
    return lambda values: made([coder(value) for value in values])


def _in_order(coder: Coder) -> Coder:
    """A set is written in order, so that equal sets are equal texts."""
    if coder is None:
        return sorted
    return lambda values: sorted(coder(value) for value in values)


def _pairs(key: Coder, value: Coder) -> Coder:
    of_key, of_value = key or _same, value or _same
    return lambda mapping: [[of_key(one), of_value(other)] for one, other in mapping.items()]


def _mapping(key: Coder, value: Coder) -> Coder:
    of_key, of_value = key or _same, value or _same
    return lambda pairs: {of_key(one): of_value(other) for one, other in pairs}


def _same(value: Any) -> Any:
    return value


def _record_writer(kind: Any) -> Callable[[Any], list[Json]]:
    hints = get_type_hints(kind)
    named = [(each.name, _writer(hints[each.name]), _left_out(each, hints[each.name])) for each in fields(kind)]

    def write(record: Any) -> list[Json]:
        values = [getattr(record, name) for name, _, _ in named]
        while values and values[-1] == named[len(values) - 1][2]:
            values.pop()
        return [coder(value) if coder else value for value, (_, coder, _) in zip(values, named, strict=False)]

    return write


def _left_out(each: "Field[Any]", hint: Any) -> Any:
    """The value that is not written at the end of a record: the default, or, without any, None or nothing."""
    if each.default_factory is not MISSING:
        return each.default_factory()
    if each.default is not MISSING:
        return each.default
    if get_origin(hint) in (Union, types.UnionType):
        return None
    return () if get_origin(hint) is tuple else MISSING


def _record_reader(kind: Any) -> Callable[[list[Json]], Any]:
    hints = get_type_hints(kind)
    coders = [_reader(hints[each.name]) for each in fields(kind)]
    coded = [(place, coder) for place, coder in enumerate(coders) if coder is not None]
    # what has a default comes last, as in every dataclass, and is left to it
    asked = [each for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    missing = [_left_out(each, hints[each.name]) for each in asked]

    def read(values: list[Json]) -> Any:
        known = len(values)
        found = [*values, *missing[known:]]
        for place, coder in coded:
            if place >= known:
                break
            if (value := values[place]) is not None:
                found[place] = coder(value)
        return kind(*found)

    return read


def _late_reader(kind: Any) -> Callable[[list[Json]], Any]:
    """As `_record_reader`, with fields that are read when they are first asked for; equal to the record written."""
    names = tuple(each.name for each in fields(kind))
    late: Any = type(kind.__name__, (kind,), {
        "__slots__": ("as_kept",),
        "__module__": kind.__module__,
        "__getattr__": _read_late(kind),
        "__eq__": lambda own, other: isinstance(other, kind) and all(
            getattr(own, name) == getattr(other, name) for name in names
        ),
        "__hash__": kind.__hash__,
    })  # fmt: skip
    made, keep = late.__new__, late.__dict__["as_kept"].__set__

    def read(values: list[Json]) -> Any:
        record = made(late)
        keep(record, values)
        return record

    return read


def _read_late(kind: Any) -> Callable[[Any, str], Any]:
    """How a field is found whose slot is still empty; from then on it stands there."""
    hints, places = get_type_hints(kind), {each.name: place for place, each in enumerate(fields(kind))}
    coders = [_reader(hints[name]) for name in places]
    missing = [_left_out(each, hints[each.name]) for each in fields(kind)]
    slots = [kind.__dict__[name].__set__ for name in places]

    def find(record: Any, name: str) -> Any:
        place = places.get(name)
        if place is None:
            raise AttributeError(name)
        values = record.as_kept
        value = values[place] if place < len(values) else missing[place]
        coder = coders[place]
        if coder is not None and value is not None and place < len(values):
            value = coder(value)
        slots[place](record, value)
        return value

    return find


_WRITE_SELECTION, _READ_SELECTION = _record_writer(Selection), _late_reader(Selection)
_WRITE_COURSE, _READ_COURSE = _record_writer(Course), _late_reader(Course)


def write(kind: type, record: Any) -> Json:
    """Return a record of any such dataclass as a compact JSON value."""
    return _coders(kind)[0](record)


def read(kind: type, value: Json) -> Any:
    """Return the record that `write` wrote of the same dataclass."""
    return _coders(kind)[1](value)


@cache
def _coders(kind: type) -> tuple[Callable[[Any], Json], Callable[[Json], Any]]:
    return _record_writer(kind), _record_reader(kind)
