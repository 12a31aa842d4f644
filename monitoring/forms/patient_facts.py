"""The form that corrects who a patient is."""

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from monitoring.forms.record_form import RecordForm, choice, words
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models import Patient
from monitoring.models.choices import SexChoice
from monitoring.queries.patient_facts import FACTS


class PatientFactsForm(RecordForm):
    """Pseudonym, hospital number, names, birth date and sex."""

    COLUMNS: ClassVar[tuple[str, ...]] = FACTS

    pseudonym = words(_("Pseudonym"), 30)
    hospital_number = words(_("Hospital number"), 50)
    family_name = words(_("Family name"), 100)
    given_name = words(_("Given name"), 100)
    born_on = IsoDayField(label=_("Born"))
    sex = choice(_("Sex"), SexChoice.choices, required=True)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, is_correction=True, **kwargs)
        self.fields["pseudonym"].required = True

    @classmethod
    def initial_for(cls, patient: Patient, recorded_at: datetime) -> dict[str, Any]:
        """Return what the fields start from: the facts on record, and when they were written down."""
        return {**cls.initial_of(patient), "seen": recorded_at.isoformat()}
