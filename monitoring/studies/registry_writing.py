"""Patients of a registry, written at once with everything that is known of them."""

from datetime import datetime

from django.db import transaction

from monitoring import scope
from monitoring.actions import audit
from monitoring.models import LoadedStudy
from monitoring.studies.chart_rows import ChartRows
from monitoring.studies.copying import reserve
from monitoring.studies.moments import Moments
from monitoring.studies.records import PatientRecord
from monitoring.studies.registry import Registry
from monitoring.studies.sample_rows import SampleRows


@transaction.atomic
def write(registry: Registry, patients: list[PatientRecord], study: LoadedStudy, now: datetime) -> list[int]:
    """Write these patients, all or none, with the mark that they were loaded; return the numbers of their series."""
    scope.enter_centres(registry.centre_ids, registry.places[0].staff.data_manager)
    study.save(force_insert=True)
    ids = reserve("monitoring_patient", len(patients))
    series_ids = reserve("monitoring_mrdseries", len(patients))
    moments = Moments(now)
    ChartRows(registry, patients, ids, series_ids, moments).write()
    SampleRows(registry, patients, ids, series_ids, moments).write()
    audit.record(
        action="study.load",
        by=registry.places[0].staff.data_manager,
        subject=study,
        after={"name": study.name, "patients": len(ids), "first_patient": ids[0], "last_patient": ids[-1]},
    )
    return series_ids
