"""The page on which the names of a run are settled: what each target is, whose each sample is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitoring.domain.assay import assess_mutation_type
from monitoring.domain.run_names import possible_accession_numbers
from monitoring.models import Assay, MrdSeries, QpcrRun, RunReaction, RunSample, RunTarget, Sample
from monitoring.models.choices import WellRoleChoice
from monitoring.queries.assays import settings_of
from monitoring.queries.run_targets import AssayToChoose, TargetOfRun, assays_to_choose, targets_of
from monitoring.queries.run_wells import handed_on_samples


class Caution(StrEnum):
    """What a person has to know of a tube before the match is confirmed; the first two refuse it."""

    NOT_FOLLOWED = "NOT_FOLLOWED"
    ALREADY_MATCHED = "ALREADY_MATCHED"
    TYPE_NOT_COVERED = "TYPE_NOT_COVERED"
    TYPE_UNKNOWN = "TYPE_UNKNOWN"


REFUSING = (Caution.NOT_FOLLOWED, Caution.ALREADY_MATCHED)


@dataclass(frozen=True, slots=True)
class TubeFound:
    """A tube that a name may stand for: enough to be sure whose it is, without a name."""

    sample_id: int
    accession_number: str
    pseudonym: str
    tissue: str
    collected_on: date
    followed: tuple[tuple[str, str], ...]
    is_exact: bool
    cautions: tuple[Caution, ...]

    @property
    def may_be_confirmed(self) -> bool:
        """Whether a person may say that it is this one."""
        return not any(caution in REFUSING for caution in self.cautions)


@dataclass(frozen=True, slots=True)
class NameOfRun:
    """One sample name of a file with its wells, what was said of it, and the tubes that it may stand for."""

    run_sample_id: int
    name: str
    role: str
    wells: int
    targets: tuple[str, ...]
    matched: TubeFound | None
    matched_by: str
    matched_at: datetime | None
    set_aside_because: str
    found: tuple[TubeFound, ...]
    asked: str
    is_fixed: bool

    @property
    def waits(self) -> bool:
        """Whether nobody has said yet whose it is."""
        return self.role == WellRoleChoice.SAMPLE and self.matched is None and not self.set_aside_because

    @property
    def sure(self) -> TubeFound | None:
        """The one tube whose accession number is this very name."""
        exact = [tube for tube in self.found if tube.is_exact and tube.may_be_confirmed]
        return exact[0] if len(exact) == 1 else None


@dataclass(frozen=True, slots=True)
class MatchingPage:
    """Targets and names of a run."""

    targets: tuple[TargetOfRun, ...]
    assays: tuple[AssayToChoose, ...]
    names: tuple[NameOfRun, ...]
    is_fixed: bool

    @property
    def waiting(self) -> tuple[NameOfRun, ...]:
        """The tray."""
        return tuple(name for name in self.names if name.waits)

    @property
    def matched(self) -> tuple[NameOfRun, ...]:
        """The names that are somebody's sample."""
        return tuple(name for name in self.names if name.matched is not None)

    @property
    def set_aside(self) -> tuple[NameOfRun, ...]:
        """The names that are nobody's sample here."""
        return tuple(name for name in self.names if name.set_aside_because)

    @property
    def controls(self) -> tuple[NameOfRun, ...]:
        """The names that are controls, though the file calls them samples."""
        return tuple(name for name in self.names if name.role != WellRoleChoice.SAMPLE)

    @property
    def confirmable(self) -> int:
        """How many names of the tray have a tube that may be confirmed."""
        return sum(any(tube.may_be_confirmed for tube in name.found) for name in self.waiting)

    @property
    def targets_open(self) -> int:
        """How many targets nobody has said anything of."""
        return sum(not target.kind for target in self.targets)


def matching_page(run: QpcrRun, asked: Mapping[int, str]) -> MatchingPage:
    """Return the page; `asked` holds accession numbers that a person typed for names of the tray."""
    known = _known(run, asked)
    return MatchingPage(
        targets=targets_of(run),
        assays=assays_to_choose(run.laboratory_id),
        names=tuple(known.name_of(row) for row in known.rows),
        is_fixed=bool(known.handed_on),
    )


