"""Whose series these are, so that a figure of single patients leads to their pages."""

from collections.abc import Collection, Mapping

from monitoring.models import MrdSeries


def read_patients_of(series_ids: Collection[int]) -> Mapping[int, int]:
    """Return the patient of each series that the reader may see, in one query."""
    return dict(MrdSeries.objects.filter(pk__in=series_ids).values_list("pk", "patient_id"))
