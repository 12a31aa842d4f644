"""Finding a patient: by pseudonym or hospital number, or leafing through all of one's centres."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

PAGE = 50

FIND = """
SELECT p.id, p.pseudonym, p.hospital_number, p.sex, p.born_on, c.name,
       d.aml_type, d.diagnosed_on,
       coalesce(array_agg(m.marker || ' ' || m.mutation_type ORDER BY m.id) FILTER (WHERE m.id IS NOT NULL), '{}'),
       coalesce(array_agg(s.state ORDER BY m.id) FILTER (WHERE s.state IS NOT NULL), '{}')
FROM monitoring_patient p
JOIN monitoring_centre c ON c.id = p.centre_id
LEFT JOIN LATERAL (SELECT aml_type, diagnosed_on FROM monitoring_disease WHERE patient_id = p.id
                   ORDER BY diagnosed_on LIMIT 1) d ON true
LEFT JOIN monitoring_mrdseries m ON m.patient_id = p.id
LEFT JOIN monitoring_seriessummary s ON s.series_id = m.id
WHERE EXISTS (SELECT 1 FROM monitoring_carerelation r WHERE r.patient_id = p.id AND r.centre_id = ANY (%(centres)s)
              AND r.role <> 'LABORATORY'
              AND r.starts_on <= current_date AND (r.ends_on IS NULL OR r.ends_on >= current_date))
  AND (%(text)s = '' OR p.pseudonym ILIKE %(text)s || '%%' OR p.hospital_number = %(text)s)
  AND (p.pseudonym, p.id) > (%(after)s, %(after_id)s)
GROUP BY p.id, p.pseudonym, c.name, d.aml_type, d.diagnosed_on
ORDER BY p.pseudonym, p.id
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """One patient of the list."""

    pk: int
    pseudonym: str
    hospital_number: str
    sex: str
    born_on: date
    centre: str
    aml_type: str | None
    diagnosed_on: date | None
    markers: Sequence[str]
    states: Sequence[str]


@dataclass(frozen=True, slots=True)
class FoundPatients:
    """A page of patients; `next_after` names the last one when more follow."""

    rows: Sequence[FoundPatient]
    next_after: str = ""
    next_after_id: int = 0


def find(*, centres: Sequence[int], text: str = "", after: str = "", after_id: int = 0) -> FoundPatients:
    """Return the patients of these centres, by pseudonym, a page at a time."""
    escaped = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    parameters: dict[str, Any] = {
        "centres": list(centres), "text": escaped, "after": after, "after_id": after_id, "limit": PAGE + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FIND, parameters)
        rows = [FoundPatient(*values) for values in cursor.fetchall()]
    if len(rows) <= PAGE:
        return FoundPatients(rows)
    return FoundPatients(rows[:PAGE], rows[PAGE - 1].pseudonym, rows[PAGE - 1].pk)