def patients_of(sample_ids: Iterable[int]) -> set[int]:
    """Return whose tubes these are."""
    return set(Sample.objects.filter(pk__in=list(sample_ids)).values_list("patient_id", flat=True))


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that the page is made of, read at once."""

    rows: tuple[RunSample, ...]
    asked: Mapping[int, str]
    wells: Mapping[str, int]
    measured: Mapping[str, set[str]]
    assays: Mapping[str, Assay | None]
    tubes: Mapping[str, Sample]
    followed: Mapping[int, list[tuple[str, str]]]
    handed_on: set[int]

    def name_of(self, row: RunSample) -> NameOfRun:
        """Return one name with the tubes that it may stand for."""
        return NameOfRun(
            run_sample_id=row.pk,
            name=row.sample_name,
            role=row.role,
            wells=self.wells[row.sample_name],
            targets=tuple(sorted(self.measured[row.sample_name])),
            matched=self._tube(row.sample, row) if row.sample else None,
            matched_by=row.matched_by.shown_name if row.matched_by else "",
            matched_at=row.matched_at,
            set_aside_because=row.set_aside_because,
            found=self._found(row),
            asked=self.asked.get(row.pk, ""),
            is_fixed=row.sample_id in self.handed_on,
        )

    def _found(self, row: RunSample) -> tuple[TubeFound, ...]:
        if row.sample_id is not None:
            return ()
        numbers = possible_accession_numbers(self.asked.get(row.pk) or row.sample_name)
        return tuple(self._tube(self.tubes[number], row) for number in numbers if number in self.tubes)

    def _tube(self, tube: Sample, row: RunSample) -> TubeFound:
        followed = self.followed.get(tube.patient_id, [])
        own = row.sample_name.strip()
        return TubeFound(
            sample_id=tube.pk,
            accession_number=tube.accession_number,
            pseudonym=tube.patient.pseudonym,
            tissue=tube.tissue,
            collected_on=tube.collected_on,
            followed=tuple(followed),
            is_exact=tube.accession_number in {own, own.upper()},
            cautions=(*self._used(tube, row), *_cautions(followed, self._measuring(row))),
        )

    def _measuring(self, row: RunSample) -> list[Assay]:
        """The assays by which the wells of a name were measured."""
        named = (self.assays.get(target) for target in self.measured[row.sample_name])
        return [assay for assay in named if assay is not None]

    def _used(self, tube: Sample, row: RunSample) -> tuple[Caution, ...]:
        targets = self.measured[row.sample_name]
        others = [other for other in self.rows if other.sample_id == tube.pk and other.pk != row.pk]
        return (Caution.ALREADY_MATCHED,) if any(self.measured[each.sample_name] & targets for each in others) else ()


def _known(run: QpcrRun, asked: Mapping[int, str]) -> _Known:
    rows = tuple(RunSample.objects.filter(run=run).select_related("sample__patient", "matched_by").order_by("pk"))
    wells, measured = _wells(run)
    tubes = _tubes(run, rows, asked)
    seen = [*tubes.values(), *(row.sample for row in rows if row.sample)]
    return _Known(
        rows=rows,
        asked=asked,
        wells=wells,
        measured=measured,
        assays={row.target_name: row.assay for row in RunTarget.objects.filter(run=run).select_related("assay")},
        tubes=tubes,
        followed=_followed({tube.patient_id for tube in seen}),
        handed_on=handed_on_samples(run),
    )


def _wells(run: QpcrRun) -> tuple[Mapping[str, int], Mapping[str, set[str]]]:
    wells: dict[str, set[str]] = defaultdict(set)
    targets: dict[str, set[str]] = defaultdict(set)
    rows = RunReaction.objects.filter(run=run, role=WellRoleChoice.SAMPLE)
    for sample, well, target in rows.values_list("sample_name", "well", "target_name"):
        wells[sample].add(well)
        targets[sample].add(target)
    return defaultdict(int, {name: len(found) for name, found in wells.items()}), targets


def _tubes(run: QpcrRun, rows: Iterable[RunSample], asked: Mapping[int, str]) -> dict[str, Sample]:
    """The tubes of the laboratory, by accession number, that any name of the tray may stand for."""
    numbers = {
        number
        for row in rows
        if row.sample_id is None and row.role == WellRoleChoice.SAMPLE
        for number in possible_accession_numbers(asked.get(row.pk) or row.sample_name)
    }
    found = Sample.objects.filter(laboratory_id=run.laboratory_id, accession_number__in=numbers)
    return {tube.accession_number: tube for tube in found.select_related("patient")}


def _followed(patient_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = MrdSeries.objects.filter(patient_id__in=list(patient_ids)).order_by("marker")
    for patient, marker, mutation_type in rows.values_list("patient_id", "marker", "mutation_type"):
        found[patient].append((marker, mutation_type))
    return found


def _cautions(followed: Iterable[tuple[str, str]], assays: Iterable[Assay]) -> tuple[Caution, ...]:
    """What speaks against this tube: its patient's markers and mutation types beside the assays of these wells."""
    types, measuring = dict(followed), list(assays)
    if not measuring:
        return ()
    fitting = [assay for assay in measuring if assay.marker in types]
    if not fitting:
        return (Caution.NOT_FOLLOWED,)
    if any(not assess_mutation_type(settings_of(assay), types[assay.marker] or None) for assay in fitting):
        return ()
    known = any(types[assay.marker] for assay in fitting)
    return (Caution.TYPE_NOT_COVERED if known else Caution.TYPE_UNKNOWN,)
