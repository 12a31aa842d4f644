"""Groups of patients by what was known of them at the origin. Source: docs/methods/endpoints.md."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from monitoring.domain.cohorts.parts import Grouping
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.cohorts.response_table import ResponseGroup, has_signalling
from monitoring.domain.terms import Marker

EVERYBODY = "ALL"


class Unknown(StrEnum):
    """The group of those of whom it is not known."""

    NOT_KNOWN = "NOT_KNOWN"


def group_of(patient: CohortPatient, grouping: Grouping) -> str | None:
    """Return the group of a patient, as a code or a name as it was recorded; None for one who is in no group."""
    return _GROUPS[grouping](patient)


def _signalling(patient: CohortPatient) -> str | None:
    """FILO 2025 compares NPM1 only."""
    if patient.marker is not Marker.NPM1:
        return None
    return ResponseGroup.SIGNALLING if has_signalling(patient) else ResponseGroup.NO_SIGNALLING


_GROUPS: Mapping[Grouping, Callable[[CohortPatient], str | None]] = {
    Grouping.NONE: lambda _: EVERYBODY,
    Grouping.SIGNALLING: _signalling,
    Grouping.FIRST_LINE_RESPONSE: lambda patient: patient.selection.first_line_response,
    Grouping.FAILURE: lambda one: one.selection.failure.kind if one.selection.failure else Unknown.NOT_KNOWN,
    Grouping.MARKER: lambda patient: patient.marker,
    Grouping.CENTRE: lambda patient: patient.centre,
}
