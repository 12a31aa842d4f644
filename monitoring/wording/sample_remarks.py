"""What the circumstances of a sample say about it: cautions beside a result, which change no class."""

from typing import Protocol

from django.utils.translation import gettext as _

from monitoring.domain.run_plan import HOURS_TO_LYSIS
from monitoring.domain.terms import Tissue

HEPARIN = "heparin"


class Circumstances(Protocol):
    """What was noted when the sample was taken and received."""

    @property
    def tissue(self) -> str: ...
    @property
    def first_pull(self) -> bool | None: ...
    @property
    def anticoagulant(self) -> str: ...
    @property
    def hours_to_lysis(self) -> int | None: ...
    @property
    def haemodilution_noted(self) -> bool: ...


def said(sample: Circumstances) -> list[str]:
    """Return the cautions of a sample in sentences."""
    found = []
    if sample.hours_to_lysis is not None and sample.hours_to_lysis > HOURS_TO_LYSIS:
        found.append(
            _("%(hours)s hours to lysis, more than 72: RNA may have decayed, so a negative says less.")
            % {"hours": sample.hours_to_lysis}
        )
    if sample.anticoagulant == HEPARIN:
        found.append(_("Heparin inhibits PCR: a negative or a low ABL1 may come from it."))
    if sample.tissue == Tissue.BONE_MARROW and sample.first_pull is False:
        found.append(_("Not the first pull of the aspirate: diluted by blood, the marrow level may be higher."))
    if sample.haemodilution_noted:
        found.append(_("Haemodilution was noted: the marrow level may be higher."))
    return found
