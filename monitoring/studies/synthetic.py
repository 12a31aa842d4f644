"""One simulated patient from a seed and a number: the same today and on every machine.

Kinetics after Ommen 2010 (doubling times), Jimenez-Chillon 2024 (answers to venetoclax) and the habits of ELN MRD 2021;
what they leave open is constructed. `growths` of the record tells the truth behind each rise.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from random import Random

from monitoring.domain.terms import Call, Tissue
from monitoring.studies import leukaemia, outcome, sampling_plan
from monitoring.studies.clone import OVERT, UNDETECTABLE, Clone, draw_doubling_time, slope_of
from monitoring.studies.measuring import Method, measure
from monitoring.studies.records import EventRecord, Growth, PatientRecord, SampleRecord, TreatmentRecord
from monitoring.studies.sampling_plan import Visit
from monitoring.studies.venetoclax import Answer, Preemptive

MEAN_SAMPLES = 20
SPREAD_OF_SAMPLES = 5.0
FEWEST_SAMPLES = 6

EPOCH = date(2000, 1, 1)  # where a patient stands until the course is placed before a given day


class Story(Enum):
    """What the marker does after first-line treatment."""

    RESPONDER = 0.48
    PERSISTER = 0.18
    RELAPSE = 0.30
    REFRACTORY = 0.04


class Phase(Enum):
    """What the clinic is doing."""

    FIRST_LINE = "first line"
    FOLLOW_UP = "follow-up"
    CONFIRMING = "confirming"
    WATCHING = "watching a relapse without treatment"
    VENETOCLAX = "venetoclax"


PLATEAU = (-1.9, 0.5)  # log10 % of ABL1, mean and spread of low-level persistence; constructed
REFRACTORY_LEVEL = (0.2, 0.3)  # log10 % of ABL1 at the end of treatment; constructed
PROGRESSION_SHARE = 0.2  # of persisters; constructed
BLIP_SHARE = 0.2  # of responders have one sample with a trace that is gone the next time; constructed
BLIP_LEVEL = (-2.1, 0.2)  # log10 % of ABL1; constructed
EARLIEST_RELAPSE = 30  # days after the end of treatment
MEAN_RELAPSE = 200.0  # days later; constructed
ASSAY_CHANGE_SHARE = 0.08  # of patients; constructed
BIAS_BETWEEN_LABORATORIES = 0.2  # log10; CML: within five-fold is good agreement
CONFIRMED_SHARE = 0.9  # of suspicions are followed by an early second sample
TREATED_SHARE = 0.8  # of confirmed molecular relapses are treated pre-emptively
TREATMENT_AFTER = (5, 20)  # days
TENFOLD = 10.0
RELAPSE_AGAIN_SHARE = 0.35  # after venetoclax without HSCT
WATCH_EVERY = 35  # days


def simulate(seed: int, number: int, pseudonym: str, samples: int | None = None) -> PatientRecord:
    """Return the patient of this number, with so many samples, or about twenty; days count from 2000-01-01."""
    rng = Random(f"{seed}/{number}")  # noqa: S311 - a repeatable simulation, not a secret
    wanted = samples or max(FEWEST_SAMPLES, round(rng.gauss(MEAN_SAMPLES, SPREAD_OF_SAMPLES)))
    return Course(rng, leukaemia.draw_patient(rng, pseudonym, EPOCH), wanted).run()


def place(patient: PatientRecord, last_day: int, today: date) -> PatientRecord:
    """Move a patient in time so that the given day of the course is today; ages move along."""
    shift = today - patient.on(last_day)
    patient.diagnosed_on += shift
    patient.born_on += shift
    return patient


@dataclass(slots=True)
class Memory:
    """What the clinic remembers of one tissue: the last evaluable call and the lowest value."""

    negative: bool = False
    lowest: float = field(default=float("inf"))


class Course:
    """The way of one patient, simulated visit by visit."""

    def __init__(self, rng: Random, patient: PatientRecord, wanted: int) -> None:
        self.rng, self.patient, self.wanted = rng, patient, wanted
        height = rng.gauss(leukaemia.DIAGNOSIS_LEVEL[patient.marker], leukaemia.SPREAD_OF_DIAGNOSIS_LEVEL)
        patient.baselines = leukaemia.draw_baselines(rng, height)
        self.clone = Clone(height)
        self.blood_below = leukaemia.BLOOD_BELOW_MARROW[patient.marker] + rng.gauss(0.0, 0.2)
        self.slope = slope_of(draw_doubling_time(rng, patient.marker))
        self.phase = Phase.FIRST_LINE
        self.end_of_treatment = rng.randint(*sampling_plan.END_OF_TREATMENT_DAYS)
        self.queue = sampling_plan.first_line_visits(rng, self.end_of_treatment)
        self.habit = sampling_plan.draw_habit(rng, patient.marker)
        self.memory = {tissue: Memory() for tissue in Tissue}
        self.preemptive: Preemptive | None = None
        self.regrows_on: int | None = None
        self.blip_at = -1
        self.change_at = rng.randint(6, 18) if rng.random() < ASSAY_CHANGE_SHARE else -1
        self.methods = (Method(), Method(rng.gauss(0.0, BIAS_BETWEEN_LABORATORIES), 10.0, reports_below_loq=False))
        self._begin()

    def run(self) -> PatientRecord:
        """Simulate until the wanted number of samples is there."""
        while len(self.patient.samples) < self.wanted:
            visit = self.queue.pop(0) if self.queue else self.habit.next_visit(self.rng)
            self._live_until(visit.day)
            suspicious = detected = False
            for tissue in visit.tissues:
                if len(self.patient.samples) < self.wanted:
                    seen = self._take(visit, tissue)
                    suspicious, detected = suspicious or seen[0], detected or seen[1]
            self._decide(visit.day, suspicious=suspicious, detected=detected)
        return self.patient

    def _begin(self) -> None:
        """Draw the story and bend the clone to it until the end of first-line treatment."""
        self.story = self.rng.choices(list(Story), [story.value for story in Story])[0]
        height, by_day = UNDETECTABLE, self.end_of_treatment * 0.95
        if self.story is Story.PERSISTER:
            height, by_day = self.rng.gauss(*PLATEAU), self.end_of_treatment * 0.7
        if self.story is Story.REFRACTORY:
            height = self.rng.gauss(*REFRACTORY_LEVEL)
        self.clone.fall_to(0, height, by_day)
        rises = self.story is Story.PERSISTER and self.rng.random() < PROGRESSION_SHARE
        if rises or self.story in {Story.RELAPSE, Story.REFRACTORY}:
            later = EARLIEST_RELAPSE + self.rng.expovariate(1.0 / MEAN_RELAPSE)
            self.regrows_on = self.end_of_treatment + int(later)
        if self.story is Story.RESPONDER and self.rng.random() < BLIP_SHARE:
            self.blip_at = self.rng.randint(5, max(6, self.wanted - 2))
        regimen = leukaemia.draw_first_line(self.rng, self.patient)
        self.patient.treatments.append(TreatmentRecord("FIRST_LINE", regimen, 3, self.end_of_treatment))
        self.patient.events.append(EventRecord("REMISSION", sampling_plan.CYCLE_1_DAY + 7))

    def _live_until(self, day: int) -> None:
        """Let the marker begin to rise, and a haematological relapse happen, before the next visit."""
        if self.regrows_on is not None and self.regrows_on <= day:
            self._regrow(self.regrows_on)
        overt = self.clone.overt_on()
        if overt <= day and self.phase is not Phase.FIRST_LINE:
            self._relapse_overtly(min(day, max(int(overt) + 1, self._last_day() + 1)))

    def _regrow(self, day: int) -> None:
        self.regrows_on = None
        self.clone.emerge(day, self.slope)
        self.patient.growths.append(Growth(day, 1.0 / (self.slope / slope_of(1.0))))

    def _last_day(self) -> int:
        return self.patient.samples[-1].day if self.patient.samples else 0

    def _relapse_overtly(self, day: int) -> None:
        """Haematological relapse: salvage, remission, often HSCT; what ends in death is decided at the end."""
        if self.preemptive is not None and self.preemptive.record.ends is None:
            self.preemptive.stop("haematological relapse", day)
        self.preemptive = None
        outcome.relapse_overtly(self.rng, self.patient, self.clone, day)
        self.queue = [Visit(day + 35, sampling_plan.BOTH), Visit(day + 70, (Tissue.BONE_MARROW,))]
        self.memory = {tissue: Memory() for tissue in Tissue}
        self.phase = Phase.FOLLOW_UP
        self.regrows_on = None
        if self.rng.random() < RELAPSE_AGAIN_SHARE:
            self.regrows_on = day + 100 + int(self.rng.expovariate(1.0 / MEAN_RELAPSE))

    def _take(self, visit: Visit, tissue: Tissue) -> tuple[bool, bool]:
        """Take and measure one sample; return whether it is suspicious, and whether anything was detected."""
        place = len(self.patient.samples)
        level = self.clone.level(visit.day)
        if place == self.blip_at:
            level = max(level, self.rng.gauss(*BLIP_LEVEL))
        elif tissue is Tissue.PERIPHERAL_BLOOD:
            level -= self.blood_below
        laboratory = 1 if 0 <= self.change_at <= place else 0
        found = measure(self.rng, level, self.methods[laboratory])
        self.patient.samples.append(
            SampleRecord(
                visit.day, tissue, found.call, found.pct_abl1, found.abl1_copies, visit.timepoint, laboratory
            )
        )
        self.habit.last[tissue] = visit.day
        if found.call is not Call.DETECTED:
            self._remember_negative(tissue, found.call, found.abl1_copies)
            return False, False
        return self._remember_detected(tissue, found.pct_abl1), True

    def _remember_negative(self, tissue: Tissue, call: Call, abl1_copies: int) -> None:
        if call is Call.NOT_DETECTED and abl1_copies >= 10_000:
            self.memory[tissue].negative = True

    def _remember_detected(self, tissue: Tissue, pct_abl1: str | None) -> bool:
        memory = self.memory[tissue]
        if pct_abl1 is None:
            return memory.negative
        value = float(pct_abl1)
        suspicious = memory.negative or value >= TENFOLD * memory.lowest
        memory.lowest = min(memory.lowest, value)
        return suspicious

    def _decide(self, day: int, *, suspicious: bool, detected: bool) -> None:
        """What the clinic does after a visit."""
        if self.phase is Phase.FIRST_LINE:
            self.phase = Phase.FOLLOW_UP if not self.queue else Phase.FIRST_LINE
        elif self.phase is Phase.FOLLOW_UP and suspicious and self.rng.random() < CONFIRMED_SHARE:
            self.phase = Phase.CONFIRMING
            self.queue.insert(0, sampling_plan.confirming_visit(self.rng, day))
        elif self.phase is Phase.CONFIRMING:
            self._answer(day, confirmed=detected)
        elif self.phase is Phase.VENETOCLAX:
            self._go_on_with_venetoclax(day)
        elif self.phase is Phase.WATCHING:
            self.queue = [Visit(day + WATCH_EVERY, (Tissue.BONE_MARROW,))]

    def _answer(self, day: int, *, confirmed: bool) -> None:
        if not confirmed:
            self.phase = Phase.FOLLOW_UP
            return
        if self.clone.slope <= 0 or self.rng.random() >= TREATED_SHARE:
            self.phase = Phase.WATCHING
            self.queue = [Visit(day + WATCH_EVERY, (Tissue.BONE_MARROW,))]
            return
        self.phase = Phase.VENETOCLAX
        self.preemptive = Preemptive(self.rng, self.clone, day + self.rng.randint(*TREATMENT_AFTER))
        self.patient.treatments.append(self.preemptive.record)
        self.queue = [self.preemptive.next_visit()]

    def _go_on_with_venetoclax(self, day: int) -> None:
        course = self.preemptive
        if course is None or not course.is_over:
            self.queue = [course.next_visit()] if course else []
            return
        self.patient.adverse_events += course.adverse_events
        self.memory = {tissue: Memory() for tissue in Tissue}
        if course.answer is Answer.REFRACTORY:
            course.stop("no molecular response")
            self.phase, self.queue = Phase.WATCHING, [Visit(day + WATCH_EVERY, (Tissue.BONE_MARROW,))]
            return
        self.phase = Phase.FOLLOW_UP
        if course.goes_to_hsct:
            last = course.stop("transplant")
            hsct_day = outcome.transplant(self.rng, self.patient, self.clone, last)
            self.queue = sampling_plan.visits_after_hsct(self.rng, hsct_day)
            self.regrows_on = outcome.draw_relapse_after_hsct(self.rng, hsct_day)
            return
        last = course.stop("planned cycles given")
        if self.rng.random() < RELAPSE_AGAIN_SHARE:
            self.regrows_on = last + EARLIEST_RELAPSE + int(self.rng.expovariate(1.0 / MEAN_RELAPSE))


def today_of(patient: PatientRecord, rng: Random, habit_days: int) -> int:
    """Return the day of the course on which the patient is looked at: mostly before the next sample is due."""
    raise NotImplementedError
