"""A made-up plate of eight patients, taken in, matched and submitted: what the tests of runs begin with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from monitoring.actions import run_matching, run_submission, runs
from monitoring.actions.run_files import DroppedFile
from monitoring.actions.run_matching import TargetSaid
from monitoring.models import MrdResult, MrdSeries, QpcrRun, RunSample, Sample
from monitoring.models.choices import RunTargetChoice
from monitoring.queries.run_review import RunReview, review
from monitoring.studies.plates.plate_design import DesignedPlate
from monitoring.studies.plates.ready_plates import RELAPSE_LEVELS, relapse_plate
from monitoring.studies.plates.simulated_cq import measure_plate
from monitoring.studies.plates.writing import quantstudio_text
from monitoring.studies.plates.writing.export_settings import ExportSettings
from tests.world import World

TARGET = "NPM1mutA"
COLLECTED = date(2026, 11, 16)
SEED = 7


def accessions(count: int = len(RELAPSE_LEVELS)) -> list[str]:
    """Numbers as the world gives them to its samples."""
    return [f"26-{number:05}" for number in range(1, count + 1)]


def file_of(design: DesignedPlate, seed: int = SEED) -> DroppedFile:
    """The plate as a QuantStudio writes it."""
    (written,) = quantstudio_text.write_plate(measure_plate(design, Random(seed)), ExportSettings())
    return DroppedFile(written.name, written.content)


def plate_file(
    names: Sequence[str] | None = None,
    levels: Sequence[tuple[Decimal, Decimal]] = RELAPSE_LEVELS,
    seed: int = SEED,
    name: str = "MRD run",
) -> DroppedFile:
    """The plate of the story, with the patients' accession numbers as sample names."""
    return file_of(relapse_plate(names or accessions(len(levels)), levels, name=name), seed)


def spoilt_file(sample: str, target: str, copies: int, name: str = "Spoilt run") -> DroppedFile:
    """The same plate with other true copies in the wells of one sample or control."""
    return file_of(relapse_plate(accessions(), name=name).with_copies(sample, target, Decimal(copies)))


@dataclass
class Bench:
    """A laboratory with eight tubes of eight patients, and what is done with a run of them."""

    world: World
    series: list[MrdSeries] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    @classmethod
    def make(cls, world: World, tubes: int = len(RELAPSE_LEVELS), **patient: str) -> "Bench":
        """Register the patients and take their tubes in."""
        made = cls(world)
        for _number in range(tubes):
            made.add(COLLECTED, **patient)
        world.as_person(world.technician)
        return made

    def add(self, on: date, **patient: str) -> Sample:
        """Register one more patient with a tube."""
        series = self.world.patient(**patient)  # type: ignore[arg-type]
        self.series.append(series)
        self.samples.append(self.world.sample(series, on))
        return self.samples[-1]

    def taken_in(self, *files: DroppedFile) -> QpcrRun:
        """Take a file in as the technician."""
        self.world.as_person(self.world.technician)
        return runs.take_in(
            by=self.world.technician, laboratory=self.world.laboratory, files=files or (plate_file(),),
            now=self.world.now,
        )  # fmt: skip

    def with_targets(self, run: QpcrRun, target: str = TARGET) -> QpcrRun:
        """Say that the target is the assay of this world."""
        said = {
            target: TargetSaid(RunTargetChoice.ASSAY, self.world.assay.pk),
            "ABL1": TargetSaid(RunTargetChoice.CONTROL_GENE),
        }
        return run_matching.say_targets(by=self.world.technician, run=run, said=said, revision=run.revision)

    def matched(self, run: QpcrRun) -> QpcrRun:
        """Confirm every name whose tube is on record."""
        by_number = {each.accession_number: each.pk for each in self.samples}
        names = RunSample.objects.filter(run=run, sample_name__in=by_number)
        return run_matching.match(
            by=self.world.technician, run=run, matches={row.pk: by_number[row.sample_name] for row in names},
            revision=run.revision, now=self.world.now,
        )  # fmt: skip

    def ready(self, *files: DroppedFile) -> QpcrRun:
        """Take a file in, say its targets, match its samples."""
        return self.matched(self.with_targets(self.taken_in(*files)))

    def submitted(self, run: QpcrRun, **more: object) -> list[MrdResult]:
        """Submit as the technician."""
        self.world.as_person(self.world.technician)
        wish = {"although_failed": False, "amend_because": {}, "revision": run.revision, **more}
        done = run_submission.submit(by=self.world.technician, run=run, now=self.world.now, **wish)  # type: ignore[arg-type]
        return list(done.submitted)

    def review(self, run: QpcrRun) -> RunReview:
        """Look at a run as it stands now."""
        return review(QpcrRun.objects.get(pk=run.pk))
