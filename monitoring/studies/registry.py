"""Where copied patients live: their centre, the two laboratories that measure them, and who signs there."""

from dataclasses import dataclass

from monitoring.domain.terms import Marker
from monitoring.models import Assay, Centre, Laboratory
from monitoring.models.choices import MarkerChoice
from monitoring.studies import places
from monitoring.studies.leukaemia import NPM1_TYPES
from monitoring.studies.places import Staff

AssayKey = tuple[Marker, str]


@dataclass(frozen=True, slots=True)
class MeasuringPlace:
    """A laboratory, its assays by marker and mutation type, and the two people of every result."""

    laboratory: Laboratory
    assays: dict[AssayKey, Assay]
    staff: Staff


@dataclass(frozen=True, slots=True)
class Registry:
    """A centre whose patients are measured in the first laboratory, some of them later in the second."""

    centre: Centre
    places: tuple[MeasuringPlace, MeasuringPlace]

    @property
    def centre_ids(self) -> list[int]:
        """The centres that a load of this registry writes for."""
        return sorted({self.centre.pk, *(place.laboratory.centre_id for place in self.places)})


def synthetic_registry() -> Registry:
    """Return the registry of `load_study synthetic`, made if there is none."""
    centre = places.centre("SYNTHETIC", "Synthetic registry")
    laboratory = places.laboratory(centre, "SYNTHETIC", "Synthetic laboratory")
    return Registry(
        centre, (measuring_place(laboratory, places.study_staff(centre, "Synthetic registry")), elsewhere())
    )


def elsewhere() -> MeasuringPlace:
    """Return the laboratory to which some patients change: other assays, not comparable, no values below its limit."""
    centre = places.centre("EASTMOOR", "Eastmoor")
    laboratory = places.laboratory(centre, "EASTMOOR", "Eastmoor laboratory")
    staff = places.study_staff(centre, "Eastmoor")
    return measuring_place(laboratory, staff, loq_copies=10, reports_below_loq=False)


def measuring_place(laboratory: Laboratory, staff: Staff, **settings: object) -> MeasuringPlace:
    """Return a laboratory with an assay for every marker and mutation type of the data sets."""
    wanted = [(Marker.NPM1, kind) for kind in NPM1_TYPES]
    wanted += [(marker, "") for marker in Marker if marker.is_cbf]
    assays = {
        (marker, kind): places.assay(laboratory, MarkerChoice(marker.value), kind, **settings)
        for marker, kind in wanted
    }
    return MeasuringPlace(laboratory, assays, staff)
