"""Lines of treatment as they are corrected: one by its number, and all of a patient as the rules count from them."""

from datetime import date

from django.db.models import Count, Min

from monitoring.domain.treatment_lines import Line, LineKind
from monitoring.models import Disease, Treatment


def find_line(pk: int) -> Treatment | None:
    """Return a line of treatment with its patient; None where none is seen."""
    return Treatment.objects.select_related("patient__centre").filter(pk=pk).first()


def read_lines(patient_id: int, besides: int | None = None) -> tuple[Line, ...]:
    """Return the lines of a patient by their first day, with the number of their cycles; `besides` leaves one out."""
    rows = Treatment.objects.filter(patient_id=patient_id).exclude(pk=besides or 0).annotate(held=Count("cycles"))
    return tuple(Line(LineKind(row.kind), row.starts_on, row.ends_on, row.held) for row in rows.order_by("starts_on"))


def count_cycles(line: Treatment) -> int:
    """Return how many venetoclax cycles a line holds."""
    return line.cycles.count()


def first_diagnosis(patient_id: int) -> date | None:
    """Return the day of the first diagnosis; None where none is on record."""
    found: date | None = Disease.objects.filter(patient_id=patient_id).aggregate(on=Min("diagnosed_on"))["on"]
    return found
