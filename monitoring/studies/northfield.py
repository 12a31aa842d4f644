"""The patients whom Northfield follows today: simulated courses, looked at on a day that makes a worklist of every kind.

Which kind a patient is, is told by the product's own rules, schedule and urgencies; none of it is decided here.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import Enum, auto
from itertools import count
from random import Random

from monitoring.domain.classify import classify_all
from monitoring.domain.due_samples import DueStatus
from monitoring.domain.rulesets import DEFAULT_RULESET
from monitoring.domain.surveillance import Surveillance, surveil
from monitoring.domain.terms import Call, EpisodeStatus, FlagCode, SampleClass
from monitoring.domain.urgency import EPISODE, URGENCY_OF_FLAG, AlertDue, Urgency, alerts_raised
from monitoring.domain.verdicts import Verdict
from monitoring.studies.as_series import series_of, treatments_of
from monitoring.studies.records import PatientRecord
from monitoring.studies.synthetic import place, simulate_course


class Kind(Enum):
    """What a patient is on the worklist, or why not on it."""

    CONFIRMED = auto()
    SUSPECTED = auto()
    SUSPECTED_OVERDUE = auto()
    OTHER_ALERT = auto()
    SAMPLE_OVERDUE = auto()
    SAMPLE_DUE_SOON = auto()
    DEAD = auto()
    AFTER_RELAPSE = auto()
    ON_VENETOCLAX = auto()
    AFTER_HSCT = auto()
    RESPONDED = auto()
    LOW_LEVEL = auto()
    NEGATIVE = auto()


# with the story of P-0007, which is confirmed too: sixty patients
WANTED = {
    Kind.CONFIRMED: 2,
    Kind.SUSPECTED: 2,
    Kind.SUSPECTED_OVERDUE: 1,
    Kind.OTHER_ALERT: 3,
    Kind.SAMPLE_OVERDUE: 5,
    Kind.SAMPLE_DUE_SOON: 7,
    Kind.DEAD: 2,
    Kind.AFTER_RELAPSE: 2,
    Kind.ON_VENETOCLAX: 3,
    Kind.AFTER_HSCT: 4,
    Kind.RESPONDED: 3,
    Kind.LOW_LEVEL: 7,
    Kind.NEGATIVE: 18,
}
SAMPLES = 30  # of a whole course, looked at after any of them from the sixth on
FEWEST_SAMPLES = 6
DAYS_SINCE_LAST_SAMPLE = ((0, 5), (5, 27), (29, 40), (0, 90))
DUE_SOON_DAYS = 14


def choose(seed: int, today: date) -> list[PatientRecord]:
    """Return the patients of today in an order of chance, without pseudonyms."""
    missing = dict(WANTED)
    chosen = []
    for candidate in _candidates(seed, today):
        kind = kind_of(candidate, today)
        if kind is None or not missing.get(kind):
            continue
        chosen.append(candidate)
        missing[kind] -= 1
        if not any(missing.values()):
            break
    Random(seed).shuffle(chosen)  # noqa: S311 - a repeatable order, not a secret
    return chosen


def kind_of(patient: PatientRecord, today: date) -> Kind | None:
    """Return what a patient is today; None for what the registry of the demonstration can do without."""
    series = series_of(patient)
    verdicts = classify_all(series, as_of=today)
    verdict = verdicts[DEFAULT_RULESET]
    surveillance = surveil(series, verdict, treatments_of(patient), today)
    alerts = [
        alert
        for alert in alerts_raised(verdicts, DEFAULT_RULESET, series)
        if alert.urgency is not Urgency.FOURTH and not alert.is_over and not _was_answered(patient, alert)
    ]
    if series.death_on is not None:
        return None if alerts else Kind.DEAD
    if alerts or any(URGENCY_OF_FLAG[flag.code] < Urgency.THIRD for flag in surveillance.flags):
        return _kind_of_alerts(alerts, surveillance, verdict, patient)
    return _kind_without_alerts(patient, verdict, surveillance, today)


def _candidates(seed: int, today: date) -> Iterator[PatientRecord]:
    for number in count(1):
        rng = Random(f"{seed}/looked at/{number}")  # noqa: S311 - a repeatable choice, not a secret
        course = simulate_course(seed, number, "", SAMPLES)
        last = course.samples[rng.randrange(FEWEST_SAMPLES, SAMPLES)].day
        yield place(course, last + rng.randint(*rng.choice(DAYS_SINCE_LAST_SAMPLE)), today)


def _kind_of_alerts(
    alerts: list[AlertDue], surveillance: Surveillance, verdict: Verdict, patient: PatientRecord
) -> Kind | None:
    """One alert, or an alert and its overdue confirmation; whoever has more is left out."""
    codes = {alert.code for alert in alerts}
    statuses = {alert.status for alert in alerts}
    last = str(len(patient.samples))
    if surveillance.flags:
        return None
    if codes == {EPISODE, FlagCode.CONFIRMATION_OVERDUE} and len(alerts) == len(codes):
        return Kind.SUSPECTED_OVERDUE
    if len(alerts) > 1:
        return None
    if statuses == {EpisodeStatus.CONFIRMED}:
        untreated = not any(line.kind == "PRE_EMPTIVE" and line.ends is None for line in patient.treatments)
        return Kind.CONFIRMED if untreated and alerts[0].latest == last else None
    if statuses == {EpisodeStatus.SUSPECTED}:
        return Kind.SUSPECTED
    return Kind.OTHER_ALERT if codes != {EPISODE} and alerts[0].latest == last else None


def _kind_without_alerts(
    patient: PatientRecord, verdict: Verdict, surveillance: Surveillance, today: date
) -> Kind | None:
    to_come = surveillance.schedule.to_come
    if any(due.status is DueStatus.OVERDUE for due in to_come):
        return Kind.SAMPLE_OVERDUE
    if any(due.due_on is not None and (due.due_on - today).days <= DUE_SOON_DAYS for due in to_come):
        return Kind.SAMPLE_DUE_SOON
    happened = {event.kind for event in patient.events}
    if any(line.kind == "PRE_EMPTIVE" and line.ends is None for line in patient.treatments):
        return Kind.ON_VENETOCLAX
    if "HAEMATOLOGICAL_RELAPSE" in happened:
        return Kind.AFTER_RELAPSE
    if "HSCT" in happened:
        return Kind.AFTER_HSCT
    if any(episode.status is EpisodeStatus.RESPONDED for episode in verdict.episodes):
        return Kind.RESPONDED
    return {SampleClass.LOW_LEVEL.value: Kind.LOW_LEVEL, SampleClass.NEGATIVE.value: Kind.NEGATIVE}.get(verdict.state)


def _was_answered(patient: PatientRecord, alert: AlertDue) -> bool:
    """A flag that a later negative of its tissue has answered is not raised when it is first seen."""
    if alert.status is not None or alert.latest_on is None:
        return False
    return any(
        sample.tissue is alert.tissue and patient.on(sample.day) > alert.latest_on and sample.call is Call.NOT_DETECTED
        for sample in patient.samples
    )


def named(patient: PatientRecord, number: int) -> PatientRecord:
    """Return the patient with a pseudonym of Northfield."""
    return replace(patient, pseudonym=f"P-{number:04}")
