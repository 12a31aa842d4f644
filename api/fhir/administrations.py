"""Doses of venetoclax as MedicationAdministrations: one for each period given at one dose, not-done for a hold.

Source: FHIR R4, MedicationAdministration; docs/methods/fhir.md, "Doses given".
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from api.fhir import codes, filters, moments
from api.fhir.callers import Caller
from api.fhir.codes import coding
from api.fhir.refusals import bad_request
from api.fhir.searching import Asked, Kind
from monitoring.domain.venetoclax_periods import PeriodKind
from monitoring.queries.administrations import Administration, administrations, of_number

NOT_DONE = {PeriodKind.HELD, PeriodKind.NOT_GIVEN}
NOTES = {
    PeriodKind.AS_PLANNED: "As planned and not held; the number of days given is not on record.",
    PeriodKind.NOT_RECORDED: "The days on which it was given are not on record.",
}


def find(caller: Caller, asked: Asked) -> tuple[int | None, list[Administration]]:
    """Return how many periods answer, and those of the page with one more."""
    sign = asked.order[0][0]
    tests = [_test(name, value) for name, value in asked.used if name in TESTED]
    found = [row for row in administrations(caller.charts, asked.where, caller.now) if all(test(row) for test in tests)]
    found.sort(key=lambda row: (row.first, row.number), reverse=sign == "-")
    after = _after(asked)
    page = [row for row in found if after is None or _beyond(row, after, sign)]
    return len(found) if after is None else None, page[: asked.size + 1]


def row(caller: Caller, number: int) -> Administration | None:
    """Return one period; None where it is not there or not to be seen."""
    found = administrations(caller.charts, of_number(number), caller.now)
    return next((each for each in found if each.number == number), None)


def shown(caller: Caller, found: Sequence[Administration]) -> list[dict[str, Any]]:
    """Return MedicationAdministration resources."""
    return [_shown(caller, each) for each in found]


def _shown(caller: Caller, row: Administration) -> dict[str, Any]:
    period = {"start": row.first.isoformat()} | ({} if row.is_running else {"end": row.period.last.isoformat()})
    told: dict[str, Any] = {
        "resourceType": "MedicationAdministration",
        "id": str(row.number),
        "identifier": [{"system": f"{caller.base}/fhir/ids/administration", "value": str(row.number)}],
        "status": status_of(row),
        "medicationCodeableConcept": {"coding": [coding(*codes.VENETOCLAX)], "text": "venetoclax"},
        "subject": {"reference": f"Patient/{row.patient_id}"},
        "effectivePeriod": period,
        "note": [{"text": each} for each in _notes(row)],
    }
    if row.because:
        told["statusReason"] = [{"text": row.because}]
    if row.period.dose_mg is not None and not row.is_ramp_up:
        dose = {"value": row.period.dose_mg, "unit": "mg", "system": codes.UCUM, "code": "mg"}
        told["dosage"] = {"text": f"{row.period.dose_mg} mg a day", "dose": dose}
    return told


def status_of(row: Administration) -> str:
    """Return the status: nothing is called completed that nobody wrote down as given."""
    if row.period.kind in NOT_DONE:
        return "not-done"
    if row.because:
        return "stopped"
    if row.is_running:
        return "in-progress"
    return "completed" if row.period.kind in {PeriodKind.GIVEN, PeriodKind.SOME_DAYS} else "unknown"


def _notes(row: Administration) -> list[str]:
    told = [f"Cycle {row.cycle}"]
    if row.period.kind is PeriodKind.SOME_DAYS:
        told.append(f"Given on {row.period.days} days of this period; which days is not on record.")
    elif row.period.kind in NOTES:
        told.append(NOTES[row.period.kind])
    if row.is_ramp_up and row.period.dose_mg is not None:
        told.append(f"Ramp-up to {row.period.dose_mg} mg a day; the doses of its days are not on record.")
    return told


def _after(asked: Asked) -> tuple[date, int] | None:
    if asked.cursor is None:
        return None
    first, number = asked.cursor[0], asked.cursor[-1]
    if not isinstance(first, datetime) or not isinstance(number, int):
        raise bad_request("value", "_cursor: this is none of ours.")
    return first.date(), number


def _beyond(row: Administration, after: tuple[date, int], sign: str) -> bool:
    here = (row.first, row.number)
    return here < after if sign == "-" else here > after


def _test(name: str, value: str) -> Callable[[Administration], bool]:
    """What a parameter asks of a period; the alternatives stand with commas between."""
    return lambda row: any(TESTED[name](row, each) for each in value.split(","))


def _in_time(row: Administration, value: str) -> bool:
    asked = moments.asked(value, "effective-time")
    last = date.max if row.is_running else row.period.last
    is_inside = asked.first <= row.first and last <= asked.last
    return {
        "eq": is_inside,
        "ne": not is_inside,
        "lt": row.first < asked.first,
        "eb": last < asked.first,
        "le": row.first <= asked.last,
        "gt": last > asked.last,
        "sa": row.first > asked.last,
        "ge": last >= asked.first,
    }[asked.prefix]


def _in_status(row: Administration, value: str) -> bool:
    return status_of(row) == filters.token(value)[1]


def _is(row: Administration, value: str) -> bool:
    return str(row.number) == value


TESTED = {"effective-time": _in_time, "status": _in_status, "_id": _is}


def _every_cycle(_caller: Caller, _value: str) -> Q:
    """The cycle does not tell: its periods are looked at one by one."""
    return filters.EVERYBODY


def _period_asked(_caller: Caller, value: str) -> Q:
    moments.asked(value, "effective-time")
    return filters.EVERYBODY


def _numbered(_caller: Caller, value: str) -> Q:
    return of_number(int(value)) if filters.is_number(value) else filters.NOBODY


KIND = Kind(
    name="MedicationAdministration",
    find=find,
    row=row,
    shown=shown,
    parameters={
        "patient": filters.reference("patient_id", "Patient"),
        "subject": filters.reference("patient_id", "Patient"),
        "effective-time": ("date", _period_asked),
        "status": ("token", _every_cycle),
        "code": filters.always((codes.ATC, codes.VENETOCLAX[1])),
        "_id": ("token", _numbered),
    },
    sorts={"date": "first", "effective-time": "first"},
    key="number",
)
