"""What submission does with each sample and assay of a run, by what is on record of them already."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.assay import assess_mutation_type
from monitoring.domain.run_report import RunReport
from monitoring.models import Assay, MrdResult, MrdSeries, QpcrRun, RunSample
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.assays import settings_of
from monitoring.queries.run_plate import RunOnRecord


class Fate(StrEnum):
    """What submission does with one sample and assay, or why nothing."""

    NEW = "NEW"  # a first result is written
    CORRECTED = "CORRECTED"  # the draft of this run, returned or begun anew
    AMENDABLE = "AMENDABLE"  # an authorised result stands; a next version only with a reason
    SUBMITTED = "SUBMITTED"  # the result of this run waits for its second person
    SIGNED = "SIGNED"  # the result of this run is authorised
    OPEN_ELSEWHERE = "OPEN_ELSEWHERE"  # a version that this run did not write is open
    TRAY = "TRAY"  # nobody has said whose sample it is
    SET_ASIDE = "SET_ASIDE"
    NOT_FOLLOWED = "NOT_FOLLOWED"  # the marker is not followed in this patient
    OTHER_TYPE = "OTHER_TYPE"  # another assay of the run finds the mutation type of this patient


SUBMITS = (Fate.NEW, Fate.CORRECTED)


@dataclass(frozen=True, slots=True)
class StandingResult:
    """The latest version on record of one sample and assay."""

    result_id: int
    version: int
    state: str
    run_id: int | None
    call: str
    pct_abl1: Decimal | None


def fate_of(
    said: RunSample | None,
    assay: Assay,
    standing: StandingResult | None,
    on_record: RunOnRecord,
    report: RunReport,
) -> Fate:
    """Return what becomes of one sample and assay; `said` is what a person said of its name, None for nothing."""
    if said is None or said.sample_id is None:
        return Fate.SET_ASIDE if said is not None and said.set_aside_because else Fate.TRAY
    followed = on_record.series.get((said.patient_id or 0, assay.marker))
    if followed is None:
        return Fate.NOT_FOLLOWED
    if standing is not None:
        return _fate_beside(standing, on_record.run)
    if not _finds(assay, followed) and _another_finds(said, followed, on_record, report):
        return Fate.OTHER_TYPE
    return Fate.NEW


def _fate_beside(standing: StandingResult, run: QpcrRun) -> Fate:
    own = standing.run_id == run.pk
    if standing.state == State.AUTHORISED:
        return Fate.SIGNED if own else Fate.AMENDABLE
    ours = {State.SUBMITTED.value: Fate.SUBMITTED, State.DRAFT.value: Fate.CORRECTED}
    return ours.get(standing.state, Fate.OPEN_ELSEWHERE) if own else Fate.OPEN_ELSEWHERE


def _another_finds(said: RunSample, followed: MrdSeries, on_record: RunOnRecord, report: RunReport) -> bool:
    name = on_record.common_names[said.sample_name]
    measured = {pair.target for pair in report.of_sample(name)}
    others = [assay for target, assay in on_record.assays.items() if target in measured]
    return any(other.marker == followed.marker and _finds(other, followed) for other in others)


def _finds(assay: Assay, followed: MrdSeries) -> bool:
    return not assess_mutation_type(settings_of(assay), followed.mutation_type or None)


def standing_versions(samples: Iterable[RunSample], assays: Iterable[Assay]) -> dict[tuple[int, int], StandingResult]:
    """The latest version of each sample and assay that was not withdrawn."""
    rows = (
        MrdResult.objects.filter(
            sample_id__in=[each.sample_id for each in samples if each.sample_id],
            assay_id__in=[assay.pk for assay in assays],
        )
        .exclude(state=State.WITHDRAWN)
        .order_by("version")
        .only("sample_id", "assay_id", "version", "state", "run_id", "call", "pct_abl1")
    )
    return {
        (row.sample_id, row.assay_id): StandingResult(
            row.pk, row.version, row.state, row.run_id, row.call, row.pct_abl1
        )
        for row in rows
    }
