"""Everything that one look at a patient shows from one standpoint: who it is, each marker followed, one marker whole.

Verdicts are computed here, by the one rule engine, from the very results that the page lists (about a millisecond):
what stands in the tables of verdicts serves lists and interfaces and is the same by construction. So a page can never
show a verdict of other samples than those beside it, whatever happens meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from monitoring.domain.classed_results import with_classes
from monitoring.domain.classify import classify_all
from monitoring.domain.ctcae import LowerLimits
from monitoring.domain.eln2025_categories import ResponseAt
from monitoring.domain.eln2025_response import eln2025_responses
from monitoring.domain.next_samples import NextSample, what_would_change
from monitoring.domain.sampling_intervals import IntervalSet
from monitoring.domain.schedule import Schedule
from monitoring.domain.series import Series
from monitoring.domain.surveillance import surveil
from monitoring.domain.terms import RuleSetId
from monitoring.domain.verdicts import Verdict
from monitoring.models import Patient, RecomputeRequest
from monitoring.queries import open_relapses, patient_facts, treatment_courses
from monitoring.queries.blood_counts import limits_of
from monitoring.queries.cycle_responses import CourseOfCycles, courses_of_cycles
from monitoring.queries.gene_findings import GenesOnRecord, genes_on_record
from monitoring.queries.growth import Growth, growth_of
from monitoring.queries.known_inputs import followed_series, read_inputs
from monitoring.queries.open_relapses import OpenRelapse
from monitoring.queries.patient_alerts import PatientAlert, read_alerts
from monitoring.queries.patient_record import PatientRecord, Standpoint, read_record
from monitoring.queries.sample_rows import SamplesTable, read_samples
from monitoring.queries.series_inputs import SeriesInputs
from monitoring.wording.account import Account


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the patient is; `age` in whole years on the day of the page, or at death."""

    patient_id: int
    pseudonym: str
    name: str
    hospital_number: str
    born_on: date
    age: int
    sex: str
    centre: str
    is_synthetic: bool
    constructed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowedMarker:
    """A marker followed in the patient."""

    series_id: int
    marker: str
    mutation_type: str


@dataclass(frozen=True, slots=True)
class MarkerPage:
    """One marker whole: verdicts by every rule set, samples, cycles with their responses, alerts, schedule.

    `relapse_on` is the index day of the open episode, else of the earliest candidate; None where nothing is open.
    """

    followed: FollowedMarker
    revision: int
    series: Series
    alerting: RuleSetId
    verdicts: Mapping[RuleSetId, Verdict]
    relapse_on: date | None
    samples: SamplesTable
    courses: tuple[CourseOfCycles, ...]
    alerts: tuple[PatientAlert, ...]
    schedule: Schedule
    open_relapse: OpenRelapse | None
    intervals: tuple[IntervalSet, ...]
    growth: Growth | None
    next_samples: tuple[NextSample, ...]
    eln2025_responses: tuple[ResponseAt, ...]
    is_pending: bool

    @property
    def verdict(self) -> Verdict:
        """The verdict of the rule set that raises alerts."""
        return self.verdicts[self.alerting]


@dataclass(frozen=True, slots=True)
class PatientPage:
    """One look at a patient. `marker` is None where no marker is followed."""

    identity: Identity
    standpoint: Standpoint
    record: PatientRecord
    followed: tuple[FollowedMarker, ...]
    marker: MarkerPage | None

    @property
    def has_constructed(self) -> bool:
        """Whether a value on the page was constructed by a study."""
        of_samples = self.marker is not None and self.marker.samples.has_constructed
        return bool(self.identity.constructed) or self.record.has_constructed or of_samples

    @property
    def genes(self) -> GenesOnRecord:
        """The last test of each gene, told as older where what is open of the marker shown began after it."""
        began = [self.record.haematological_relapse_on, self.marker.relapse_on if self.marker else None]
        return genes_on_record(self.record.findings, max((on for on in began if on), default=None))


