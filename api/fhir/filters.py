"""What search values mean for the rows: references, tokens, dates."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from api.fhir import moments
from api.fhir.callers import Caller
from api.fhir.refusals import bad_request
from api.fhir.searching import Filter
from monitoring.permissions import centres_of
from monitoring.queries import external_names

NOBODY = Q(pk__in=[])
EVERYBODY = Q(pk__isnull=False)
LONGEST_ID = 18  # digits


def is_number(text: str) -> bool:
    """Whether this may be the number of a row."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


def number_in(value: str, type_name: str, base: str = "") -> int | None:
    """Return the number of a reference such as Patient/12, in full or alone; None where it is another's."""
    told = value.removeprefix(f"{base}/fhir/") if base else value
    kind, slash, number = told.rpartition("/")
    return int(number) if is_number(number) and kind == (type_name if slash else "") else None


def reference(column: str, type_name: str) -> tuple[str, Filter]:
    """A reference to a row."""

    def where(caller: Caller, value: str) -> Q:
        number = number_in(value, type_name, caller.base)
        return NOBODY if number is None else Q(**{column: number})

    return "reference", where


def token(value: str) -> tuple[str | None, str]:
    """Return system (None: any, empty: none) and code of `sys|code`, `|code` or `code`."""
    system, bar, code = value.rpartition("|")
    return (system if bar else None), code


def words(column: str, meanings: Mapping[str, str], system: str = "") -> tuple[str, Filter]:
    """A token with few possible codes, each of which is a word of ours."""

    def where(_caller: Caller, value: str) -> Q:
        of, code = token(value)
        right = of is None or not of or not system or of == system
        return Q(**{column: meanings[code]}) if right and code in meanings else NOBODY

    return "token", where


def always(*codes: tuple[str, str]) -> tuple[str, Filter]:
    """A token that every row carries."""

    def where(_caller: Caller, value: str) -> Q:
        of, code = token(value)
        return EVERYBODY if any(code == each and of in {None, system} for system, each in codes) else NOBODY

    return "token", where


def day(column: str) -> tuple[str, Filter]:
    """A date against a column of days; a moment is looked for on its day."""

    def where(_caller: Caller, value: str) -> Q:
        asked = moments.asked(value, "date")
        inside = Q(**{f"{column}__gte": asked.first, f"{column}__lte": asked.last})
        loose = "e" if asked.at is not None else ""  # of a day something always lies before its evening
        return {
            "eq": inside,
            "ne": ~inside,
            "lt": Q(**{f"{column}__lt{loose}": asked.first}),
            "eb": Q(**{f"{column}__lt": asked.first}),
            "le": Q(**{f"{column}__lte": asked.last}),
            "gt": Q(**{f"{column}__gt{loose}": asked.last}),
            "sa": Q(**{f"{column}__gt": asked.last}),
            "ge": Q(**{f"{column}__gte": asked.first}),
        }[asked.prefix]

    return "date", where


def moment(column: str) -> tuple[str, Filter]:
    """A date against a column of moments; a day is that of UTC."""

    def where(_caller: Caller, value: str) -> Q:
        asked = moments.asked(value, column)
        first = asked.at or datetime(asked.first.year, asked.first.month, asked.first.day, tzinfo=UTC)
        after = datetime(asked.last.year, asked.last.month, asked.last.day, tzinfo=UTC) + timedelta(days=1)
        end = asked.at + timedelta(microseconds=1) if asked.at else after
        inside = Q(**{f"{column}__gte": first, f"{column}__lt": end})
        return {
            "eq": inside,
            "ne": ~inside,
            "lt": Q(**{f"{column}__lt": first}),
            "eb": Q(**{f"{column}__lt": first}),
            "le": Q(**{f"{column}__lt": end}),
            "gt": Q(**{f"{column}__gte": end}),
            "sa": Q(**{f"{column}__gte": end}),
            "ge": Q(**{f"{column}__gte": first}),
        }[asked.prefix]

    return "date", where


def rows_named(caller: Caller, type_name: str, value: str) -> list[int]:
    """Return the rows that a sender at one of the caller's centres calls so."""
    system, code = token(value)
    if not code:
        raise bad_request("value", "identifier: the value is missing.")
    return external_names.rows_named(centres_of(caller.user), type_name, code, system)


def by_id(column: str = "pk") -> tuple[str, Filter]:
    """The id of the resource itself."""

    def where(_caller: Caller, value: str) -> Q:
        return Q(**{column: int(value)}) if is_number(value) else NOBODY

    return "token", where
