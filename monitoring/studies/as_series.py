"""A patient of a data set as the rules see it: the same inputs that the database would give."""

from datetime import date
from decimal import Decimal

from monitoring.domain.results import Result
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import CourseStart, Timepoint
from monitoring.domain.treatment import Cycle, PreemptiveTreatment
from monitoring.studies.records import PatientRecord

COURSE_STARTS = {start.value for start in CourseStart}


def series_of(patient: PatientRecord) -> Series:
    """Return the series of a patient; results are named by their place, from 1."""
    return Series(
        id=patient.pseudonym,
        marker=patient.marker,
        results=tuple(
            Result(
                id=str(number),
                collected_on=patient.on(sample.day),
                tissue=sample.tissue,
                call=sample.call,
                pct_abl1=Decimal(sample.pct_abl1) if sample.pct_abl1 else None,
                abl1_copies=Decimal(sample.abl1_copies),
                assay_key=str(sample.laboratory),
                timepoint=Timepoint(sample.timepoint) if sample.timepoint else None,
            )
            for number, sample in enumerate(patient.samples, start=1)
        ),
        baseline_pct_abl1={baseline.tissue: Decimal(baseline.pct_abl1) for baseline in patient.baselines},
        end_of_treatment=_end_of_first_line(patient),
        treatment_starts=tuple(patient.on(line.starts) for line in patient.treatments if line.kind == "PRE_EMPTIVE"),
        course_starts=tuple(
            CourseBegin(patient.on(event.day), CourseStart(event.kind))
            for event in patient.events
            if event.kind in COURSE_STARTS
        ),
        death_on=next((patient.on(event.day) for event in patient.events if event.kind == "DEATH"), None),
        marker_lost=any(finding.gene == "NPM1" and finding.status == "LOST" for finding in patient.findings),
    )


def treatments_of(patient: PatientRecord) -> tuple[PreemptiveTreatment, ...]:
    """Return the pre-emptive courses of a patient with their cycles."""
    conditioning = [patient.on(event.conditioning_starts) for event in patient.events if event.conditioning_starts]
    return tuple(
        PreemptiveTreatment(
            started_on=patient.on(line.starts),
            cycles=tuple(Cycle(cycle.number, patient.on(cycle.starts), cycle.given_days) for cycle in line.cycles),
            conditioning_on=min((on for on in conditioning if on >= patient.on(line.starts)), default=None),
        )
        for line in patient.treatments
        if line.kind == "PRE_EMPTIVE"
    )


def _end_of_first_line(patient: PatientRecord) -> date | None:
    ends = [line.ends for line in patient.treatments if line.kind == "FIRST_LINE" and line.ends is not None]
    return patient.on(max(ends)) if ends else None
