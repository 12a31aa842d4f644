"""The list of patients: one row a series, narrowed, in an order, a page at a time; or all of it for an export."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from monitoring.domain.terms import RuleSetId

PAGE = 50
END_OF_CALENDAR = "date '9999-12-31'"


class Order(StrEnum):
    """In which order the rows stand."""

    PSEUDONYM = "pseudonym"
    LAST_SAMPLE = "last"
    DUE = "due"


class OnTreatment(StrEnum):
    """What the treatment of a patient has to be."""

    ANY = ""
    PRE_EMPTIVE_NOW = "now"
    PRE_EMPTIVE_EVER = "ever"
    PRE_EMPTIVE_NEVER = "never"
    AFTER_HSCT = "hsct"
    NO_HSCT = "no-hsct"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the row with this key."""

    key: str
    patient_id: int
    series_id: int


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What the list is narrowed to. `ruleset` None reads the state by the rule set that raises alerts."""

    text: str = ""
    marker: str = ""
    ruleset: RuleSetId | None = None
    state: str = ""
    centre_id: int | None = None
    sampled_from: date | None = None
    sampled_until: date | None = None
    treatment: OnTreatment = OnTreatment.ANY
    order: Order = Order.PSEUDONYM
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class ListedPatient:
    """One series of a patient, or a patient of whom no marker is followed."""

    patient_id: int
    series_id: int
    pseudonym: str
    hospital_number: str
    sex: str
    born_on: date
    centre: str
    marker: str
    mutation_type: str
    alerting_ruleset: str
    state: str
    due_on: date | None
    overdue_from: date | None
    today: date
    regimen: str
    treated_from: date | None
    treated_until: date | None
    transplanted_on: date | None
    sampled_on: date | None
    content: Mapping[str, Any]
    key: str

    @property
    def latest(self) -> Mapping[str, Any] | None:
        """The last sample that took part in the verdict."""
        samples = self.content.get("latest") or [None]
        latest: Mapping[str, Any] | None = samples[-1]
        return latest

    @property
    def due_rule(self) -> str:
        """The rule by which the next dated sample is due; empty where none is."""
        due: list[Mapping[str, Any]] = self.content.get("due") or []
        return next((str(one["rule"]) for one in due if one["due_on"] == str(self.due_on)), "")

    @property
    def died(self) -> bool:
        """Nothing is due any more."""
        return bool(self.content.get("death_on"))


@dataclass(frozen=True, slots=True)
class PatientList:
    """A page of the list, how many rows there are in all, and where the next page begins."""

    rows: Sequence[ListedPatient]
    count: int
    patients: int
    next_place: Place | None = None


_FROM = """
FROM monitoring_patient p
JOIN monitoring_centre c ON c.id = p.centre_id
LEFT JOIN monitoring_mrdseries m ON m.patient_id = p.id
LEFT JOIN monitoring_seriessummary s ON s.series_id = m.id
WHERE EXISTS (SELECT 1 FROM monitoring_carerelation r WHERE r.patient_id = p.id AND r.centre_id = ANY (%(centres)s)
              AND r.role <> 'LABORATORY'
              AND r.starts_on <= current_date AND (r.ends_on IS NULL OR r.ends_on > current_date))
"""
_STATE = "coalesce(CASE WHEN %(ruleset)s = '' THEN s.state ELSE s.content -> 'states' ->> %(ruleset)s END, '')"
_SAMPLED_ON = "(s.content -> 'latest' -> 0 ->> 'on')::date"
_TODAY = "(%(now)s::timestamptz AT TIME ZONE c.time_zone)::date"
_PRE_EMPTIVE = "SELECT 1 FROM monitoring_treatment t WHERE t.patient_id = p.id AND t.kind = 'PRE_EMPTIVE'"
_TRANSPLANTED = "SELECT 1 FROM monitoring_clinicalevent e WHERE e.patient_id = p.id AND e.kind = 'HSCT'"

_TREATMENT = {
    OnTreatment.PRE_EMPTIVE_NOW: f"EXISTS ({_PRE_EMPTIVE} AND t.starts_on <= {_TODAY} "
    f"AND (t.ends_on IS NULL OR t.ends_on >= {_TODAY})) AND s.content ->> 'death_on' IS NULL",
    OnTreatment.PRE_EMPTIVE_EVER: f"EXISTS ({_PRE_EMPTIVE})",
    OnTreatment.PRE_EMPTIVE_NEVER: f"NOT EXISTS ({_PRE_EMPTIVE})",
    OnTreatment.AFTER_HSCT: f"EXISTS ({_TRANSPLANTED})",
    OnTreatment.NO_HSCT: f"NOT EXISTS ({_TRANSPLANTED})",
}
# Ascending throughout, so that one comparison of rows finds the next page; what has no day stands last.
_KEYS = {
    Order.PSEUDONYM: ("p.pseudonym", "text"),
    Order.LAST_SAMPLE: (f"coalesce({END_OF_CALENDAR} - {_SAMPLED_ON}, 9999999)", "integer"),
    Order.DUE: (f"coalesce(s.due_on, {END_OF_CALENDAR})", "date"),
}
_COLUMNS = f"""
SELECT p.id, coalesce(m.id, 0), p.pseudonym, p.hospital_number, p.sex, p.born_on, c.name, coalesce(m.marker, ''),
       coalesce(m.mutation_type, ''), coalesce(s.ruleset, c.alerting_ruleset), {_STATE}, s.due_on, s.overdue_from,
       {_TODAY}, coalesce(t.regimen, ''), t.starts_on, t.ends_on, h.happened_on, {_SAMPLED_ON},
       coalesce(s.content, '{{}}')::text, (KEY)::text
