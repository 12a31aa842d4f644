"""A small world to test in: two centres, people of every role, a laboratory, a patient on demand."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import connection

from monitoring import scope
from monitoring.actions import baselines, markers, patients, results, sample_corrections, samples, treatments
from monitoring.domain.readings import CopiesReading, Reading, ReportedReading
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale
from monitoring.models import (
    Assay,
    CareRelation,
    Centre,
    Disease,
    Laboratory,
    Membership,
    MrdResult,
    MrdSeries,
    Patient,
    Sample,
    User,
)
from monitoring.models.choices import MarkerChoice, RoleChoice, TissueChoice, TreatmentKindChoice
from monitoring.queries.sample_corrections import effects_of, fingerprint_of

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PASSWORD = "a long passphrase for tests"


@dataclass
class World:
    """What the tests speak of; every write goes through the product's own actions."""

    centre: Centre
    elsewhere: Centre
    laboratory: Laboratory
    assay: Assay
    clinician: User
    technician: User
    authoriser: User
    second_authoriser: User
    data_manager: User
    stranger: User
    now: datetime = NOW
    _numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def make(cls) -> "World":
        """Create centres, people and a laboratory, and enter the scope of the first centre."""
        centre = Centre.objects.create(code="NF", name="Northfield centre", time_zone="Europe/Paris")
        elsewhere = Centre.objects.create(code="SB", name="Southbank centre", time_zone="Europe/London")
        laboratory = Laboratory.objects.create(centre=centre, code="NFL", name="Northfield laboratory")
        assay = Assay.objects.create(
            laboratory=laboratory, marker="NPM1", mutation_type="A", name="NPM1 mut A / ABL1", version="4",
            assay_key="NPM1/A/NFL/ABL1", loq_copies=3, reports_below_loq=True,
        )  # fmt: skip
        people = _people([
            ("clinician", RoleChoice.CLINICIAN, centre),
            ("technician", RoleChoice.LABORATORY_TECHNICIAN, centre),
            ("authoriser", RoleChoice.LABORATORY_AUTHORISER, centre),
            ("second_authoriser", RoleChoice.LABORATORY_AUTHORISER, centre),
            ("data_manager", RoleChoice.DATA_MANAGER, centre),
            ("stranger", RoleChoice.CLINICIAN, elsewhere),
        ])  # fmt: skip
        made = cls(centre, elsewhere, laboratory, assay, *people)  # type: ignore[arg-type] # exactly six people
        made.as_person(made.clinician)
        return made

    def as_person(self, user: User) -> None:
        """Let this transaction be the person's, as the middleware does; outside of one, the whole connection."""
        if connection.in_atomic_block:
            scope.enter(user)
            return
        with connection.cursor() as cursor:
            centres = ",".join(str(membership.centre_id) for membership in user.memberships.all())
            cursor.execute("SELECT set_config('app.centres', %s, false)", [centres])
            cursor.execute("SELECT set_config('app.actor', %s, false)", [str(user.pk)])

    def next(self, what: str) -> int:
        """Return the next number of a kind."""
        self._numbers[what] = self._numbers.get(what, 0) + 1
        return self._numbers[what]

    def patient(
        self, *, marker: MarkerChoice = MarkerChoice.NPM1, baseline: str | None = "1000",
        end_of_treatment: date | None = date(2025, 1, 6), mutation_type: str = "A",
    ) -> MrdSeries:  # fmt: skip
        """Register a patient with a followed marker; return the series."""
        self.as_person(self.clinician)
        patient = patients.register(
            by=self.clinician,
            patient=Patient(
                centre=self.centre, pseudonym=f"P-{self.next('patient'):04}", born_on=date(1967, 3, 14), sex="F"
            ),
            disease=Disease(aml_type="AML with mutated NPM1", diagnosed_on=date(2024, 6, 3)),
            now=self.now,
        )
        series = markers.follow(by=self.clinician, patient=patient, marker=marker, mutation_type=mutation_type)
        if baseline:
            baselines.record(
                by=self.clinician, series=series, tissue=TissueChoice.BONE_MARROW, pct_abl1=Decimal(baseline),
                collected_on=date(2024, 6, 3), now=self.now, sure=True,
            )  # fmt: skip
        if end_of_treatment:
            treatments.start(
                by=self.clinician, patient=patient, kind=TreatmentKindChoice.FIRST_LINE, regimen="7+3",
                starts_on=date(2024, 6, 10), ends_on=end_of_treatment, now=self.now,
            )  # fmt: skip
        return series

    def made_up(self, *series: MrdSeries) -> None:
        """Say that these patients are made up: only theirs are results that arrive signed by two people."""
        Patient.objects.filter(pk__in=[each.patient_id for each in series]).update(is_synthetic=True)

    def crowd(self, size: int, days: list[tuple[date, str | None]]) -> None:
        """Write many patients, made up, with the same marrow results, past the actions but not past the database."""
        self.as_person(self.clinician)
        number = self.next("crowd")
        patients_made = Patient.objects.bulk_create(
            Patient(
                centre=self.centre, pseudonym=f"C-{number}-{n:04}", born_on=date(1960, 1, 1), sex="M", is_synthetic=True
            )
            for n in range(size)
        )
        CareRelation.objects.bulk_create(
            CareRelation(patient=each, centre=self.centre, role="TREATING", starts_on=date(2024, 1, 1))
            for each in patients_made
        )
        followed = MrdSeries.objects.bulk_create(
            MrdSeries(patient=each, marker="NPM1", mutation_type="A") for each in patients_made
        )
        for on, pct_abl1 in days:
            tubes = Sample.objects.bulk_create(
                Sample(
                    patient=each, laboratory=self.laboratory, tissue="BM", collected_on=on,
                    accession_number=f"{each.pseudonym}-{on}",
                )
                for each in patients_made
            )  # fmt: skip
            MrdResult.objects.bulk_create(
                self._signed(one, tube, pct_abl1) for one, tube in zip(followed, tubes, strict=True)
            )

    def _signed(self, series: MrdSeries, sample: Sample, pct_abl1: str | None) -> MrdResult:
        return MrdResult(
            patient_id=series.patient_id, series=series, sample=sample, assay=self.assay, state="AUTHORISED",
            collected_on=sample.collected_on, tissue=sample.tissue, assay_key=self.assay.assay_key,
            call="DETECTED" if pct_abl1 else "NOT_DETECTED", pct_abl1=Decimal(pct_abl1) if pct_abl1 else None,
            abl1_copies=40_000, entered_by=self.technician, submitted_by=self.technician, submitted_at=self.now,
            authorised_by=self.authoriser, authorised_at=self.now, authorisation_basis="TWO_PEOPLE",
        )  # fmt: skip

    def sample(self, series: MrdSeries, on: date, tissue: str = "BM", timepoint: str = "") -> Sample:
        """Take in a sample at the laboratory."""
        self.as_person(self.technician)
        sample = Sample(
            patient=series.patient, laboratory=self.laboratory, accession_number=f"26-{self.next('sample'):05}",
            tissue=tissue, collected_on=on, timepoint=timepoint,
        )  # fmt: skip
        return samples.register(by=self.technician, sample=sample, now=self.now)

    def submitted(self, series: MrdSeries, on: date, reading: Reading, tissue: str = "BM") -> MrdResult:
        """Enter and submit a result as the technician."""
        sample = self.sample(series, on, tissue)
        draft = results.enter(by=self.technician, series=series, sample=sample, assay=self.assay, reading=reading)
        return results.submit(by=self.technician, result=draft, now=self.now)

    def authorised(self, series: MrdSeries, on: date, reading: Reading, tissue: str = "BM") -> MrdResult:
        """Enter, submit and authorise a result by two people."""
        submitted = self.submitted(series, on, reading, tissue)
        self.as_person(self.authoriser)
        return results.authorise(
            by=self.authoriser, result=submitted, seen=results.Seen(submitted.version, submitted.submitted_at),
            now=self.now,
        )  # fmt: skip

    def amended(self, result: MrdResult, reading: Reading) -> MrdResult:
        """Put a signed result right by two people: the next version is signed."""
        self.as_person(self.technician)
        draft = results.amend(by=self.technician, result=result, reading=reading, reason="repeat")
        submitted = results.submit(by=self.technician, result=draft, now=self.now)
        self.as_person(self.authoriser)
        seen = results.Seen(submitted.version, submitted.submitted_at)
        return results.authorise(by=self.authoriser, result=submitted, seen=seen, now=self.now)

    def corrected(self, sample: Sample, *, now: datetime | None = None, **changes: object) -> Sample:
        """Correct a sample with signed results: the technician proposes, the authoriser signs."""
        now = now or self.now
        self.as_person(self.technician)
        proposal = sample_corrections.put_right(
            by=self.technician, sample=sample, changes=changes, reason="label misread", now=now
        )
        if proposal is None:
            return sample
        self.as_person(self.authoriser)
        shown = fingerprint_of(effects_of(proposal, now=now))
        return sample_corrections.sign(by=self.authoriser, correction=proposal, effect=shown, now=now)


