"""A simulated patient from a seed and a number: the same on every machine and in every order.

Kinetics: Ommen 2010 (doubling times); answers to venetoclax: Jimenez-Chillon 2024; habits of sampling: ELN MRD 2021.
What they leave open is constructed. `growths` of a record tells the truth behind each rise.
"""

from dataclasses import replace
from datetime import date
from random import Random

from monitoring.studies import leukaemia, outcome
from monitoring.studies.records import EventRecord, PatientRecord, TreatmentRecord
from monitoring.studies.simulated_course import Course

MEAN_SAMPLES = 20
SPREAD_OF_SAMPLES = 0.25  # standard deviation as a share of the mean
FEWEST_SAMPLES = 6
EPOCH = date(2000, 1, 1)  # where a course stands until it is placed before today

ON_SCHEDULE_SHARE, IN_GRACE_SHARE = 0.82, 0.08  # of patients; the others are overdue
GRACE_DAYS = 7
OVERDUE_DAYS = (15, 60)
AFTER_DEATH = (1, 500)  # days, how long ago a death was


def simulate(
    seed: int, number: int, pseudonym: str, today: date, mean: int = MEAN_SAMPLES, exactly: int = 0
) -> PatientRecord:
    """Return the patient of this number as on record today: about `mean` samples, or exactly so many."""
    rng = _random(seed, number)
    wanted = exactly or max(FEWEST_SAMPLES, round(rng.gauss(mean, SPREAD_OF_SAMPLES * mean)))
    course = Course(rng, leukaemia.draw_patient(rng, pseudonym, EPOCH), wanted)
    course.run()
    return _looked_at(rng, course, today)


def simulate_course(seed: int, number: int, pseudonym: str, samples: int) -> PatientRecord:
    """Return a whole course with so many samples, days counted from 2000-01-01, to be looked at on any of its days."""
    rng = _random(seed, number)
    course = Course(rng, leukaemia.draw_patient(rng, pseudonym, EPOCH), samples)
    course.run()
    return course.record


def place(record: PatientRecord, day: int, today: date) -> PatientRecord:
    """Return what was on record on a day of the course, moved in time so that this day is today."""
    shift = today - record.on(day)
    return replace(as_seen_on(record, day), diagnosed_on=record.diagnosed_on + shift, born_on=record.born_on + shift)


def as_seen_on(record: PatientRecord, day: int) -> PatientRecord:
    """Return what was on record on a day of the course: nothing later, and no end that lies ahead."""
    relapsed = any(event.kind == "HAEMATOLOGICAL_RELAPSE" and event.day <= day for event in record.events)
    return replace(
        record,
        remission="SECOND" if relapsed else "FIRST",
        findings=[finding for finding in record.findings if finding.day <= day],
        treatments=[_treatment_on(line, day) for line in record.treatments if line.starts <= day],
        events=[event for event in record.events if event.day <= day],
        adverse_events=[
            replace(event, ends=event.ends if event.ends is not None and event.ends <= day else None)
            for event in record.adverse_events
            if event.starts <= day
        ],
        counts=[count for count in record.counts if count.day <= day],
        holds=[hold for hold in record.holds if hold.starts <= day],
        transfusions=[given for given in record.transfusions if given.day <= day],
        samples=[sample for sample in record.samples if sample.day <= day],
        growths=[growth for growth in record.growths if growth.starts <= day],
    )


def _treatment_on(line: TreatmentRecord, day: int) -> TreatmentRecord:
    is_over = line.ends is not None and line.ends <= day
    return replace(
        line,
        ends=line.ends if is_over else None,
        stopped_because=line.stopped_because if is_over else "",
        cycles=[cycle for cycle in line.cycles if cycle.starts <= day],
    )


def _random(seed: int, number: int) -> Random:
    return Random(f"{seed}/{number}")  # noqa: S311 - a repeatable simulation, not a secret


def _looked_at(rng: Random, course: Course, today: date) -> PatientRecord:
    """Draw the day of the course that is today: before the next sample is due, soon after, much later, after death."""
    record = course.record
    last = record.samples[-1].day
    death = outcome.draw_death(rng, record)
    if death is not None:
        return place(
            outcome.ended_by(death, as_seen_on(record, death.day)), death.day + rng.randint(*AFTER_DEATH), today
        )
    record.events.append(EventRecord("LAST_CONTACT", last))
    gap = max(1, course.next_visit().day - last)
    kind = rng.random()
    if kind < ON_SCHEDULE_SHARE:
        return place(record, last + rng.randrange(gap), today)
    late = (0, GRACE_DAYS) if kind < ON_SCHEDULE_SHARE + IN_GRACE_SHARE else OVERDUE_DAYS
    return place(record, last + gap + rng.randint(*late), today)
