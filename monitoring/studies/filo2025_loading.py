"""The synthetic cohort of FILO 2025 in the database: every result entered by one person and signed by another."""

from datetime import date, datetime

from django.db import transaction

from monitoring import scope
from monitoring.actions import recompute
from monitoring.models import Centre, LoadedStudy
from monitoring.studies import places
from monitoring.studies.filo2025 import NAME, read_patients
from monitoring.studies.filo2025_timeline import construct
from monitoring.studies.registry import Registry, measuring_place
from monitoring.studies.registry_writing import write

CENTRE_CODE = "FILO2025"
CENTRE_NAME = "FILO 2025, synthetic cohort"


@transaction.atomic
def load(*, today: date, now: datetime) -> bool:
    """Load the cohort once, its last news shortly before `today`; return whether it was loaded now."""
    if LoadedStudy.objects.filter(name=NAME).exists():
        return False
    patients = [construct(row, today) for row in read_patients()]
    study = LoadedStudy(name=NAME, detail={"today": today.isoformat(), "patients": len(patients)})
    series_ids = write(_registry(), patients, study, now)
    recompute.recompute_series(series_ids, now=now)
    scope.leave()
    return True


def study_centre() -> Centre:
    """Return the centre of the synthetic patients."""
    return places.centre(CENTRE_CODE, CENTRE_NAME)


def _registry() -> Registry:
    """One laboratory measured everything; a registry names two, here it is the same one."""
    centre = study_centre()
    laboratory = places.laboratory(centre, CENTRE_CODE, "Laboratory of FILO 2025, synthetic")
    measured = measuring_place(laboratory, places.study_staff(centre, "FILO 2025"))
    return Registry(centre, (measured, measured))
