"""What the pages of the sampling intervals show: each interval with its default and with what is in force."""

from dataclasses import dataclass

from monitoring.domain.sampling_intervals import ELN_2021_INTERVALS, IntervalSet, days_as_text, interval_names
from monitoring.models import Centre, User
from monitoring.permissions import can_set_up_centre, memberships_of
from monitoring.queries import intervals_in_force


@dataclass(frozen=True, slots=True)
class IntervalLine:
    """One interval: the default, what the centre set, and what was set for the patient of the page."""

    name: str
    default_days: str
    of_centre: IntervalSet | None
    of_patient: IntervalSet | None

    @property
    def days(self) -> str:
        """The days in force."""
        own = self.of_patient or self.of_centre
        return own.days if own else self.default_days


def lines_of_centre(centre: Centre) -> list[IntervalLine]:
    """Return every interval of a centre."""
    own = intervals_in_force.of_centre(centre.pk)
    return [_line(name, own.get(name), None) for name in interval_names()]


def lines_of_patient(patient_id: int) -> list[IntervalLine]:
    """Return every interval of a patient: its own over those of its centre."""
    found = intervals_in_force.read([patient_id]).get(patient_id, ())
    centre = {each.name: each for each in found if not each.is_of_patient}
    own = {each.name: each for each in found if each.is_of_patient}
    return [_line(name, centre.get(name), own.get(name)) for name in interval_names()]


def find_centre(user: User, pk: int) -> Centre | None:
    """Return a centre at which the person has a role today; None for any other."""
    return next((m.centre for m in memberships_of(user) if m.centre_id == pk), None)


def centres_to_set(user: User) -> list[Centre]:
    """Return the centres whose intervals the person may set."""
    centres = {m.centre_id: m.centre for m in memberships_of(user)}
    return [centre for centre in centres.values() if can_set_up_centre(user, centre)]


def _line(name: str, of_centre: IntervalSet | None, of_patient: IntervalSet | None) -> IntervalLine:
    return IntervalLine(name, days_as_text(ELN_2021_INTERVALS, name), of_centre, of_patient)
