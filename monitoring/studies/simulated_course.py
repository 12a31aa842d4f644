"""The way of a simulated patient from diagnosis on, visit by visit: the marker moves, the clinic answers.

Every share and interval without a source is constructed.
"""

from dataclasses import dataclass
from enum import Enum
from math import inf
from random import Random

from monitoring.domain.control_gene import ABL1_ADEQUATE, ABL1_SUFFICIENT
from monitoring.domain.terms import Call, Tissue
from monitoring.studies import leukaemia, outcome, sampling_plan
from monitoring.studies.clone import UNDETECTABLE, Clone, draw_doubling_time, slope_of
from monitoring.studies.measuring import Measurement, Method, measure
from monitoring.studies.records import EventRecord, Growth, PatientRecord, SampleRecord, TreatmentRecord
from monitoring.studies.sampling_plan import Visit
from monitoring.studies.venetoclax import Answer, Preemptive


class Story(Enum):
    """What the marker does after first-line treatment, with the share of patients; constructed."""

    RESPONDER = 0.48
    PERSISTER = 0.18
    RELAPSE = 0.30
    REFRACTORY = 0.04


class Phase(Enum):
    """What the clinic is doing."""

    FIRST_LINE = "first line"
    FOLLOW_UP = "follow-up"
    CONFIRMING = "waiting for the second sample"
    WATCHING = "a relapse without treatment"
    VENETOCLAX = "pre-emptive venetoclax"


PLATEAU = (-1.9, 0.5)  # log10 % of ABL1, mean and spread of low-level persistence; constructed
REFRACTORY_LEVEL = (0.2, 0.3)  # log10 % of ABL1 at the end of treatment; constructed
DRUG_FREE_BY = {Story.RESPONDER: 0.95, Story.RELAPSE: 0.95, Story.PERSISTER: 0.7, Story.REFRACTORY: 0.7}
PROGRESSION_SHARE = 0.2  # of persisters
BLIP_SHARE = 0.2  # of responders have one sample with a trace that is gone the next time
BLIP_LEVEL = (-2.1, 0.2)  # log10 % of ABL1
FIRST_BLIP = 5  # samples
EARLIEST_RELAPSE, MEAN_RELAPSE_LATER = 30, 200.0  # days after the end of treatment
ASSAY_CHANGE_SHARE, ASSAY_CHANGE_AT = 0.08, (6, 18)  # of patients; after so many samples
BIAS_BETWEEN_LABORATORIES = 0.2  # log10; in CML within five-fold is good agreement
LOQ_COPIES_ELSEWHERE = 10.0  # copies a well; the second laboratory tells no lower value
CONFIRMED_SHARE = 0.9  # of suspicions are followed by an early second sample
TREATED_SHARE, TREATMENT_AFTER = 0.8, (5, 20)  # of confirmed relapses; days after confirmation
RELAPSE_AGAIN_SHARE = 0.35
WATCH_EVERY = 35  # days
TENFOLD = 10.0
FIRST_LINE_BEGINS = 3  # days from diagnosis
REMISSION_ON = 35  # days from diagnosis


@dataclass(slots=True)
class Memory:
    """What the clinic remembers of one tissue: whether it was negative, and the lowest value."""

    negative: bool = False
    lowest: float = inf

    def take(self, found: Measurement) -> bool:
        """Remember a result; return whether it is suspicious of relapse."""
        if found.abl1_copies < ABL1_SUFFICIENT:
            return False
        if found.call is not Call.DETECTED:
            self.negative |= found.call is Call.NOT_DETECTED and found.abl1_copies >= ABL1_ADEQUATE
            return False
        value = float(found.pct_abl1) if found.pct_abl1 else inf
        suspicious = self.negative or inf > value >= TENFOLD * self.lowest
        self.lowest = min(self.lowest, value)
        return suspicious


