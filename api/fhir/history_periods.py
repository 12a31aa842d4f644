"""Which versions of a resource a history is asked for: those of a time, or those since a moment. Free of Django.

Source: FHIR R4, history: `_at` (versions that were current at some point of the time), `_since` (versions made from the
moment on).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from api.fhir import moments
from api.fhir.refusals import bad_request

AT, SINCE, COUNT = "_at", "_since", "_count"
SHORTEST = timedelta(microseconds=1)  # the finest step of a moment on record


def chosen(versions: Sequence[dict[str, Any]], pairs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the versions that are asked for, in their order (newest first); raises FhirRefused (400).

    A parameter that is not known is refused: passed over, it would answer with other versions. `_count` may be passed
    over, since every version comes on one page.
    """
    names = [name for name, _value in pairs]
    unknown = next((name for name in names if name not in {AT, SINCE, COUNT}), None)
    if unknown is not None or len(set(names)) < len(names):
        raise bad_request("not-supported", f"A history is asked for by {AT} and {SINCE}, each once.")
    asked = dict(pairs)
    found = list(versions)
    if AT in asked:
        first, end = _period(asked[AT], AT)
        found = _current(found, first, end)
    if SINCE in asked:
        since = moments.asked(asked[SINCE], SINCE)
        if since.at is None or since.prefix != "eq":
            raise bad_request("value", f"{SINCE} is a moment with its offset from UTC.")
        found = [each for each in found if _begin(each) >= since.at]
    return found


def _current(versions: Sequence[dict[str, Any]], first: datetime, end: datetime) -> list[dict[str, Any]]:
    """A version is current from its moment until that of the next one."""
    found = []
    replaced_at: datetime | None = None
    for each in versions:
        if _begin(each) < end and (replaced_at is None or replaced_at > first):
            found.append(each)
        replaced_at = _begin(each)
    return found


def _period(text: str, name: str) -> tuple[datetime, datetime]:
    """The time as a half-open interval; days are those of UTC."""
    asked = moments.asked(text, name)
    if asked.prefix != "eq":
        raise bad_request("value", f"{name} is a time without a prefix.")
    if asked.at is not None:
        return asked.at, asked.at + SHORTEST
    return _midnight(asked.first), _midnight(asked.last) + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _begin(version: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(version["meta"]["lastUpdated"])
