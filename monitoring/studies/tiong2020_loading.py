"""The twelve cases of Tiong 2020, entered through the product's own actions by one person and signed by another."""

from datetime import date, datetime

from django.db import transaction

from monitoring import scope
from monitoring.actions import audit, baselines, events, markers, patients, results, samples, treatments
from monitoring.domain.readings import ReportedReading
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale
from monitoring.models import (
    Assay,
    Centre,
    ClinicalEvent,
    Disease,
    LoadedStudy,
    MrdResult,
    MrdSeries,
    MutationFinding,
    Patient,
    Sample,
    User,
    VenetoclaxCycle,
)
from monitoring.models.choices import (
    EventKindChoice,
    FindingStatusChoice,
    GeneChoice,
    MarkerChoice,
    PartnerDrugChoice,
    RuleSetChoice,
    TimepointChoice,
    TissueChoice,
    TreatmentKindChoice,
)
from monitoring.studies import places
from monitoring.studies.places import Staff
from monitoring.studies.tiong2020 import NAME, Case, RfsMark, printed_rows, read_cases
from monitoring.studies.tiong2020_timeline import (
    ABL1_COPIES,
    BASELINE_PCT_ABL1,
    DLI_AFTER,
    StudySample,
    Timeline,
    construct,
)

CENTRE_CODE = "TIONG2020"
HSCT_BEFORE = "HSCT + DLI"  # how the table prints it, case 8
PARTNERS = {
    "AZA": PartnerDrugChoice.AZACITIDINE,
    "LDAC": PartnerDrugChoice.LOW_DOSE_CYTARABINE,
    "": PartnerDrugChoice.NONE,
}
DAY = ["happened_on"]
PERIOD = ["starts_on", "ends_on"]


def study_centre() -> Centre:
    """Return the centre of the study's patients; its alerts follow the study's own rules."""
    return places.centre(CENTRE_CODE, "Tiong 2020", alerting_ruleset=RuleSetChoice.TIONG2020)


@transaction.atomic
def load(*, today: date, now: datetime) -> bool:
    """Load the study once, its last contacts shortly before `today`; return whether it was loaded now."""
    if LoadedStudy.objects.filter(name=NAME).exists():
        return False
    centre = study_centre()
    staff = places.study_staff(centre, "Tiong 2020")
    laboratory = places.laboratory(centre, CENTRE_CODE, "Laboratory of Tiong 2020")
    assay = places.assay(laboratory, MarkerChoice.NPM1)
    for case in read_cases():
        _CaseEntry(case, construct(case, today), centre, staff, assay, now).enter()
    LoadedStudy.objects.create(name=NAME, detail={"today": today.isoformat(), "table_1": printed_rows()})
    scope.leave()
    return True


def pseudonym(case: Case) -> str:
    """Return the name of a case in the product."""
    return f"TIONG-{case.number:02}"


