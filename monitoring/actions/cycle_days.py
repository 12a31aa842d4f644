"""To which cycle a day belongs."""

from datetime import date

from monitoring.models import Patient, VenetoclaxCycle


def cycle_of_day(patient: Patient, on: date) -> VenetoclaxCycle | None:
    """Return the cycle of a patient on whose days a day lies; None outside of all of them."""
    return VenetoclaxCycle.objects.filter(patient=patient, starts_on__lte=on, ends_on__gte=on).first()
