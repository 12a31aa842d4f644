"""External quality rounds: each with its samples, and how the laboratory did by year and marker."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain.external_quality import (
    JUDGED,
    Agreement,
    Expected,
    Reported,
    compare,
    log10_difference,
)
from monitoring.domain.terms import Call
from monitoring.models import Assay, ExternalRound, ExternalSample, User
from monitoring.queries.assays_on_record import assay_centres

_CALLS: dict[str, Call | None] = {"": None, **{call.value: call for call in Call}}


@dataclass(frozen=True, slots=True)
class SampleShown:
    """One sample of a round, compared."""

    sample_id: int
    code: str
    marker: str
    assay: str
    expected: Expected
    reported: Reported
    agreement: Agreement
    log10_difference: Decimal | None
    score: Decimal | None
    score_max: Decimal | None
    comment: str


@dataclass(frozen=True, slots=True)
class RoundShown:
    """One round with its samples."""

    round_id: int
    laboratory: str
    provider: str
    name: str
    received_on: date
    due_on: date | None
    reported_on: date | None
    comment: str
    recorded_by: str
    samples: tuple[SampleShown, ...]

    @property
    def agreeing(self) -> int:
        """How many samples agree with what was expected."""
        return sum(each.agreement is Agreement.AGREES for each in self.samples)

    @property
    def judged(self) -> int:
        """How many samples could be judged."""
        return sum(each.agreement in JUDGED for each in self.samples)

    def is_late(self, today: date) -> bool:
        """Whether the report is due and was not sent."""
        return self.reported_on is None and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class YearOfMarker:
    """How a laboratory did with one marker in one year; `mean_log10` and `widest_log10` of the differences."""

    year: int
    laboratory: str
    marker: str
    samples: int
    judged: int
    agreeing: int
    score: Decimal | None
    score_max: Decimal | None
    mean_log10: Decimal | None
    widest_log10: Decimal | None


def rounds(user: User) -> tuple[RoundShown, ...]:
    """Return the rounds of the person's laboratories, the newest first."""
    rows = ExternalRound.objects.filter(laboratory__centre_id__in=assay_centres(user))
    found = rows.select_related("laboratory", "recorded_by").prefetch_related("samples__assay")
    return tuple(_round(row) for row in found.order_by("-received_on", "-pk"))


def by_year_and_marker(shown: Iterable[RoundShown]) -> tuple[YearOfMarker, ...]:
    """Return the overview of these rounds, by the year in which they were received, the newest first."""
    grouped: dict[tuple[int, str, str], list[SampleShown]] = defaultdict(list)
    for each in shown:
        for sample in each.samples:
            grouped[each.received_on.year, each.laboratory, sample.marker].append(sample)
    found = [_year(*key, samples) for key, samples in grouped.items()]
    return tuple(sorted(found, key=lambda each: (-each.year, each.laboratory, each.marker)))


def round_row(user: User, pk: int) -> ExternalRound | None:
    """Return a round of the person's laboratories; None for any other."""
    rows = ExternalRound.objects.select_related("laboratory", "recorded_by")
    return rows.filter(pk=pk, laboratory__centre_id__in=assay_centres(user)).first()


def sample_row(row: ExternalRound, pk: int) -> ExternalSample | None:
    """Return a sample of a round; None for any other."""
    return ExternalSample.objects.filter(external_round=row, pk=pk).first()


def round_shown(row: ExternalRound) -> RoundShown:
    """Return one round with its samples."""
    return _round(row)


def assays_of_round(row: ExternalRound) -> list[Assay]:
    """Return the assays by which its samples may have been measured."""
    return list(Assay.objects.filter(laboratory_id=row.laboratory_id).order_by("name", "-pk"))


def _round(row: ExternalRound) -> RoundShown:
    return RoundShown(
        round_id=row.pk,
        laboratory=row.laboratory.name,
        provider=row.provider,
        name=row.name,
        received_on=row.received_on,
        due_on=row.due_on,
        reported_on=row.reported_on,
        comment=row.comment,
        recorded_by=row.recorded_by.shown_name,
        samples=tuple(_sample(each) for each in sorted(row.samples.all(), key=lambda each: (each.code, each.marker))),
    )


def _sample(row: ExternalSample) -> SampleShown:
    expected = Expected(
        _CALLS[row.expected_call], row.expected_pct_abl1, row.expected_low_pct_abl1, row.expected_high_pct_abl1
    )
    reported = Reported(_CALLS[row.reported_call], row.reported_pct_abl1)
    return SampleShown(
        sample_id=row.pk,
        code=row.code,
        marker=row.marker,
        assay=str(row.assay) if row.assay else "",
        expected=expected,
        reported=reported,
        agreement=compare(expected, reported),
        log10_difference=log10_difference(expected, reported),
        score=row.score,
        score_max=row.score_max,
        comment=row.comment,
    )


def _year(year: int, laboratory: str, marker: str, samples: list[SampleShown]) -> YearOfMarker:
    logs = [each.log10_difference for each in samples if each.log10_difference is not None]
    scored = [(each.score, each.score_max) for each in samples if each.score is not None and each.score_max is not None]
    return YearOfMarker(
        year=year,
        laboratory=laboratory,
        marker=marker,
        samples=len(samples),
        judged=sum(each.agreement in JUDGED for each in samples),
        agreeing=sum(each.agreement is Agreement.AGREES for each in samples),
        score=sum((score for score, _most in scored), Decimal(0)) if scored else None,
        score_max=sum((most for _score, most in scored), Decimal(0)) if scored else None,
        mean_log10=sum(logs, Decimal(0)) / len(logs) if logs else None,
        widest_log10=max(logs, key=abs) if logs else None,
    )
