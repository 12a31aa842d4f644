"""Rows of ours that a laboratory speaks of when it sends: its tubes, its assays, the series, results that are here."""

from django.db.models import Q

from monitoring.models import Assay, Laboratory, MrdResult, MrdSeries, Patient, Sample


def series_followed(patient: Patient, marker: str) -> MrdSeries | None:
    """Return the series of a marker; None where it is not followed in this patient."""
    return MrdSeries.objects.filter(patient=patient, marker=marker).first()


def assays_in_use(laboratory: Laboratory | None, marker: str) -> list[Assay]:
    """Return the assays of a laboratory for a marker that are in use."""
    active = Assay.objects.filter(laboratory=laboratory, marker=marker, is_active=True)
    return list(active.select_related("laboratory").order_by("pk"))


def tube(laboratory: Laboratory | None, where: Q) -> Sample | None:
    """Return a sample of the laboratory."""
    return Sample.objects.filter(where, laboratory=laboratory).first()


def result_of(laboratory: Laboratory | None, patient: Patient, number: int) -> MrdResult | None:
    """Return a result that this laboratory measured in a tube of its own."""
    own = {"assay__laboratory": laboratory, "sample__laboratory": laboratory}
    return MrdResult.objects.filter(pk=number, patient=patient, **own).first()


def first_determination(sample: Sample, assay: Assay) -> list[MrdResult]:
    """Return the versions of the first determination of a sample by an assay, the oldest row first."""
    return list(MrdResult.objects.filter(sample=sample, assay=assay, determination=1).order_by("pk"))
