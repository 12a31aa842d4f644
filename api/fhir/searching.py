"""Searching: parameters, modifiers refused, sorting, and pages that begin after the last row of the page before."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet

from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.refusals import FhirRefused, bad_request

Filter = Callable[[Caller, str], Q]
PAGE, LARGEST_PAGE = 50, 200
MOST_VALUES = 100  # alternatives in one parameter
MOST_COUNTED = 10_000  # matches; of more the total is left out, unless it is asked for
# Ignoring one of these would answer with other people's records: they are never dropped.
TELLS_WHOSE = {"patient", "subject", "identifier", "specimen", "implicated", "target", "accession", "_id", "_has"}
PAGING = {
    "_count",
    "_cursor",
    "_sort",
    "_summary",
    "_format",
    "_include",
    "_revinclude",
    "_total",
    "_totalMethod",
    "_pretty",
}


def _no_rows(_caller: Caller) -> "QuerySet[Any]":
    raise LookupError("What is no row of one table is found by its own find.")


@dataclass(frozen=True, slots=True)
class Together:
    """What a parameter means whose values are looked up at once: one by one, each would ask the database."""

    filter: Callable[[Caller, Sequence[str]], Q]


@dataclass(frozen=True)
class Kind:
    """One type of resource: its rows, how they are searched, sorted and shown.

    What is no row of one table brings `find` (how many there are, and those of the page with one more) and `row`.
    """

    name: str
    shown: Callable[[Caller, Sequence[Any]], list[dict[str, Any]]]
    parameters: Mapping[str, "tuple[str, Filter | Together]"]
    sorts: Mapping[str, str]
    rows: Callable[[Caller], "QuerySet[Any]"] = field(default=_no_rows)
    find: "Callable[[Caller, Asked], tuple[int | None, Sequence[Any]]] | None" = None
    row: Callable[[Caller, int], Any] | None = None
    key: str = "pk"
    number: Callable[[Caller, int], Q] = field(default=lambda _caller, number: Q(pk=number))
    patient: Callable[[Any], int | None] = field(default=lambda row: row.patient_id)
    included: Mapping[str, Callable[[Caller, Sequence[Any]], list[dict[str, Any]]]] = field(default_factory=dict)
    before: Callable[[Caller], int] = field(default=lambda _caller: 0)
    through_all: str = "-_id"  # the order of a search through everybody's records that asks for none


@dataclass
class Asked:
    """A search as it was understood; `used` are the parameters that the answer names again."""

    where: Q
    used: list[tuple[str, str]]
    size: int = PAGE
    order: list[tuple[str, str]] = field(default_factory=list)
    cursor: list[Any] | None = None
    only_count: bool = False
    total: str = "estimate"
    include: list[str] = field(default_factory=list)


def search(caller: Caller, kind: Kind, pairs: Sequence[tuple[str, str]], *, strict: bool = False) -> Answer:
    """Return a searchset; raises FhirRefused (400) for what is asked in a way that is not known here."""
    asked = understood(caller, kind, pairs, strict=strict)
    waiting = kind.before(caller)
    total, found = (kind.find or _find(kind))(caller, asked)
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if total is not None:
        bundle["total"] = total
    bundle["link"] = [{"relation": "self", "url": _address(caller, kind, asked.used)}]
    if asked.only_count:
        return Answer(HTTPStatus.OK, bundle)
    page = found[: asked.size]
    if len(found) > asked.size and page:
        used = [(name, value) for name, value in asked.used if name != "_cursor"]
        told = [*used, ("_cursor", _cursor(page[-1], asked.order))]
        bundle["link"].append({"relation": "next", "url": _address(caller, kind, told)})
    entries = _entries(caller, kind, page, asked.include) + ([_still_waiting(waiting)] if waiting else [])
    return Answer(HTTPStatus.OK, bundle | ({"entry": entries} if entries else {}))  # R4 knows no empty list


def understood(caller: Caller, kind: Kind, pairs: Sequence[tuple[str, str]], *, strict: bool) -> Asked:
    """Return what is asked; what is not known is dropped, or refused where that would widen whose records answer."""
    named = {name.partition(":")[0].partition(".")[0] for name, _value in pairs}
    strict = strict or bool(named & TELLS_WHOSE)
    asked = Asked(Q(), [])
    for name, value in pairs:
        if name in PAGING:
            _page_parameter(kind, asked, name, value)
        elif name in kind.parameters:
            asked.where &= _any_of(caller, kind, name, value)
        elif name.partition(":")[0] in kind.parameters:
            raise bad_request("not-supported", f"{name}: this modifier is not known here.")
        elif strict:
            raise bad_request("not-supported", f"{name}: there is no such parameter here.")
        else:
            continue
        asked.used.append((name, value))
    asked.order = asked.order or _usual_order(kind, named)
    if asked.cursor is not None and not _fits(kind, asked.cursor, asked.order):
        raise bad_request("value", "_cursor: this is none of ours.")
    return asked


def _any_of(caller: Caller, kind: Kind, name: str, value: str) -> Q:
    values = value.split(",")
    if len(values) > MOST_VALUES or not all(values) or "\x00" in value:
        raise bad_request("value", f"{name}: at least one value and at most {MOST_VALUES}, none of them empty.")
    _type, meaning = kind.parameters[name]
    if isinstance(meaning, Together):
        return meaning.filter(caller, values)
    found = Q(pk__in=[])
    for each in values:
        found |= meaning(caller, each)
    return found


def _page_parameter(kind: Kind, asked: Asked, name: str, value: str) -> None:
    if name == "_count":
        _set_size(asked, value)
    elif name == "_sort":
        asked.order = _order(kind, value)
    elif name == "_cursor":
        asked.cursor = _read_cursor(value)
    elif name == "_summary":
        asked.only_count = asked.only_count or _one_of(name, value, ("count", "false")) == "count"
    elif name == "_total":
        asked.total = _one_of(name, value, ("none", "estimate", "accurate"))
    elif name in {"_include", "_revinclude"}:
        if value not in kind.included:
            raise bad_request("not-supported", f"{name}: this is not known here.")
        asked.include.append(value)


def _one_of(name: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise bad_request("not-supported", f"{name}: known here are {', '.join(known)}.")
    return value


def _set_size(asked: Asked, value: str) -> None:
    if not (value.isascii() and value.isdigit() and len(value) < len("1000000")):
        raise bad_request("value", "_count: a whole number.")
    asked.size = min(int(value), LARGEST_PAGE)
    asked.only_count = asked.only_count or asked.size == 0


def _usual_order(kind: Kind, named: set[str]) -> list[tuple[str, str]]:
    """Newest first; everybody's records by number, which is read off an index: a date would sort all of them."""
    if "date" not in kind.sorts:
        return _order(kind, "_id")
    return _order(kind, "-date" if kind.find or named & TELLS_WHOSE else kind.through_all)


