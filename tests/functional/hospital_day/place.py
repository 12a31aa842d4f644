"""The hospital of the day in a database: patients, three laboratories with their senders; and what is true in the end.

`furnish` writes the same into the running product and into an empty database. `load_truth` then writes the final levels
into the empty one, each once, signed by two people, past everything that reads messages, and computes once.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from monitoring import scope
from monitoring.actions import baselines, markers, patients, recompute, results, treatments
from monitoring.domain.readings import ReportedReading
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale
from monitoring.models import Assay, Disease, Laboratory, MrdResult, MrdSeries, Patient, Sample, SenderProfile
from monitoring.models.choices import MarkerChoice, RoleChoice, TissueChoice, TreatmentKindChoice
from tests.functional.hospital_day.facts import ABL1_COPIES, LOD_PCT, Day, Level, Person, Tube
from tests.functional.hospital_day.habits import SENDERS, Habits
from tests.world import World, _person

DIAGNOSED_ON, TREATED_FROM, TREATED_UNTIL = date(2022, 3, 1), date(2022, 3, 7), date(2022, 10, 3)


def furnish(world: World, day: Day) -> None:
    """Write laboratories, senders and patients through the product's own actions."""
    with transaction.atomic():
        for habits in SENDERS.values():
            _sender(world, habits)
        world.as_person(world.clinician)
        for person in day.persons:
            _patient(world, person)


def _sender(world: World, habits: Habits) -> None:
    world.as_person(world.authoriser)
    laboratory = Laboratory.objects.create(
        centre=world.centre, code=habits.application, name=habits.facility, responsible_person="Dr P. Keller"
    )
    for marker in habits.markers:
        Assay.objects.create(
            laboratory=laboratory, marker=marker, mutation_type="A" if marker == "NPM1" else "", version="1",
            name=f"{marker} / ABL1", assay_key=f"{marker}/{habits.application}/ABL1",
        )  # fmt: skip
    user = _person(habits.application.lower(), RoleChoice.LABORATORY_TECHNICIAN, world.centre)
    SenderProfile.objects.create(
        name=habits.application, sending_application=habits.application, sending_facility=habits.facility,
        laboratory=laboratory, identifier_authority=habits.authority, codes=habits.codes, units=habits.units or {},
        words=habits.words or {}, decimal_comma=habits.decimal_comma, encoding=habits.encoding,
        time_zone="Europe/Berlin", user=user,
    )  # fmt: skip


def _patient(world: World, person: Person) -> None:
    patient = patients.register(
        by=world.clinician, now=world.now,
        patient=Patient(
            centre=world.centre, pseudonym=person.pseudonym, hospital_number=person.number, born_on=person.born_on,
            sex=person.sex,
        ),
        disease=Disease(aml_type="AML", diagnosed_on=DIAGNOSED_ON),
    )  # fmt: skip
    series = markers.follow(
        by=world.clinician, patient=patient, marker=MarkerChoice(person.marker),
        mutation_type="A" if person.marker == "NPM1" else "",
    )  # fmt: skip
    for tissue in TissueChoice:
        baselines.record(
            by=world.clinician, series=series, tissue=tissue, pct_abl1=Decimal(400), collected_on=DIAGNOSED_ON,
            now=world.now,
        )  # fmt: skip
    treatments.start(
        by=world.clinician, patient=patient, kind=TreatmentKindChoice.FIRST_LINE, regimen="7+3",
        starts_on=TREATED_FROM, ends_on=TREATED_UNTIL, now=world.now,
    )  # fmt: skip


def load_truth(world: World, finals: dict[Tube, Level]) -> None:
    """Write the final level of every tube, once, and compute all series in one go."""
    with transaction.atomic():
        scope.enter_all_centres(world.technician)
        series = {each.patient.hospital_number: each for each in MrdSeries.objects.select_related("patient")}
        assays = {(each.laboratory.code, each.marker): each for each in Assay.objects.select_related("laboratory")}
        laboratories = {each.code: each for each in Laboratory.objects.all()}
        tubes = Sample.objects.bulk_create(
            Sample(
                patient=series[tube.person.number].patient, laboratory=laboratories[tube.sender],
                accession_number=tube.accession, tissue=tube.tissue, collected_on=tube.collected_on,
            )
            for tube in finals
        )  # fmt: skip
        world.made_up(*series.values())
        MrdResult.objects.bulk_create(
            _signed(world, series[tube.person.number], assays[tube.sender, tube.person.marker], sample, level)
            for (tube, level), sample in zip(finals.items(), tubes, strict=True)
        )
        recompute.recompute_series([each.pk for each in series.values()], now=world.now)


def _signed(world: World, series: MrdSeries, assay: Assay, sample: Sample, level: Level) -> MrdResult:
    row = results.unsigned_version(
        by=world.technician, series=series, sample=sample, assay=assay, reading=reading_of(level), version=1,
        comment="", reason="",
    )  # fmt: skip
    row.state, row.authorisation_basis = "AUTHORISED", "TWO_PEOPLE"
    row.submitted_by, row.submitted_at = world.technician, world.now
    row.authorised_by, row.authorised_at = world.authoriser, world.now
    return row


def reading_of(level: Level) -> ReportedReading:
    """Return the reading that the truth is."""
    scale = Scale.PCT_ABL1 if level.pct_abl1 is not None else None
    below = level.call == "DETECTED" and level.pct_abl1 is None  # said as "<limit, detected"
    return ReportedReading(
        Call(level.call), level.pct_abl1, scale, Decimal(ABL1_COPIES), LOD_PCT, LOD_PCT if below else None
    )
