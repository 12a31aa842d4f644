"""The markers followed in a patient."""

from monitoring.models import MrdSeries


def find_series(patient_id: int, marker: str = "") -> MrdSeries | None:
    """Return the series of a marker, the first one where none is named; None where it is not followed."""
    rows = MrdSeries.objects.filter(patient_id=patient_id).order_by("pk")
    return (rows.filter(marker=marker) if marker else rows).first()
