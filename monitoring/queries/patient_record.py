"""What is on record of a patient beside the samples: disease, findings, events, treatment with its cycles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from monitoring.models import ClinicalEvent, Disease, MutationFinding, Patient, Sample, Treatment
from monitoring.models.choices import EventKindChoice, FindingStatusChoice, GeneChoice, TreatmentKindChoice
from monitoring.queries.blood_counts import CountOnRecord, read_counts
from monitoring.queries.cycles_on_record import CycleFacts, Toxicity, Transfused, read_cycles
from monitoring.queries.known_rows import on_record


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where a record is looked at: today's day at the patient's centre, and what counts.

    `as_of`: what was collected, given or had happened by that day. `known_at`: what was on record by that moment,
    None for everything on record now; `recorded_on` is the day of that moment, None for today.
    """

    today: date
    as_of: date
    known_at: datetime | None = None
    recorded_on: date | None = None

    @classmethod
    def of(
        cls, patient: Patient, now: datetime, as_of: date | None = None, known_at: datetime | None = None
    ) -> "Standpoint":
        """Return the standpoint of a page: where no day is asked for, that of the moment, which by default is now."""
        zone = patient.centre.zone
        recorded_on = (known_at or now).astimezone(zone).date()
        return cls(now.astimezone(zone).date(), as_of or recorded_on, known_at, recorded_on)

    @property
    def is_today(self) -> bool:
        """Whether it is the current state: everything up to today counts, as it is on record now."""
        return self.as_of == self.today and self.known_at is None

    @property
    def is_as_it_stood(self) -> bool:
        """Whether the day is that of the moment: alerts, which have no other day, then belong to what is shown."""
        return self.as_of == (self.recorded_on or self.today)

    def knows(self, patient: Patient) -> bool:
        """Whether the patient was registered by then."""
        return self.known_at is None or patient.recorded_at <= self.known_at


