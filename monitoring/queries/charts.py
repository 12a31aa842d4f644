"""One patient, event or alert by its number, as far as this transaction sees it."""

from monitoring.models import Alert, ClinicalEvent, MrdSeries, Patient


def find_patient(pk: int) -> Patient | None:
    """Return a patient with the centre; None where none is seen."""
    return Patient.objects.select_related("centre").filter(pk=pk).first()


def find_event(pk: int) -> ClinicalEvent | None:
    """Return an event with its patient; None where none is seen."""
    return ClinicalEvent.objects.select_related("patient__centre").filter(pk=pk).first()


def find_alert(pk: int) -> Alert | None:
    """Return an alert with its patient and series; None where none is seen."""
    return Alert.objects.select_related("patient__centre", "series").filter(pk=pk).first()


def find_series(pk: int) -> MrdSeries | None:
    """Return a followed marker; None where none is seen."""
    return MrdSeries.objects.filter(pk=pk).first()
