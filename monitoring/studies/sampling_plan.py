"""When a simulated patient is sampled: habits of the clinic in first line, follow-up, on venetoclax, after HSCT."""

from dataclasses import dataclass, field
from random import Random

from monitoring.domain.sampling_intervals import ELN_2021_INTERVALS
from monitoring.domain.terms import Marker, Timepoint, Tissue

MARROW, BLOOD = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD
BOTH = (MARROW, BLOOD)

CYCLE_1_DAY = 28  # days from diagnosis
CYCLE_2_DAY = 63
CYCLE_3_DAY = 98
END_OF_TREATMENT_DAYS = (125, 165)  # days from diagnosis, earliest and latest; constructed
MARROW_OF_CBF_EVERY = 182  # days; a habit, ELN asks for blood only
CONFIRMING_AFTER = (10, 24)  # days, earliest and latest
PUNCTUALITY = (0.85, 1.05)  # share of an interval after which the next sample really comes
SAME_VISIT_WITHIN = 7  # days: blood and marrow due so close together are taken together


@dataclass(frozen=True, slots=True)
class Visit:
    """A day from diagnosis on which samples are taken."""

    day: int
    tissues: tuple[Tissue, ...]
    timepoint: str = ""


@dataclass(slots=True)
class FollowUpHabit:
    """How often marrow and blood are taken in follow-up, in days; None: not at all."""

    marrow_every: int | None
    blood_every: int | None
    last: dict[Tissue, int] = field(default_factory=dict)

    def next_visit(self, rng: Random) -> Visit:
        """Return the next routine visit after the last samples."""
        due = {
            tissue: self.last[tissue] + max(1, round(every * rng.uniform(*PUNCTUALITY)))
            for tissue, every in ((MARROW, self.marrow_every), (BLOOD, self.blood_every))
            if every is not None
        }
        day = max(min(due.values()), max(self.last.values()) + 1)
        tissues = tuple(tissue for tissue in due if due[tissue] <= day + SAME_VISIT_WITHIN)
        return Visit(day, tissues)

    def interval(self) -> int:
        """Return the days within which the next sample of any tissue is due."""
        return min(every for every in (self.marrow_every, self.blood_every) if every is not None)


def draw_habit(rng: Random, marker: Marker) -> FollowUpHabit:
    """Return a follow-up habit: ELN 2021's intervals, marrow or blood or both for NPM1, blood for the fusions."""
    marrow, blood = ELN_2021_INTERVALS.marrow_days, ELN_2021_INTERVALS.blood_days
    if marker.is_cbf:
        return FollowUpHabit(MARROW_OF_CBF_EVERY, blood)
    return rng.choice([FollowUpHabit(marrow, blood), FollowUpHabit(marrow, None), FollowUpHabit(marrow * 2, blood)])


def first_line_visits(rng: Random, end_of_treatment: int) -> list[Visit]:
    """Return the visits from diagnosis to the end of first-line treatment."""
    visits = [Visit(CYCLE_2_DAY, BOTH if rng.random() < 0.5 else (BLOOD,), Timepoint.AFTER_CYCLE_2)]
    if rng.random() < 0.6:
        visits.insert(0, Visit(CYCLE_1_DAY, (MARROW,)))
    if rng.random() < 0.3:
        visits.append(Visit(CYCLE_3_DAY, (BLOOD,)))
    visits.append(Visit(end_of_treatment, BOTH if rng.random() < 0.5 else (MARROW,), Timepoint.END_OF_TREATMENT))
    return visits


def confirming_visit(rng: Random, day: int) -> Visit:
    """Return the visit that is to confirm what was seen on a day."""
    return Visit(day + rng.randint(*CONFIRMING_AFTER), BOTH if rng.random() < 0.5 else (MARROW,))


def visits_after_hsct(rng: Random, hsct_day: int) -> list[Visit]:
    """Return the visits of the first hundred days after a transplant."""
    return [
        Visit(hsct_day + day + rng.randint(-2, 4), BOTH if rng.random() < 0.4 else (MARROW,))
        for day in ELN_2021_INTERVALS.after_hsct_on_days
    ]
