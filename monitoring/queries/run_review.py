"""A run as it is reviewed: its report, and what becomes of each sample that was measured by each assay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from monitoring.domain.problems import Problem, ProblemCode, any_fails
from monitoring.domain.rulesets import DEFAULT_RULESET
from monitoring.domain.run_pairs import RunPair
from monitoring.domain.run_report import RunReport, quantify_run
from monitoring.domain.run_samples import MeasuredTarget
from monitoring.domain.terms import Call, RuleSetId, SampleClass
from monitoring.models import Assay, MrdSeries, QpcrRun, RunSample, Sample
from monitoring.queries.run_fates import SUBMITS, Fate, StandingResult, fate_of, standing_versions
from monitoring.queries.run_plate import RunOnRecord, read_run


@dataclass(frozen=True, slots=True)
class Tube:
    """Whose a sample name of the file is."""

    sample_id: int
    accession_number: str
    patient_id: int
    pseudonym: str
    ruleset: str
    tissue: str
    collected_on: date
    mutation_type: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One sample and assay of a run: the numbers, whose they are, what becomes of them.

    `names` are all names of the file that stand for this tube; the first is the one it is computed under.
    """

    pair: RunPair
    target: MeasuredTarget
    abl1: MeasuredTarget | None
    names: tuple[str, ...]
    tube: Tube | None
    assay_id: int
    marker: str
    fate: Fate
    standing: StandingResult | None
    set_aside_because: str
    spread: Decimal | None
    abl1_spread: Decimal | None

    @property
    def key(self) -> str:
        """What names this row in a form."""
        return f"{self.tube.sample_id if self.tube else 0}-{self.assay_id}"

    @property
    def submits(self) -> bool:
        """Whether submission writes a result of it."""
        return self.fate in SUBMITS

    @property
    def differs(self) -> bool:
        """Whether what was handed on is no longer what the run would say: a fact beside the file has changed since."""
        if self.standing is None or self.fate not in (Fate.SUBMITTED, Fate.SIGNED):
            return False
        now = self.pair.quantification
        return (self.standing.call, self.standing.pct_abl1) != (now.call.value, now.pct_abl1)

    @property
    def fate_said(self) -> str:
        """What becomes of it; a result that says nothing is announced as such."""
        is_void = self.fate is Fate.NEW and self.sample_class is SampleClass.NOT_EVALUABLE
        return "VOID" if is_void else self.fate.value

    @property
    def ruleset(self) -> RuleSetId:
        """The edition of ELN that the class is told by: that of the patient's centre, where it is one."""
        chosen = RuleSetId(self.tube.ruleset) if self.tube else DEFAULT_RULESET
        return chosen if chosen in self.pair.classes else DEFAULT_RULESET

    @property
    def sample_class(self) -> SampleClass | None:
        """The class by that edition; None where it depends on what is not known yet."""
        return self.pair.classes[self.ruleset]

    @property
    def call_said(self) -> str:
        """The call for counting: a sample that says nothing is not evaluable, whatever its wells showed."""
        is_void = self.sample_class is SampleClass.NOT_EVALUABLE
        return Call.NOT_EVALUABLE.value if is_void else self.pair.quantification.call.value


@dataclass(frozen=True, slots=True)
class RunReview:
    """Everything that the page of a run shows and that its submission writes."""

    on_record: RunOnRecord
    report: RunReport
    rows: tuple[Measured, ...]

    @property
    def run_failures(self) -> tuple[Problem, ...]:
        """What makes all that was measured of an assay not evaluable: curves, controls, the control gene."""
        of_run = (problem for row in self.rows for problem in row.pair.of_the_run)
        return tuple(problem for problem in dict.fromkeys(of_run) if any_fails((problem,)))

    @property
    def to_submit(self) -> tuple[Measured, ...]:
        """The rows of which submission writes a result."""
        return tuple(row for row in self.rows if row.submits)

    @property
    def in_tray(self) -> int:
        """How many names wait to be matched."""
        return len({row.names for row in self.rows if row.fate is Fate.TRAY})

    @property
    def submits_failed(self) -> bool:
        """Whether a result would be submitted that a failed curve or control makes not evaluable."""
        return any(any_fails(tuple(row.pair.of_the_run)) for row in self.to_submit)


