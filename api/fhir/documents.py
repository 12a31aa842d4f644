"""JSON as FHIR needs it: every decimal keeps its digits, in and out. Free of Django.

Source: FHIR R4, decimal ("the precision of the decimal value has significance").
"""

import json
from decimal import Decimal
from typing import Any

from api.fhir.refusals import bad_request
from api.plain_text import is_text

MAX_DIGITS = 60
LARGEST_EXPONENT = 40  # power of ten; beyond, no quantity of a laboratory
DEEPEST = 60  # levels of nesting
Document = dict[str, Any]


def read(text: bytes | str) -> Document:
    """Return the resource; raises FhirRefused (400, structure) for everything that is none."""
    try:
        written = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        found = json.loads(
            written,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as error:
        raise bad_request("structure", "This is not JSON.") from error
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise bad_request("structure", "This is no resource: resourceType is missing.")
    _check(found)
    return found


def write(value: Any) -> str:
    """Return JSON in which decimals stand with their own digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{write(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(write(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def canonical(resource: Document) -> str:
    """Return the content without what a server adds, in one order: two bodies that say the same are the same."""
    return write(_sorted({key: value for key, value in resource.items() if key not in {"id", "meta", "text"}}))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


def _decimal(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= MAX_DIGITS else None
    if number is None or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise bad_request("structure", f"A number has more than {MAX_DIGITS} digits or is out of all proportion.")
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise bad_request("structure", f"A number has more than {MAX_DIGITS} digits.")
    return int(text)


def _constant(word: str) -> Any:
    raise bad_request("structure", f"{word} is not a number.")


def _once(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad_request("structure", "An element stands twice in one object.")
    return found


def _check(resource: Document) -> None:
    """Refuse nesting without end and characters that no text can hold."""
    level: list[Any] = [resource]
    for _depth in range(DEEPEST):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, str):
                _check_text(each)
            elif isinstance(each, dict):
                inner += [*each.keys(), *each.values()]
            elif isinstance(each, list):
                inner += each
        if not inner:
            return
        level = inner
    raise bad_request("structure", f"This is nested deeper than {DEEPEST} levels.")


def _check_text(text: str) -> None:
    if not is_text(text):
        raise bad_request("structure", "A text holds characters that are none.")