"""
_BESIDE = """
LEFT JOIN LATERAL (SELECT regimen, starts_on, ends_on FROM monitoring_treatment
                   WHERE patient_id = p.id AND kind = 'PRE_EMPTIVE' ORDER BY starts_on DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (SELECT max(happened_on) AS happened_on FROM monitoring_clinicalevent
                   WHERE patient_id = p.id AND kind = 'HSCT') h ON true
WHERE"""


def read(*, centres: Sequence[int], filters: ListFilters, now: datetime) -> PatientList:
    """Return one page of the patients of these centres, and how many rows and patients the whole list has."""
    conditions, parameters = _narrowed(filters, centres, now)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), count(DISTINCT p.id) {_FROM} {conditions}", parameters)
        count, patients = cursor.fetchone()
        rows = _rows(cursor, filters, conditions, parameters, PAGE + 1)
    if len(rows) <= PAGE:
        return PatientList(rows, count, patients)
    last = rows[PAGE - 1]
    return PatientList(rows[:PAGE], count, patients, Place(last.key, last.patient_id, last.series_id))


def read_all(*, centres: Sequence[int], filters: ListFilters, now: datetime) -> Iterator[ListedPatient]:
    """Return every row of the list, for an export of what is seen."""
    conditions, parameters = _narrowed(filters, centres, now)
    with connection.cursor() as cursor:
        yield from _rows(cursor, filters, conditions, parameters, None)


def _narrowed(filters: ListFilters, centres: Sequence[int], now: datetime) -> tuple[str, dict[str, Any]]:
    """The conditions that hold for the whole list; where a page begins is not one of them."""
    parameters: dict[str, Any] = {
        "centres": list(centres), "now": now, "ruleset": filters.ruleset.value if filters.ruleset else "",
        "text": _escaped(filters.text), "typed": filters.text, "marker": filters.marker, "state": filters.state,
        "centre": filters.centre_id, "from": filters.sampled_from, "until": filters.sampled_until,
    }  # fmt: skip
    wanted = {
        "(p.pseudonym ILIKE %(text)s || '%%' OR lower(p.hospital_number) = lower(%(typed)s))": bool(filters.text),
        "m.marker = %(marker)s": bool(filters.marker),
        f"{_STATE} = %(state)s": bool(filters.state),
        "p.centre_id = %(centre)s": filters.centre_id is not None,
        f"{_SAMPLED_ON} >= %(from)s": filters.sampled_from is not None,
        f"{_SAMPLED_ON} <= %(until)s": filters.sampled_until is not None,
        _TREATMENT.get(filters.treatment, "true"): True,
    }
    return "".join(f"\n  AND {condition}" for condition, is_wanted in wanted.items() if is_wanted), parameters


def _rows(
    cursor: Any, filters: ListFilters, conditions: str, parameters: dict[str, Any], limit: int | None
) -> list[ListedPatient]:
    key, kind = _KEYS[filters.order]
    begins = ""
    if filters.after is not None:
        begins = f" AND ({key}, p.id, coalesce(m.id, 0)) > (%(key)s::{kind}, %(patient)s, %(series)s)"
        parameters = {
            **parameters, "key": filters.after.key, "patient": filters.after.patient_id,
            "series": filters.after.series_id,
        }  # fmt: skip
    source = _FROM.replace("\nWHERE", _BESIDE)
    cursor.execute(
        f"{_COLUMNS.replace('KEY', key)} {source} {conditions} {begins} ORDER BY {key}, p.id, coalesce(m.id, 0) "
        f"LIMIT {limit or 'ALL'}",
        parameters,
    )
    return [ListedPatient(*(*values[:-2], json.loads(values[-2]), values[-1])) for values in cursor.fetchall()]


def _escaped(text: str) -> str:
    """A typed text that is to be found as it stands."""
    return text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
