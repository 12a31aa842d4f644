"""One hold, adverse event or transfusion by its number, as far as this transaction sees it."""

from monitoring.models import AdverseEvent, DoseChange, Transfusion


def find_dose_change(pk: int) -> DoseChange | None:
    """Return a hold or reduction with its cycle and patient; None where none is seen."""
    return DoseChange.objects.select_related("cycle__treatment", "patient__centre").filter(pk=pk).first()


def find_adverse_event(pk: int) -> AdverseEvent | None:
    """Return an adverse event with its patient; None where none is seen."""
    return AdverseEvent.objects.select_related("patient__centre").filter(pk=pk).first()


def find_transfusion(pk: int) -> Transfusion | None:
    """Return a transfusion with its patient; None where none is seen."""
    return Transfusion.objects.select_related("patient__centre").filter(pk=pk).first()