@dataclass(frozen=True, slots=True)
class DiseaseFacts:
    """The leukaemia at diagnosis."""

    aml_type: str
    diagnosed_on: date
    karyotype: str
    eln_risk: str
    eln_risk_edition: str
    remission: str
    constructed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one gene on one day."""

    gene: str
    variant: str
    status: str
    found_on: date
    vaf_pct: Decimal | None
    allelic_ratio: Decimal | None
    constructed: tuple[str, ...]
    finding_id: int = 0
    tissue: str = ""
    method: str = ""
    accession_number: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened on a day, with the details of its kind as they were recorded."""

    event_id: int
    kind: str
    happened_on: date
    donor: str
    conditioning: str
    conditioning_starts_on: date | None
    mrd_at_hsct: str
    cause: str
    detail: str
    constructed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TreatmentLine:
    """A line of treatment."""

    treatment_id: int
    kind: str
    regimen: str
    starts_on: date
    cycle_2_on: date | None
    ends_on: date | None
    stopped_because: str
    constructed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the timeline: an event, a line of treatment, or a finding; exactly one of them is there."""

    starts_on: date
    ends_on: date | None = None
    event: Event | None = None
    treatment: TreatmentLine | None = None
    finding: Finding | None = None

    @property
    def is_span(self) -> bool:
        """Whether it is told from when to when."""
        return self.treatment is not None

    @property
    def constructed(self) -> tuple[str, ...]:
        """The columns that a study had to construct."""
        if self.event is not None:
            return self.event.constructed
        if self.treatment is not None:
            return self.treatment.constructed
        return self.finding.constructed if self.finding is not None else ()


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """Everything on record up to the day asked for; findings and events by date, the treatment by its start."""

    diseases: tuple[DiseaseFacts, ...]
    findings: tuple[Finding, ...]
    events: tuple[Event, ...]
    treatments: tuple[TreatmentLine, ...]
    cycles: tuple[CycleFacts, ...]
    toxicities_outside: tuple[Toxicity, ...] = ()
    transfusions_outside: tuple[Transfused, ...] = ()
    counts: tuple[CountOnRecord, ...] = ()

    @property
    def diagnosed_on(self) -> date | None:
        """The day of the first diagnosis."""
        return min((one.diagnosed_on for one in self.diseases), default=None)

    @property
    def died(self) -> Event | None:
        """The death, where one is recorded."""
        return next((one for one in self.events if one.kind == EventKindChoice.DEATH), None)

    @property
    def has_first_line(self) -> bool:
        """Whether a first line of treatment is on record."""
        return any(one.kind == TreatmentKindChoice.FIRST_LINE for one in self.treatments)

    @property
    def has_ended_first_line(self) -> bool:
        """Whether the end of a first line is on record: what the rules count from."""
        return any(one.kind == TreatmentKindChoice.FIRST_LINE and one.ends_on for one in self.treatments)

    @property
    def running_first_line(self) -> TreatmentLine | None:
        """The latest first line without an end, where one is on record."""
        running = [one for one in self.treatments if one.kind == TreatmentKindChoice.FIRST_LINE and not one.ends_on]
        return running[-1] if running else None

    @property
    def asks_for_cycle_2(self) -> bool:
        """Whether the first day of cycle 2 would make blood due: a first line runs, and none has that day yet."""
        has_cycle_2 = any(one.cycle_2_on for one in self.treatments if one.kind == TreatmentKindChoice.FIRST_LINE)
        return self.running_first_line is not None and not has_cycle_2

    @property
    def haematological_relapse_on(self) -> date | None:
        """The day of the latest haematological relapse, where one is recorded."""
        return max(self.days_of(EventKindChoice.HAEMATOLOGICAL_RELAPSE), default=None)

    def days_of(self, kind: str) -> tuple[date, ...]:
        """Return the days on which events of one kind are recorded, in their order."""
        return tuple(one.happened_on for one in self.events if one.kind == kind)

    @property
    def transplants(self) -> tuple[Event, ...]:
        """The transplants, latest first."""
        return tuple(one for one in reversed(self.events) if one.kind == EventKindChoice.HSCT)

    @property
    def timeline(self) -> tuple[TimelineEntry, ...]:
        """Events, treatment and findings, newest first."""
        entries = [TimelineEntry(one.happened_on, event=one) for one in self.events]
        entries += [TimelineEntry(one.starts_on, one.ends_on, treatment=one) for one in self.treatments]
        entries += [TimelineEntry(one.found_on, finding=one) for one in self.findings]
        return tuple(sorted(entries, key=lambda one: one.starts_on, reverse=True))

    @property
    def has_constructed(self) -> bool:
        """Whether anything on record was constructed by a study."""
        columns = [one.constructed for one in self.timeline]
        columns += [one.constructed for one in self.diseases] + [one.constructed for one in self.cycles]
        return any(columns)

    @property
    def npm1_lost(self) -> Finding | None:
        """The finding that the NPM1 mutation was lost: a negative does not exclude relapse."""
        lost = (one for one in self.findings if (one.gene, one.status) == (GeneChoice.NPM1, FindingStatusChoice.LOST))
        return next(lost, None)


def read_record(patient_id: int, standpoint: Standpoint) -> PatientRecord:
    """Return what was on record of a patient, up to a day, in a fixed number of queries."""
    as_of, known_at = standpoint.as_of, standpoint.known_at
    diseases = on_record(Disease, [patient_id], known_at)
    findings = [row for row in on_record(MutationFinding, [patient_id], known_at) if row.found_on <= as_of]
    events = [row for row in on_record(ClinicalEvent, [patient_id], known_at) if row.happened_on <= as_of]
    treatments = [row for row in on_record(Treatment, [patient_id], known_at) if row.starts_on <= as_of]
    given = read_cycles(patient_id, as_of, known_at)
    tubes = _accession_numbers(patient_id, findings, known_at)
    return PatientRecord(
        diseases=tuple(_disease(row) for row in sorted(diseases, key=lambda row: row.diagnosed_on)),
        findings=tuple(
            _finding(row, tubes.get(row.sample_id, ""))
            for row in sorted(findings, key=lambda row: (row.found_on, row.gene))
        ),
        events=tuple(_event(row) for row in sorted(events, key=lambda row: row.happened_on)),
        treatments=tuple(_treatment(row, as_of) for row in sorted(treatments, key=lambda row: row.starts_on)),
        cycles=given.cycles,
        toxicities_outside=given.toxicities_outside,
        transfusions_outside=given.transfusions_outside,
        counts=read_counts(patient_id, as_of, known_at),
    )


def _disease(row: Disease) -> DiseaseFacts:
    return DiseaseFacts(
        aml_type=row.aml_type,
        diagnosed_on=row.diagnosed_on,
        karyotype=row.karyotype,
        eln_risk=row.eln_risk,
        eln_risk_edition=row.eln_risk_edition,
        remission=row.remission,
        constructed=tuple(row.constructed),
    )


def _accession_numbers(
    patient_id: int, findings: Iterable[MutationFinding], known_at: datetime | None
) -> dict[int | None, str]:
    """The numbers of the patient's samples as they were on record, where something was found in one of them."""
    if not any(row.sample_id for row in findings):
        return {}
    return {row.pk: row.accession_number for row in on_record(Sample, [patient_id], known_at)}


def _finding(row: MutationFinding, accession_number: str) -> Finding:
    return Finding(
        gene=row.gene,
        variant=row.variant,
        status=row.status,
        found_on=row.found_on,
        vaf_pct=row.vaf_pct,
        allelic_ratio=row.allelic_ratio,
        constructed=tuple(row.constructed),
        finding_id=row.pk,
        tissue=row.tissue,
        method=row.method,
        accession_number=accession_number,
    )


def _event(row: ClinicalEvent) -> Event:
    return Event(
        event_id=row.pk,
        kind=row.kind,
        happened_on=row.happened_on,
        donor=row.donor,
        conditioning=row.conditioning,
        conditioning_starts_on=row.conditioning_starts_on,
        mrd_at_hsct=row.mrd_at_hsct,
        cause=row.cause,
        detail=row.detail,
        constructed=tuple(row.constructed),
    )


def _treatment(row: Treatment, as_of: date) -> TreatmentLine:
    return TreatmentLine(
        treatment_id=row.pk,
        kind=row.kind,
        regimen=row.regimen,
        starts_on=row.starts_on,
        cycle_2_on=row.cycle_2_on if row.cycle_2_on is not None and row.cycle_2_on <= as_of else None,
        ends_on=row.ends_on,
        stopped_because=row.stopped_because,
        constructed=tuple(row.constructed),
    )
