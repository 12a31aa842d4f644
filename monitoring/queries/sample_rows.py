"""The samples of one series as the patient page lists them: newest first, course by course, diagnosis last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from monitoring.charts.events import course_of, sorted_starts
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import CourseStart, SampleClass, Tissue
from monitoring.domain.units import log10_reduction
from monitoring.domain.verdicts import Verdict
from monitoring.models import Baseline, MrdResult
from monitoring.models.choices import AuthorisationBasisChoice, ScaleChoice
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.known_results import standing, waiting
from monitoring.queries.known_rows import on_record
from monitoring.queries.patient_record import Standpoint
from monitoring.queries.sample_corrections import SignedCorrection, signed_by_sample
from monitoring.queries.series_inputs import SeriesInputs

WAITING = (State.DRAFT, State.SUBMITTED)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One authorised result with its class, the sample it was made of, and who signed it.

    `entered_value` is what was typed where that was not % of ABL1; `log10_below_diagnosis` only for a value.
    """

    result_id: str
    collected_on: date
    tissue: str
    call: str
    pct_abl1: Decimal | None
    limit_pct_abl1: Decimal | None
    abl1_copies: Decimal | None
    sample_class: str
    log10_below_diagnosis: Decimal | None
    entered_value: Decimal | None
    entered_scale: str
    accession_number: str
    assay: str
    laboratory: str
    version: int
    authorised_by: str
    authorised_at: datetime | None
    by_sender: bool
    comment: str
    constructed: tuple[str, ...]
    corrections: tuple[SignedCorrection, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """The level at diagnosis in one tissue."""

    tissue: str
    collected_on: date
    pct_abl1: Decimal
    abl1_copies: Decimal | None
    constructed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseRows:
    """The samples of one course, newest first; `begun_by` None for the first."""

    number: int
    begun_by: CourseStart | None
    begun_on: date | None
    rows: tuple[SampleRow, ...]


@dataclass(frozen=True, slots=True)
class SamplesTable:
    """Courses newest first, then diagnosis. `waiting` results are entered and not authorised: they count nowhere."""

    courses: tuple[CourseRows, ...]
    baselines: tuple[BaselineRow, ...]
    waiting: int

    @property
    def count(self) -> int:
        """How many authorised results are listed."""
        return sum(len(course.rows) for course in self.courses)

    @property
    def has_constructed(self) -> bool:
        """Whether a value, or a level at diagnosis, was constructed by a study."""
        rows = (row for course in self.courses for row in course.rows)
        return any(row.constructed for row in rows) or any(row.constructed for row in self.baselines)

    @property
    def has_sent_results(self) -> bool:
        """Whether a result was signed by the laboratory that sent it, not by two people here."""
        return any(row.by_sender for course in self.courses for row in course.rows)


def read_samples(inputs: SeriesInputs, verdict: Verdict, standpoint: Standpoint) -> SamplesTable:
    """Return the samples that took part in a verdict, in four queries."""
    series, known_at = inputs.series, standpoint.known_at
    followed = MrdResult.objects.filter(series_id=inputs.series_id)
    told = followed.select_related("sample", "assay__laboratory", "authorised_by").defer("problems")
    counted = told.filter(state=State.AUTHORISED) if known_at is None else standing(told, known_at)
    entered = followed.filter(state__in=WAITING) if known_at is None else waiting(followed, known_at)
    corrections = signed_by_sample(inputs.patient_id, known_at)
    classes = {sample.id: sample.sample_class for sample in verdict.samples}
    return SamplesTable(
        courses=_by_course(
            (
                _row(row, classes[str(row.pk)], series, corrections.get(row.sample_id, ()))
                for row in counted
                if str(row.pk) in classes
            ),
            sorted_starts(series, standpoint.as_of),
        ),
        baselines=tuple(_baseline(row) for row in _baselines(inputs, standpoint)),
        waiting=entered.count(),
    )


def _by_course(rows: Iterable[SampleRow], starts: list[CourseBegin]) -> tuple[CourseRows, ...]:
    """Every course that has a sample, and the latest one in any case, newest first; of one day marrow first."""
    found: dict[int, list[SampleRow]] = {len(starts) + 1: []}
    for row in rows:
        found.setdefault(course_of(row.collected_on, starts), []).append(row)
    return tuple(
        CourseRows(
            number=number,
            begun_by=starts[number - 2].kind if number > 1 else None,
            begun_on=starts[number - 2].on if number > 1 else None,
            rows=tuple(sorted(found[number], key=_newest_first)),
        )
        for number in sorted(found, reverse=True)
    )


def _newest_first(row: SampleRow) -> tuple[int, bool, int]:
    return (-row.collected_on.toordinal(), row.tissue != Tissue.BONE_MARROW.value, -int(row.result_id))


def _row(
    row: MrdResult, sample_class: SampleClass, series: Series, corrections: tuple[SignedCorrection, ...]
) -> SampleRow:
    typed_otherwise = row.entered_scale not in (ScaleChoice.PCT_ABL1, ScaleChoice.COPIES, ScaleChoice.NONE)
    return SampleRow(
        result_id=str(row.pk),
        collected_on=row.collected_on,
        tissue=row.tissue,
        call=row.call,
        pct_abl1=row.pct_abl1,
        limit_pct_abl1=row.lod_pct_abl1,
        abl1_copies=row.abl1_copies,
        sample_class=sample_class.value,
        log10_below_diagnosis=_below_diagnosis(row, series.baseline_pct_abl1),
        entered_value=row.entered_value if typed_otherwise else None,
        entered_scale=row.entered_scale,
        accession_number=row.sample.accession_number,
        assay=str(row.assay),
        laboratory=row.assay.laboratory.name,
        version=row.version,
        authorised_by=row.authorised_by.shown_name if row.authorised_by else "",
        authorised_at=row.authorised_at,
        by_sender=row.authorisation_basis == AuthorisationBasisChoice.SENDING_LABORATORY,
        comment=row.comment,
        constructed=tuple(dict.fromkeys([*row.constructed, *row.sample.constructed])),
        corrections=corrections,
    )


def _below_diagnosis(row: MrdResult, baseline: Mapping[Tissue, Decimal]) -> Decimal | None:
    at_diagnosis = baseline.get(Tissue(row.tissue))
    if at_diagnosis is None or row.pct_abl1 is None:
        return None
    return log10_reduction(at_diagnosis, row.pct_abl1)


def _baselines(inputs: SeriesInputs, standpoint: Standpoint) -> list[Baseline]:
    rows = on_record(Baseline, [inputs.patient_id], standpoint.known_at)
    own = [row for row in rows if row.series_id == inputs.series_id and row.collected_on <= standpoint.as_of]
    return sorted(own, key=lambda row: row.tissue)


def _baseline(row: Baseline) -> BaselineRow:
    return BaselineRow(
        tissue=row.tissue,
        collected_on=row.collected_on,
        pct_abl1=row.pct_abl1,
        abl1_copies=row.abl1_copies,
        constructed=tuple(row.constructed),
    )