class _CaseEntry:
    """One case on its way into the database."""

    def __init__(
        self, case: Case, timeline: Timeline, centre: Centre, staff: Staff, assay: Assay, now: datetime
    ) -> None:
        self.case, self.timeline, self.centre, self.staff = case, timeline, centre, staff
        self.assay, self.now = assay, now
        self.by = staff.data_manager

    def enter(self) -> None:
        """Enter everything that the table says of this case."""
        scope.enter(self.by)
        self.patient = self._register()
        series = self._follow()
        self._record_findings()
        self._record_treatments()
        self._record_cycles()
        self._record_events()
        # Negatives first, then by day: what a later negative has answered is not raised as an alert on the way.
        numbered = enumerate(self.timeline.samples, start=1)
        for number, sample in sorted(numbered, key=lambda each: each[1].call is Call.DETECTED):
            self._enter_result(series, sample, number)

    def _register(self) -> Patient:
        patient = Patient(
            centre=self.centre, pseudonym=pseudonym(self.case), born_on=self.timeline.born_on, sex=self.case.sex,
            is_synthetic=True, constructed=["born_on"],
        )  # fmt: skip
        disease = Disease(
            aml_type="AML with mutated NPM1", karyotype=self.case.karyotype,
            diagnosed_on=self.timeline.diagnosed_on, constructed=["diagnosed_on"],
        )  # fmt: skip
        return patients.register(by=self.by, patient=patient, disease=disease, now=self.now)

    def _follow(self) -> MrdSeries:
        series = markers.follow(by=self.by, patient=self.patient, marker=MarkerChoice.NPM1, mutation_type="")
        baselines.record(
            by=self.by, series=series, tissue=TissueChoice.BONE_MARROW, pct_abl1=BASELINE_PCT_ABL1,
            collected_on=self.timeline.diagnosed_on, now=self.now, constructed=["pct_abl1", "collected_on"],
            sure=True,
        )  # fmt: skip
        return series

    def _record_findings(self) -> None:
        for mutation in ("NPM1", *self.case.mutations):
            gene, _, variant = mutation.partition(" ")
            finding = MutationFinding(
                gene=GeneChoice(gene), variant=variant, status=FindingStatusChoice.PRESENT,
                found_on=self.timeline.diagnosed_on, constructed=["found_on"],
            )  # fmt: skip
            patients.record_finding(by=self.by, patient=self.patient, finding=finding, now=self.now)

    def _record_treatments(self) -> None:
        first_line, intervention = self.timeline.first_line, self.timeline.intervention
        treatments.start(
            by=self.by, patient=self.patient, kind=TreatmentKindChoice.FIRST_LINE,
            regimen="; ".join(self.case.prior_chemotherapy), starts_on=first_line.starts_on,
            ends_on=first_line.ends_on, now=self.now, constructed=PERIOD,
        )  # fmt: skip
        if intervention is None:
            return
        if self.case.prior_mrd_intervention == HSCT_BEFORE:
            self._event(EventKindChoice.HSCT, intervention.starts_on, detail=HSCT_BEFORE)
            self._event(EventKindChoice.DLI, intervention.starts_on + DLI_AFTER, detail=HSCT_BEFORE)
            return
        treatments.start(
            by=self.by, patient=self.patient, kind=TreatmentKindChoice.PRE_EMPTIVE,
            regimen=self.case.prior_mrd_intervention, starts_on=intervention.starts_on,
            ends_on=intervention.ends_on, now=self.now, constructed=PERIOD,
        )  # fmt: skip

    def _record_cycles(self) -> None:
        partners = [PARTNERS[block.partner] for block in self.case.blocks for _ in range(block.cycles)]
        for number, partner in enumerate(partners, start=1):
            starts_on, ends_on = self.timeline.cycle(number)
            cycle = VenetoclaxCycle(
                number=number, starts_on=starts_on, ends_on=ends_on, partner_drug=partner, constructed=PERIOD
            )
            recorded = treatments.record_cycle(
                by=self.by, patient=self.patient, cycle=cycle, regimen=self.case.regimen, now=self.now
            )
        treatments.change(
            by=self.by, treatment=recorded.treatment, now=self.now,
            changes={"ends_on": self.timeline.venetoclax.ends_on, "constructed": PERIOD},
        )  # fmt: skip

    def _enter_result(self, series: MrdSeries, taken: StudySample, number: int) -> None:
        technician = self.staff.technician
        scope.enter(technician)
        sample = Sample(
            patient=self.patient, laboratory=self.assay.laboratory, tissue=TissueChoice.BONE_MARROW,
            accession_number=f"{pseudonym(self.case)}-{number}", collected_on=taken.collected_on,
            timepoint=taken.timepoint.value if taken.timepoint else TimepointChoice.NONE,
            constructed=["accession_number", "collected_on", *(["timepoint"] if taken.timepoint else [])],
        )  # fmt: skip
        samples.register(by=technician, sample=sample, now=self.now)
        draft = results.enter(by=technician, series=series, sample=sample, assay=self.assay, reading=_reading(taken))
        _mark_constructed(draft, taken, technician)
        submitted = results.submit(by=technician, result=draft, now=self.now)
        scope.enter(self.staff.authoriser)
        seen = results.Seen(submitted.version, submitted.submitted_at)
        results.authorise(by=self.staff.authoriser, result=submitted, seen=seen, now=self.now)

    def _record_events(self) -> None:
        last_on, start = self.timeline.last_contact_on, self.timeline.venetoclax.starts_on
        told = f"{self.case.status}; RFS {self.case.rfs} months"
        if self.timeline.hsct_on is not None:
            self._event(EventKindChoice.HSCT, self.timeline.hsct_on, detail=self.case.hsct)
        if self.case.hsct == "DLI":
            self._event(EventKindChoice.DLI, start + DLI_AFTER, detail=self.case.hsct)
        if self.case.hsct_in_text:
            self._event(EventKindChoice.NOT_TRANSPLANTED, last_on, detail=self.case.hsct_in_text)
        if self.case.rfs_mark is RfsMark.RELAPSED:
            self._event(EventKindChoice.HAEMATOLOGICAL_RELAPSE, last_on, detail=told)
        if self.case.rfs_mark is RfsMark.DIED:
            self._event(EventKindChoice.DEATH, last_on, detail=told, cause=self.case.status)
        else:
            self._event(EventKindChoice.LAST_CONTACT, last_on, detail=told)

    def _event(self, kind: EventKindChoice, on: date, detail: str, cause: str = "") -> None:
        event = ClinicalEvent(kind=kind, happened_on=on, detail=detail, cause=cause, constructed=DAY)
        events.record(by=self.by, patient=self.patient, event=event, now=self.now)


def _reading(taken: StudySample) -> ReportedReading:
    """The printed level stands in per cent of diagnosis, never of ABL1."""
    scale = Scale.PCT_BASELINE if taken.pct_baseline is not None else None
    return ReportedReading(taken.call, taken.pct_baseline, scale, ABL1_COPIES)


def _mark_constructed(draft: MrdResult, taken: StudySample, by: User) -> None:
    before = audit.snapshot(draft)
    draft.constructed = list(taken.constructed)
    draft.save(update_fields=["constructed"])
    audit.record(
        action="result.mark_constructed", by=by, subject=draft, patient_id=draft.patient_id,
        before=before, after=audit.snapshot(draft),
    )  # fmt: skip
