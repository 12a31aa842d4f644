"""A simulated course of pre-emptive venetoclax: cycles, doses, which samples are taken, how the marker answers."""

from enum import Enum, auto
from random import Random

from monitoring.domain.sampling_intervals import ELN_2021_INTERVALS
from monitoring.studies.clone import UNDETECTABLE, Clone
from monitoring.studies.records import AdverseEventRecord, CycleRecord, TreatmentRecord
from monitoring.studies.sampling_plan import BOTH, MARROW, Visit

CYCLE_DAYS = 28
SAMPLE_ON_DAY = 25  # of a cycle, within its response window
GIVEN_DAYS = (7, 14, 21, 28)  # days; FILO 2025: given in 2, 30, 15 and 22 patients
GIVEN_DAYS_WEIGHTS = (2, 30, 15, 22)
STANDARD_DOSE_MG = 400
DOSE_WITH_POSACONAZOLE_MG = 100
AZA_SHARE = 0.75
POSACONAZOLE_SHARE = 0.2
DELAY_SHARE = 0.2
DELAY_DAYS = 7
DONOR_SHARE = 0.45  # of responders go on to HSCT
HSCT_AFTER_CYCLES = (2, 3, 4)
CYCLES_WITHOUT_HSCT = (4, 12)
NEUTROPENIA_SHARE = 0.5  # of cycles with grade 3 or 4
# shares of patients; Jimenez-Chillon 2024: MRD-negative 71 %, at least one log10 84 %
NEGATIVE_SHARE, REDUCED_SHARE = 0.70, 0.15
FALL_PER_CYCLE = {"NEGATIVE": (1.2, 2.2), "REDUCED": (0.7, 1.0)}  # log10; constructed
REDUCED_STOPS_AFTER = 1.8  # log10 below the start: then level; constructed


class Answer(Enum):
    """What venetoclax does to the clone."""

    NEGATIVE = auto()
    REDUCED = auto()
    REFRACTORY = auto()


class Preemptive:
    """One course from cycle 1 day 1 on."""

    def __init__(self, rng: Random, clone: Clone, starts: int, adverse_events: list[AdverseEventRecord]) -> None:
        self.rng, self.clone, self.adverse_events = rng, clone, adverse_events
        share = rng.random()
        self.answer = Answer.NEGATIVE
        if share >= NEGATIVE_SHARE:
            self.answer = Answer.REDUCED if share < NEGATIVE_SHARE + REDUCED_SHARE else Answer.REFRACTORY
        self.azacitidine = rng.random() < AZA_SHARE
        self.goes_to_hsct = self.answer is not Answer.REFRACTORY and rng.random() < DONOR_SHARE
        self.planned_cycles = self._draw_cycles()
        self.given_days = rng.choices(GIVEN_DAYS, GIVEN_DAYS_WEIGHTS)[0]
        self.posaconazole = rng.random() < POSACONAZOLE_SHARE
        regimen = "VEN-AZA" if self.azacitidine else "VEN-LDAC"
        self.record = TreatmentRecord("PRE_EMPTIVE", regimen, starts)
        self.next_starts = starts
        self._let_answer(starts)

    @property
    def is_over(self) -> bool:
        """Whether the planned cycles have been given."""
        return len(self.record.cycles) >= self.planned_cycles

    def next_visit(self) -> Visit:
        """Give cycles up to the next one that is followed by a sample; return that sample's visit."""
        while True:
            cycle = self._give_cycle()
            if cycle.number <= ELN_2021_INTERVALS.venetoclax_first_cycles or self.is_over:
                break
            if cycle.number % ELN_2021_INTERVALS.venetoclax_every_cycles == 0:
                break
        return Visit(cycle.starts + SAMPLE_ON_DAY - 1, BOTH if self.rng.random() < 0.6 else (MARROW,))

    def stop(self, because: str, on: int | None = None) -> int:
        """End the course with its last cycle, or on a day; return the last day."""
        self.record.ends = self.record.cycles[-1].ends if on is None else max(on, self.record.starts)
        self.record.stopped_because = because
        return self.record.ends

    def _draw_cycles(self) -> int:
        if self.answer is Answer.REFRACTORY:
            return ELN_2021_INTERVALS.venetoclax_first_cycles
        return self.rng.choice(HSCT_AFTER_CYCLES) if self.goes_to_hsct else self.rng.randint(*CYCLES_WITHOUT_HSCT)

    def _let_answer(self, day: int) -> None:
        if self.answer is Answer.REFRACTORY:
            return
        low, high = FALL_PER_CYCLE[self.answer.name]
        slope = -self.rng.uniform(low, high) / CYCLE_DAYS
        lowest = UNDETECTABLE
        if self.answer is Answer.REDUCED:
            lowest = self.clone.level(day) - REDUCED_STOPS_AFTER
        self.clone.turn(day, slope, lowest)

    def _give_cycle(self) -> CycleRecord:
        number, starts = len(self.record.cycles) + 1, self.next_starts
        cycle = CycleRecord(
            number=number, starts=starts, ends=starts + CYCLE_DAYS - 1,
            planned_days=self.given_days, given_days=self.given_days,
            dose_mg=DOSE_WITH_POSACONAZOLE_MG if self.posaconazole else STANDARD_DOSE_MG,
            partner_drug="AZACITIDINE" if self.azacitidine else "LOW_DOSE_CYTARABINE",
            partner_dose_mg_m2="75" if self.azacitidine else "20",
            partner_days=7 if self.azacitidine else 10,
            cyp3a4="POSACONAZOLE" if self.posaconazole else "",
            cyp3a4_drug="posaconazole" if self.posaconazole else "",
            setting="OUTPATIENT",
        )  # fmt: skip
        self.record.cycles.append(cycle)
        self._suffer(cycle)
        delay = DELAY_DAYS if self.rng.random() < DELAY_SHARE else 0
        self.next_starts = starts + CYCLE_DAYS + delay
        return cycle

    def _suffer(self, cycle: CycleRecord) -> None:
        if self.rng.random() >= NEUTROPENIA_SHARE:
            return
        starts = cycle.starts + self.rng.randint(10, 16)
        ends = starts + self.rng.randint(3, 10)
        grade = self.rng.choice((3, 4))
        self.adverse_events.append(AdverseEventRecord(cycle.starts, "Neutrophil count decreased", grade, starts, ends))
