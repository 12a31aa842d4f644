"""A day at the bench of Northfield: eight tubes and the plate that was run with them, matched, waiting for review."""

from datetime import date, datetime, timedelta
from random import Random

from monitoring import scope
from monitoring.actions import run_matching, runs, samples
from monitoring.actions.run_files import DroppedFile
from monitoring.actions.run_matching import TargetSaid
from monitoring.models import Assay, ClinicalEvent, Laboratory, MrdSeries, RunSample, Sample, SeriesSummary, User
from monitoring.models.choices import EventKindChoice, MarkerChoice, RunTargetChoice
from monitoring.studies.plates.ready_plates import RELAPSE_LEVELS, relapse_plate
from monitoring.studies.plates.simulated_cq import measure_plate
from monitoring.studies.plates.writing import quantstudio_text
from monitoring.studies.plates.writing.export_settings import ExportSettings

MUTATION_TYPE = "A"
COLLECTED, RECEIVED = timedelta(days=2), timedelta(days=1)  # before today
SEED = 20
TARGET, CONTROL_GENE = "NPM1mutA", "ABL1"
FIRST_NUMBER = 501
STILL_WAITING = 3  # tubes that arrived after the plate


def load(*, laboratory: Laboratory, technician: User, today: date, now: datetime) -> None:
    """Take the tubes and the run in as the technician would; the first tube may confirm a suspected relapse."""
    scope.enter(technician)
    tubes = [
        _tube(laboratory, technician, series, number, today, now)
        for number, series in enumerate(_patients(laboratory, today), start=FIRST_NUMBER)
    ]
    measured = tubes[: len(RELAPSE_LEVELS)]
    design = relapse_plate([tube.accession_number for tube in measured], name=f"MRD NPM1 {today - RECEIVED}")
    chance = Random(SEED)  # noqa: S311 - a simulation
    (written,) = quantstudio_text.write_plate(measure_plate(design, chance), ExportSettings())
    file = DroppedFile(f"{today - RECEIVED}-npm1.txt", written.content)
    run = runs.take_in(by=technician, laboratory=laboratory, files=[file], now=now)
    assay = Assay.objects.get(laboratory=laboratory, marker=MarkerChoice.NPM1, mutation_type=MUTATION_TYPE)
    said = {
        TARGET: TargetSaid(RunTargetChoice.ASSAY, assay.pk),
        CONTROL_GENE: TargetSaid(RunTargetChoice.CONTROL_GENE),
    }
    run = run_matching.say_targets(by=technician, run=run, said=said, revision=run.revision)
    by_number = {tube.accession_number: tube.pk for tube in measured}
    names = RunSample.objects.filter(run=run, sample_name__in=by_number)
    matches = {row.pk: by_number[row.sample_name] for row in names}
    run = run_matching.match(by=technician, run=run, matches=matches, revision=run.revision, now=now)
    runs.describe(by=technician, run=run, run_on=today - RECEIVED, comment="", lot_ids=[], revision=run.revision)


def _patients(laboratory: Laboratory, today: date) -> list[MrdSeries]:
    """Living patients with this mutation: those with a suspected relapse first, whose next sample is this one."""
    collected_on = today - COLLECTED
    dead = ClinicalEvent.objects.filter(kind=EventKindChoice.DEATH).values("patient_id")
    followed = MrdSeries.objects.filter(
        marker=MarkerChoice.NPM1, mutation_type=MUTATION_TYPE, patient__centre_id=laboratory.centre_id
    ).exclude(patient_id__in=dead)
    later = Sample.objects.filter(collected_on__gte=collected_on).values("patient_id")
    series = list(followed.exclude(patient_id__in=later).select_related("patient__centre").order_by("pk"))
    suspected = set(SeriesSummary.objects.filter(suspected_on__lt=collected_on).values_list("series_id", flat=True))
    series.sort(key=lambda one: one.pk not in suspected)
    return series[: len(RELAPSE_LEVELS) + STILL_WAITING]


def _tube(
    laboratory: Laboratory, technician: User, series: MrdSeries, number: int, today: date, now: datetime
) -> Sample:
    tube = Sample(
        patient=series.patient, laboratory=laboratory, accession_number=f"{today:%y-%m}-{number:04}", tissue="BM",
        collected_on=today - COLLECTED, received_on=today - RECEIVED,
    )  # fmt: skip
    return samples.register(by=technician, sample=tube, now=now)