def detected(pct_abl1: str, abl1_copies: int = 40_000) -> Reading:
    """A reported value in per cent of ABL1."""
    return ReportedReading(Call.DETECTED, Decimal(pct_abl1), Scale.PCT_ABL1, Decimal(abl1_copies))


def not_detected(abl1_copies: int = 40_000) -> Reading:
    """Nothing amplified."""
    return ReportedReading(Call.NOT_DETECTED, abl1_copies=Decimal(abl1_copies))


def wells(target: list[int], abl1: list[int]) -> Reading:
    """Copies well by well."""
    return CopiesReading(tuple(map(Decimal, target)), tuple(map(Decimal, abl1)))


@cache
def _hashed() -> str:
    """Hashing a password is slow on purpose: once is enough."""
    return make_password(PASSWORD)


def _person(name: str, role: RoleChoice, centre: Centre) -> User:
    return _people([(name, role, centre)])[0]


def _people(told: list[tuple[str, RoleChoice, Centre]]) -> list[User]:
    """All at once: every test pays for them."""
    users = User.objects.bulk_create(
        User(username=name, password=_hashed(), full_name=name.replace("_", " ").title()) for name, _, _ in told
    )
    Membership.objects.bulk_create(
        Membership(user=user, centre=centre, role=role, starts_on=date(2020, 1, 1))
        for user, (_, role, centre) in zip(users, told, strict=True)
    )
    return users