def review(run: QpcrRun) -> RunReview:
    """Return the review of a run as it stands now."""
    on_record = read_run(run)
    report = _without_unknown_patients(quantify_run(on_record.plate, on_record.plan), on_record)
    return RunReview(on_record, report, tuple(_rows(on_record, report)))


def _without_unknown_patients(report: RunReport, on_record: RunOnRecord) -> RunReport:
    """Say nothing of the mutation type where nobody has said yet whose sample it is."""
    pairs = tuple(
        pair if pair.sample in on_record.common_names.values() else replace(pair, problems=_not_of_patient(pair))
        for pair in report.pairs
    )
    return replace(report, pairs=pairs)


def _not_of_patient(pair: RunPair) -> tuple[Problem, ...]:
    return tuple(problem for problem in pair.problems if problem.code is not ProblemCode.MUTATION_TYPE_UNKNOWN)


def rows_behind(row: Measured, on_record: RunOnRecord) -> tuple[MrdSeries, Sample, Assay]:
    """Return the rows that an action needs to write the result of a matched row."""
    if row.tube is None:
        raise LookupError(row.key)
    assay = on_record.assays[row.pair.target]
    found = next(each for each in on_record.samples if each.sample_id == row.tube.sample_id)
    if found.sample is None:
        raise LookupError(row.key)
    return on_record.series[row.tube.patient_id, assay.marker], found.sample, assay


def _rows(on_record: RunOnRecord, report: RunReport) -> Iterable[Measured]:
    measured = {(each.sample, each.target): each for each in report.samples}
    computed_as = on_record.common_names
    by_name = {computed_as.get(each.sample_name, each.sample_name): each for each in reversed(on_record.samples)}
    standing = standing_versions(on_record.samples, on_record.assays.values())
    for pair in report.pairs:
        assay = on_record.assays.get(pair.target)
        if assay is None:
            continue
        said = by_name.get(pair.sample)
        version = standing.get((said.sample_id, assay.pk)) if said and said.sample_id else None
        yield Measured(
            pair=pair,
            target=measured[pair.sample, pair.target],
            abl1=measured.get((pair.sample, pair.control)) if pair.control else None,
            names=_names(pair.sample, on_record),
            tube=_tube(said, on_record.series, assay),
            assay_id=assay.pk,
            marker=assay.marker,
            fate=fate_of(said, assay, version, on_record, report),
            standing=version,
            set_aside_because=said.set_aside_because if said else "",
            spread=_spread(measured[pair.sample, pair.target], on_record),
            abl1_spread=_spread(measured.get((pair.sample, pair.control or "")), on_record),
        )


def _spread(measured: MeasuredTarget | None, on_record: RunOnRecord) -> Decimal | None:
    """Largest less smallest Cq of the positive wells that count, in cycles; None for fewer than two."""
    if measured is None:
        return None
    cutoff = on_record.plan.of_target(measured.target).assay.cq_cutoff
    cqs = [well.cq for well in measured.replicates() if well.cq is not None and well.is_valid and well.cq < cutoff]
    return max(cqs) - min(cqs) if len(cqs) > 1 else None


def _names(sample: str, on_record: RunOnRecord) -> tuple[str, ...]:
    names = tuple(name for name, common in on_record.common_names.items() if common == sample)
    return names or (sample,)


def _tube(said: RunSample | None, series: Mapping[tuple[int, str], MrdSeries], assay: Assay) -> Tube | None:
    if said is None or said.sample is None or said.patient is None:
        return None
    followed = series.get((said.patient.pk, assay.marker))
    return Tube(
        sample_id=said.sample.pk,
        accession_number=said.sample.accession_number,
        patient_id=said.patient.pk,
        pseudonym=said.patient.pseudonym,
        ruleset=said.patient.centre.alerting_ruleset,
        tissue=said.sample.tissue,
        collected_on=said.sample.collected_on,
        mutation_type=followed.mutation_type if followed else "",
    )
