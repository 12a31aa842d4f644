"""The patients whom Northfield follows today: simulated courses, each looked at on a day that suits a worklist.

northfield.csv names seed number and day of each; `choose` made it. Which kind a patient is, is told by the product's
own rules, schedule and urgencies; none of it is decided here.
"""

import csv
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from importlib import resources
from itertools import count
from random import Random

from monitoring.domain.classify import classify_all
from monitoring.domain.due_samples import DueStatus
from monitoring.domain.rulesets import DEFAULT_RULESET
from monitoring.domain.sample_classes import class_of_call
from monitoring.domain.series import Series
from monitoring.domain.surveillance import Surveillance, surveil
from monitoring.domain.terms import EpisodeStatus, FlagCode, RuleSetId, SampleClass
from monitoring.domain.urgency import EPISODE, URGENCY_OF_FLAG, AlertDue, Urgency, alerts_raised
from monitoring.domain.verdicts import Verdict
from monitoring.studies import outcome
from monitoring.studies.as_series import series_of, treatments_of
from monitoring.studies.records import EventRecord, PatientRecord
from monitoring.studies.synthetic import as_seen_on, place, simulate_course


class Kind(StrEnum):
    """What a patient is on the worklist, or why not on it."""

    CONFIRMED = "CONFIRMED"
    SUSPECTED = "SUSPECTED"
    SUSPECTED_OVERDUE = "SUSPECTED_OVERDUE"
    OTHER_ALERT = "OTHER_ALERT"
    SAMPLE_OVERDUE = "SAMPLE_OVERDUE"
    SAMPLE_DUE_SOON = "SAMPLE_DUE_SOON"
    DEAD = "DEAD"
    AFTER_RELAPSE = "AFTER_RELAPSE"
    ON_VENETOCLAX = "ON_VENETOCLAX"
    AFTER_HSCT = "AFTER_HSCT"
    RESPONDED = "RESPONDED"
    LOW_LEVEL = "LOW_LEVEL"
    NEGATIVE = "NEGATIVE"


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
SEED = 1
SAMPLES = 30  # of a whole course, looked at after any of them from the sixth on
FEWEST_SAMPLES = 6
DAYS_SINCE_LAST_SAMPLE = ((0, 5), (5, 27), (29, 40), (0, 90))
DAYS_SINCE_DEATH = (20, 200)
DUE_SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Look:
    """One row of the table: which course, on which of its days, and whether the patient had died by then."""

    number: int
    day: int
    died: int | None
    kind: Kind

    def patient(self, pseudonym: str, today: date) -> PatientRecord:
        """Return the patient, with the day of the look being today."""
        course = simulate_course(SEED, self.number, pseudonym, SAMPLES)
        if self.died is not None:
            course = outcome.ended_by(EventRecord("DEATH", self.died, cause="AML"), as_seen_on(course, self.died))
        return place(course, self.day, today)


def read_looks() -> list[Look]:
    """Return the rows of northfield.csv."""
    text = resources.files("monitoring.studies").joinpath("northfield.csv").read_text(encoding="utf-8")
    return [
        Look(int(row["number"]), int(row["day"]), int(row["died"]) if row["died"] else None, Kind(row["kind"]))
        for row in csv.DictReader(text.splitlines())
    ]


def choose(today: date) -> list[Look]:
    """Go through courses by number until every kind is there as often as wanted; the order is one of chance."""
    missing = dict(WANTED)
    chosen = []
    for number in count(1):
        look = look_at(number, today)
        if look is not None and missing[look.kind]:
            chosen.append(look)
            missing[look.kind] -= 1
        if not any(missing.values()):
            break
    Random(SEED).shuffle(chosen)  # noqa: S311 - a repeatable order, not a secret
    return chosen


def look_at(number: int, today: date) -> Look | None:
    """Look at a course on a day drawn by its number; None where it is of no use to the demonstration."""
    rng = Random(f"{SEED}/looked at/{number}")  # noqa: S311 - a repeatable choice, not a secret
    course = simulate_course(SEED, number, "", SAMPLES)
    last = course.samples[rng.randrange(FEWEST_SAMPLES, SAMPLES)].day
    day, died = last + rng.randint(*rng.choice(DAYS_SINCE_LAST_SAMPLE)), None
    death = outcome.draw_death(rng, as_seen_on(course, last))
    if death is not None:
        day, died = death.day + rng.randint(*DAYS_SINCE_DEATH), death.day
    look = Look(number, day, died, Kind.NEGATIVE)
    kind = kind_of(look.patient("", today), today)
    return None if kind is None else replace(look, kind=kind)