def read_patient_page(patient: Patient, standpoint: Standpoint, marker: str = "") -> PatientPage:
    """Return everything the page shows, in a number of queries that does not depend on how much is on record.

    `marker` chooses one of several; the first is shown where it names none of them.
    """
    record = read_record(patient.pk, standpoint)
    rows = followed_series(patient, standpoint.known_at)
    followed = tuple(FollowedMarker(row.pk, row.marker, row.mutation_type) for row in rows)
    shown = next((one for one in followed if one.marker == marker), followed[0] if followed else None)
    return PatientPage(
        identity=_identity(patient_facts.as_known([patient], standpoint.known_at)[0], record, standpoint),
        standpoint=standpoint,
        record=record,
        followed=followed,
        marker=_marker_page(shown, record, standpoint, limits_of(patient)) if shown else None,
    )


def _marker_page(
    followed: FollowedMarker, record: PatientRecord, standpoint: Standpoint, limits: LowerLimits
) -> MarkerPage:
    as_of, known_at = standpoint.as_of, standpoint.known_at
    [inputs] = read_inputs([followed.series_id], known_at)
    alerting = RuleSetId(inputs.alerting_ruleset)
    verdicts = classify_all(inputs.series, as_of=as_of)
    verdict = verdicts[alerting]
    standing = Account(inputs.series, verdict, as_of).standing
    treatments = treatment_courses.read([inputs.patient_id], known_at).get(inputs.patient_id, ())
    surveillance = surveil(inputs.series, verdict, treatments, as_of, inputs.intervals, inputs.cycle_2_on)
    begun = (each.started_on for each in treatments if each.started_on <= as_of)
    responses = dict(zip(begun, surveillance.responses, strict=True))
    alerts = read_alerts(followed.series_id, known_at)
    return MarkerPage(
        followed=followed,
        revision=inputs.revision,
        series=inputs.series,
        alerting=alerting,
        verdicts=verdicts,
        relapse_on=standing.relapse_on if standing else None,
        samples=read_samples(inputs, verdict, standpoint),
        courses=courses_of_cycles(record, verdict, with_classes(inputs.series.results, verdict), responses, limits),
        alerts=alerts,
        schedule=surveillance.schedule,
        open_relapse=_open_relapse(inputs, verdict, record, standpoint, alerts),
        intervals=inputs.set_apart,
        growth=growth_of(inputs.series, verdict, as_of),
        next_samples=what_would_change(inputs.series, verdict, as_of),
        eln2025_responses=eln2025_responses(inputs.series, verdicts[RuleSetId.ELN2025], as_of),
        is_pending=known_at is None and _is_pending(inputs),
    )


def _open_relapse(
    inputs: SeriesInputs, verdict: Verdict, record: PatientRecord, at: Standpoint, alerts: tuple[PatientAlert, ...]
) -> OpenRelapse | None:
    """What is open and untreated; alerts, and so what was agreed, belong to no other day than that of the moment."""
    found = open_relapses.of_verdict(verdict, (line.starts_on for line in record.treatments))
    if found is None or not at.is_as_it_stood:
        return found
    sampled = [one.result.collected_on for one in with_classes(inputs.series.results, verdict)]
    agreed = open_relapses.agreed_in(alerts, max(sampled, default=None), ZoneInfo(inputs.time_zone))
    return replace(found, agreed=agreed)


def _is_pending(inputs: SeriesInputs) -> bool:
    """Whether alerts and figure still wait to follow the last change: the verdict on the page does not."""
    return RecomputeRequest.objects.filter(series_id=inputs.series_id).exists()


def _identity(patient: Patient, record: PatientRecord, standpoint: Standpoint) -> Identity:
    until = record.died.happened_on if record.died else standpoint.as_of
    return Identity(
        patient_id=patient.pk,
        pseudonym=patient.pseudonym,
        name=" ".join(part for part in (patient.given_name, patient.family_name) if part),
        hospital_number=patient.hospital_number,
        born_on=patient.born_on,
        age=age_on(patient.born_on, until),
        sex=patient.sex,
        centre=patient.centre.name,
        is_synthetic=patient.is_synthetic,
        constructed=tuple(patient.constructed),
    )


def age_on(born_on: date, on: date) -> int:
    """Return the age in whole years on a day."""
    had_birthday = (on.month, on.day) >= (born_on.month, born_on.day)
    return on.year - born_on.year - (not had_birthday)