def _order(kind: Kind, value: str) -> list[tuple[str, str]]:
    found = []
    for word in value.split(","):
        name = word.removeprefix("-")
        if name not in kind.sorts and (name != "_id" or kind.find):
            raise bad_request("not-supported", f"_sort: {name[:40]} is not known here.")
        found.append(("-" if word.startswith("-") else "", kind.sorts.get(name, kind.key)))
    is_told_apart = found[-1][1] == kind.key
    return found if is_told_apart else [*found, ("-" if found[0][0] else "", kind.key)]


def _find(kind: Kind) -> "Callable[[Caller, Asked], tuple[int | None, Sequence[Any]]]":
    """How rows of one table are found."""

    def find(caller: Caller, asked: Asked) -> tuple[int | None, Sequence[Any]]:
        rows = kind.rows(caller).filter(asked.where)
        total = _total(rows, asked)
        return total, [] if asked.only_count or total == 0 else list(_page(rows, asked))

    return find


def _total(rows: "QuerySet[Any]", asked: Asked) -> int | None:
    """How many there are: nobody waits until millions are counted who did not ask for that."""
    if asked.only_count or (asked.total == "accurate" and asked.cursor is None):
        return rows.count()
    if asked.total == "none" or asked.cursor is not None:
        return None
    counted = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    return counted if counted <= MOST_COUNTED else None


def _page(rows: "QuerySet[Any]", asked: Asked) -> "QuerySet[Any]":
    if asked.cursor is not None:
        rows = rows.filter(_after(asked.order, asked.cursor))
    return rows.order_by(*(sign + column for sign, column in asked.order))[: asked.size + 1]


def _after(order: list[tuple[str, str]], values: list[Any]) -> Q:
    """Rows that come after these values in the order, column by column."""
    found, equal = Q(pk__in=[]), Q()
    for (sign, column), value in zip(order, values, strict=True):
        found |= equal & Q(**{f"{column}__{'lt' if sign else 'gt'}": value})
        equal &= Q(**{column: value})
    return found


def _cursor(row: Model, order: list[tuple[str, str]]) -> str:
    values = [_plain(getattr(row, column)) for _sign, column in order]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else value.isoformat()


def _read_cursor(text: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return [each if _is_number(each) else datetime.fromisoformat(each) for each in list(values)]
    except (ValueError, TypeError) as error:
        raise bad_request("value", "_cursor: this is none of ours.") from error


def _fits(kind: Kind, values: list[Any], order: list[tuple[str, str]]) -> bool:
    """Whether this may be a place in the order: a number for the number of a row, a moment for everything else."""
    columns = [column == kind.key for _sign, column in order]
    return [_is_number(value) for value in values] == columns


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62


def _address(caller: Caller, kind: Kind, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{caller.base}/fhir/{kind.name}" + (f"?{urlencode(pairs)}" if pairs else "")


def _entries(caller: Caller, kind: Kind, page: Sequence[Any], include: Sequence[str]) -> list[dict[str, Any]]:
    found = [entry(caller, resource, "match") for resource in kind.shown(caller, page)]
    seen = {each["fullUrl"] for each in found}
    for name in include if page else ():
        for resource in kind.included[name](caller, page):
            more = entry(caller, resource, "include")
            if more["fullUrl"] not in seen:
                seen.add(more["fullUrl"])
                found.append(more)
    return found


def entry(caller: Caller, resource: dict[str, Any], mode: str) -> dict[str, Any]:
    """Return one entry of a searchset."""
    place = f"{caller.base}/fhir/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": place, "resource": resource, "search": {"mode": mode}}


def _still_waiting(count: int) -> dict[str, Any]:
    text = f"{count} series wait to be computed: more may follow from what is on record."
    issue = {"severity": "warning", "code": "incomplete", "details": {"text": text}}
    resource = {"resourceType": "OperationOutcome", "issue": [issue]}
    return {"resource": resource, "search": {"mode": "outcome"}}


def one(caller: Caller, kind: Kind, number: str) -> Any:
    """Return the row of a resource by its id; 404 for what is not there and what is not to be seen."""
    row = None
    if number.isascii() and number.isdigit() and len(number) < len(str(2**60)):
        if kind.row is not None:
            row = kind.row(caller, int(number))
        else:
            row = kind.rows(caller).filter(kind.number(caller, int(number))).first()
    if row is None:
        raise FhirRefused(HTTPStatus.NOT_FOUND, "not-found", "There is nothing here for you.")
    return row