class Course:
    """One patient on the way; `record` grows with every visit."""

    def __init__(self, rng: Random, record: PatientRecord, wanted: int) -> None:
        self.rng, self.record, self.wanted = rng, record, wanted
        height = rng.gauss(leukaemia.DIAGNOSIS_LEVEL[record.marker], leukaemia.SPREAD_OF_DIAGNOSIS_LEVEL)
        record.baselines = leukaemia.draw_baselines(rng, height)
        self.clone = Clone(height)
        self.doubling_time_days = draw_doubling_time(rng, record.marker)
        self.blood_below = leukaemia.BLOOD_BELOW_MARROW[record.marker] + rng.gauss(0.0, 0.2)
        self.end_of_treatment = rng.randint(*sampling_plan.END_OF_TREATMENT_DAYS)
        self.queue = sampling_plan.first_line_visits(rng, self.end_of_treatment)
        self.habit = sampling_plan.draw_habit(rng, record.marker)
        elsewhere = Method(rng.gauss(0.0, BIAS_BETWEEN_LABORATORIES), LOQ_COPIES_ELSEWHERE, reports_below_loq=False)
        self.methods = (Method(), elsewhere)
        self.changes_at = rng.randint(*ASSAY_CHANGE_AT) if rng.random() < ASSAY_CHANGE_SHARE else wanted
        self.phase = Phase.FIRST_LINE
        self.preemptive: Preemptive | None = None
        self.regrows_on: int | None = None
        self.blip_at: int | None = None
        self._forget()
        self._begin()

    def run(self) -> None:
        """Go on until the wanted number of samples is there."""
        while len(self.record.samples) < self.wanted:
            visit = self.next_visit()
            self._live_until(visit.day)
            missing = self.wanted - len(self.record.samples)
            found = [self._take(visit, tissue) for tissue in visit.tissues[:missing]]
            suspicious = [self.memory[tissue].take(each) for tissue, each in zip(visit.tissues, found, strict=False)]
            detected = any(each.call is Call.DETECTED for each in found)
            self._decide(visit.day, suspicious=any(suspicious), detected=detected)

    def next_visit(self) -> Visit:
        """Return the next planned visit, or the next by habit."""
        return self.queue.pop(0) if self.queue else self.habit.next_visit(self.rng)

    def _begin(self) -> None:
        """Draw the story and bend the clone to it until the end of first-line treatment."""
        rng, record = self.rng, self.record
        story = rng.choices(list(Story), [story.value for story in Story])[0]
        height = {Story.PERSISTER: PLATEAU, Story.REFRACTORY: REFRACTORY_LEVEL}.get(story, (UNDETECTABLE, 0.0))
        self.clone.fall_to(0, rng.gauss(*height), self.end_of_treatment * DRUG_FREE_BY[story])
        progresses = story is Story.PERSISTER and rng.random() < PROGRESSION_SHARE
        if progresses or story in {Story.RELAPSE, Story.REFRACTORY}:
            self._will_regrow_after(self.end_of_treatment)
        if story is Story.RESPONDER and rng.random() < BLIP_SHARE:
            self.blip_at = rng.randint(FIRST_BLIP, max(FIRST_BLIP, self.wanted - 2))
        regimen = leukaemia.draw_first_line(rng, record)
        record.treatments.append(TreatmentRecord("FIRST_LINE", regimen, FIRST_LINE_BEGINS, self.end_of_treatment))
        record.events.append(EventRecord("REMISSION", REMISSION_ON, detail="first remission"))

    def _forget(self) -> None:
        """Nothing seen before counts any more."""
        self.memory = {tissue: Memory() for tissue in Tissue}

    def _will_regrow_after(self, day: int) -> None:
        self.regrows_on = day + EARLIEST_RELAPSE + int(self.rng.expovariate(1.0 / MEAN_RELAPSE_LATER))

    def _live_until(self, day: int) -> None:
        """Let the marker begin to rise, and a haematological relapse happen, before the next visit."""
        if self.regrows_on is not None and self.regrows_on <= day:
            self.clone.emerge(self.regrows_on, slope_of(self.doubling_time_days))
            self.record.growths.append(Growth(self.regrows_on, self.doubling_time_days))
            self.regrows_on = None
        overt_on = self.clone.overt_on()
        if overt_on < day and self.phase is not Phase.FIRST_LINE:
            self._relapse_overtly(max(int(overt_on), self.record.samples[-1].day) + 1)

    def _relapse_overtly(self, day: int) -> None:
        if self.preemptive is not None and self.preemptive.record.ends is None:
            self.preemptive.stop("haematological relapse", day)
        self.preemptive = None
        outcome.relapse_overtly(self.rng, self.record, self.clone, day)
        self._forget()
        self.phase, self.queue = Phase.FOLLOW_UP, []
        if self.rng.random() < RELAPSE_AGAIN_SHARE:
            self._will_regrow_after(day + outcome.SALVAGE_DAYS)

    def _take(self, visit: Visit, tissue: Tissue) -> Measurement:
        place = len(self.record.samples)
        level = self.clone.level(visit.day)
        if place == self.blip_at:
            level = max(level, self.rng.gauss(*BLIP_LEVEL))
        elif tissue is Tissue.PERIPHERAL_BLOOD:
            level -= self.blood_below
        laboratory = int(place >= self.changes_at)
        found = measure(self.rng, level, self.methods[laboratory])
        self.record.samples.append(
            SampleRecord(visit.day, tissue, found.call, found.pct_abl1, found.abl1_copies, visit.timepoint, laboratory)
        )
        self.habit.last[tissue] = visit.day
        return found

    def _decide(self, day: int, *, suspicious: bool, detected: bool) -> None:
        """What the clinic does after a visit."""
        if self.phase is Phase.FIRST_LINE:
            self.phase = Phase.FIRST_LINE if self.queue else Phase.FOLLOW_UP
        elif self.phase is Phase.FOLLOW_UP and suspicious and self.rng.random() < CONFIRMED_SHARE:
            self.phase = Phase.CONFIRMING
            self.queue.insert(0, sampling_plan.confirming_visit(self.rng, day))
        elif self.phase is Phase.CONFIRMING:
            self._answer_second_sample(day, confirmed=detected)
        elif self.phase is Phase.VENETOCLAX and self.preemptive is not None:
            self._go_on_with(self.preemptive, day)
        elif self.phase is Phase.WATCHING:
            self._watch(day)

    def _watch(self, day: int) -> None:
        self.phase, self.queue = Phase.WATCHING, [Visit(day + WATCH_EVERY, (Tissue.BONE_MARROW,))]

    def _answer_second_sample(self, day: int, *, confirmed: bool) -> None:
        self.phase = Phase.FOLLOW_UP
        if not confirmed or self.clone.slope <= 0:
            return
        if self.rng.random() >= TREATED_SHARE:
            self._watch(day)
            return
        self.phase = Phase.VENETOCLAX
        starts = day + self.rng.randint(*TREATMENT_AFTER)
        self.preemptive = Preemptive(self.rng, self.clone, starts, self.record.adverse_events)
        self.record.treatments.append(self.preemptive.record)
        self.queue = [self.preemptive.next_visit()]

    def _go_on_with(self, course: Preemptive, day: int) -> None:
        """The next cycles, or what follows the last: a transplant, follow-up, or watching where nothing helped."""
        if not course.is_over:
            self.queue = [course.next_visit()]
            return
        self._forget()
        if course.answer is Answer.REFRACTORY:
            course.stop("no molecular response")
            self._watch(day)
            return
        self.phase, self.queue = Phase.FOLLOW_UP, []
        if course.goes_to_hsct:
            hsct_on = outcome.transplant(self.rng, self.record, self.clone, course.stop("transplant"))
            self.queue = sampling_plan.visits_after_hsct(self.rng, hsct_on)
            self.regrows_on = outcome.draw_relapse_after_hsct(self.rng, hsct_on)
            return
        last = course.stop("planned cycles given")
        if self.rng.random() < RELAPSE_AGAIN_SHARE:
            self._will_regrow_after(last)