def kind_of(patient: PatientRecord, today: date) -> Kind | None:
    """Return what a patient is today; None for what the registry of the demonstration can do without."""
    series = series_of(patient)
    if series.death_on is not None:
        return Kind.DEAD
    verdicts = classify_all(series, as_of=today)
    surveillance = surveil(series, verdicts[DEFAULT_RULESET], treatments_of(patient), today)
    alerts = _open_alerts(series, verdicts)
    if any(URGENCY_OF_FLAG[flag.code] < Urgency.THIRD for flag in surveillance.flags):
        return None
    if alerts:
        return None if surveillance.flags else _kind_by_alerts(patient, alerts)
    return _kind_by_schedule(surveillance, today) or _kind_by_course(patient, verdicts[DEFAULT_RULESET])


def _open_alerts(series: Series, verdicts: dict[RuleSetId, Verdict]) -> list[AlertDue]:
    """The alerts that the product would raise when it sees this series for the first time."""
    return [
        alert
        for alert in alerts_raised(verdicts, DEFAULT_RULESET, series)
        if alert.urgency is not Urgency.FOURTH
        and not alert.is_over
        and not _has_ended(verdicts, alert)
        and not _was_answered(series, alert)
    ]


def _kind_by_alerts(patient: PatientRecord, alerts: list[AlertDue]) -> Kind | None:
    """One alert, or a suspicion with its overdue confirmation; whoever has more is left out."""
    codes = [alert.code for alert in alerts]
    if set(codes) == {EPISODE, FlagCode.CONFIRMATION_OVERDUE} and len(codes) == len(set(codes)):
        return Kind.SUSPECTED_OVERDUE
    if len(alerts) > 1:
        return None
    fresh = alerts[0].latest == str(len(patient.samples))
    if alerts[0].status is EpisodeStatus.CONFIRMED:
        if _is_on_venetoclax(patient):
            return Kind.ON_VENETOCLAX
        return Kind.CONFIRMED if fresh else None
    if alerts[0].status is EpisodeStatus.SUSPECTED:
        return Kind.SUSPECTED
    if codes == [FlagCode.PERSISTENCE]:
        return Kind.LOW_LEVEL
    return Kind.OTHER_ALERT if fresh else None


def _kind_by_schedule(surveillance: Surveillance, today: date) -> Kind | None:
    to_come = surveillance.schedule.to_come
    if any(due.status is DueStatus.OVERDUE for due in to_come):
        return Kind.SAMPLE_OVERDUE
    if any(due.due_on is not None and (due.due_on - today).days <= DUE_SOON_DAYS for due in to_come):
        return Kind.SAMPLE_DUE_SOON
    return None


def _kind_by_course(patient: PatientRecord, verdict: Verdict) -> Kind | None:
    happened = {event.kind for event in patient.events}
    if "HAEMATOLOGICAL_RELAPSE" in happened:
        return Kind.AFTER_RELAPSE
    if "HSCT" in happened:
        return Kind.AFTER_HSCT
    if any(episode.status is EpisodeStatus.RESPONDED for episode in verdict.episodes):
        return Kind.RESPONDED
    return Kind.NEGATIVE if verdict.state == SampleClass.NEGATIVE else None


def _is_on_venetoclax(patient: PatientRecord) -> bool:
    return any(line.kind == "PRE_EMPTIVE" and line.ends is None for line in patient.treatments)


def _has_ended(verdicts: dict[RuleSetId, Verdict], alert: AlertDue) -> bool:
    return alert.code == EPISODE and any(
        episode.index == alert.index and episode.ended_on is not None for episode in verdicts[alert.ruleset].episodes
    )


def _was_answered(series: Series, alert: AlertDue) -> bool:
    """A flag that a later negative of its tissue has answered is history when it is first seen."""
    if alert.status is not None or alert.latest_on is None:
        return False
    return any(
        result.tissue is alert.tissue
        and result.collected_on > alert.latest_on
        and class_of_call(result) is SampleClass.NEGATIVE
        for result in series.results
    )
