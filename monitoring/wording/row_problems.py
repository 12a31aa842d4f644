"""What keeps a typed row from being submitted, in words: what is wrong, and what to do."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SAID: Mapping[str, "_StrPromise"] = {
    "ACCESSION_MISSING": _("Type the accession number of the tube."),
    "ACCESSION_TWICE": _("This accession number stands in two rows. One tube has one row."),
    "PATIENT_MISSING": _("The tube is new: type the exact pseudonym of the patient."),
    "PATIENT_UNKNOWN": _("No patient with exactly this pseudonym in whom this marker is followed."),
    "PATIENT_AMBIGUOUS": _("Two centres have a patient of this pseudonym. Enter this result on its own page."),
    "SAMPLE_OF_ANOTHER": _("The tube with this number belongs to another patient. Check the tube."),
    "TISSUE_MISSING": _("Say marrow or blood: the two are never compared."),
    "TISSUE_DIFFERS": _("The tube is on record with the other tissue. Check it, or leave this cell empty."),
    "DAY_MISSING": _("Type the day of collection: every rule counts from it."),
    "DAY_DIFFERS": _("The tube is on record with another day. Check it, or leave this cell empty."),
    "DAY_IN_FUTURE": _("This day is in the future."),
    "DAY_BEFORE_BIRTH": _("This day is before the patient's birth."),
    "HAS_RESULT": _("This sample already has a result of this assay. Open it to edit or amend it."),
}


def said(problem: str) -> str:
    """Return the sentence of a problem."""
    return str(SAID[problem])
