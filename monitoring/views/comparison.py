"""One curve beside another: two patients on one axis, or a patient against the band of a cohort."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitoring.actions import reading
from monitoring.charts.comparison import Compared, Comparison, comparison, months_from
from monitoring.charts.marks import Mark
from monitoring.domain.cohort_band import BandMonth, CohortTooSmall, cohort_band
from monitoring.domain.common_origin import Origin
from monitoring.domain.terms import Tissue
from monitoring.forms.comparison import ComparisonForm
from monitoring.models import Patient
from monitoring.queries.comparison import ComparedCurve, find_other, read_cohort, read_curves
from monitoring.queries.known_inputs import followed_series
from monitoring.views.charts import chart_of
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.worklist import chart_centres
from monitoring.wording import comparison_words as words
from monitoring.wording.account import Account
from monitoring.wording.phrases import followed_words
from monitoring.wording.verdict_sentence import Sentence, verdict_sentence

CHANNEL = "web"


@dataclass(frozen=True, slots=True)
class CurveTold:
    """A curve with its name and its verdict in a sentence."""

    curve: ComparedCurve
    sentence: Sentence
    has_samples: bool


@dataclass(frozen=True, slots=True)
class SampleTold:
    """One row of the table beside the picture: whose sample, when, what."""

    at: int
    pseudonym: str
    on: date
    months: float
    months_words: str
    words: str


@dataclass(frozen=True, slots=True)
class MonthTold:
    """One month of the cohort."""

    month: BandMonth
    lower: str
    median: str
    upper: str


@login_required
@require_safe
def compare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a patient's curve beside that of another, or beside the cohort's band; both readings are logged."""
    patient, now = chart_of(request, pk), timezone.now()
    markers = [(row.marker, followed_words(row.marker, row.mutation_type)) for row in followed_series(patient, None)]
    centres = chart_centres(request)
    find = partial(find_other, centres=centres, without=patient.pk)
    form = ComparisonForm(_asked(request, markers), markers=markers, find=find)
    context = {"patient": patient, "form": form, "markers": markers, "is_synthetic": patient.is_synthetic}
    reading.note(by=request.user, patient=patient, channel=CHANNEL, now=now)
    if markers and form.is_valid():
        other = form.cleaned_data["other"]
        if other is not None:
            reading.note(by=request.user, patient=other, channel=CHANNEL, now=now)
        context |= _shown(patient, other, form, centres, now)
    with timezone.override(patient.centre.zone):
        return render(request, "compare.html", context)


def _asked(request: SignedInRequest, markers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What is asked for; else the first marker, marrow, from the relapse date, beside the cohort."""
    usual = {"tissue": Tissue.BONE_MARROW.value, "origin": Origin.RELAPSE.value, "other": ""}
    first = {"marker": markers[0][0]} if markers else {}
    return first | usual | request.GET.dict()


def _shown(
    patient: Patient, other: Patient | None, form: ComparisonForm, centres: Sequence[int], now: datetime
) -> dict[str, object]:
    marker, tissue, origin = (form.cleaned_data[name] for name in ("marker", "tissue", "origin"))
    asked = [patient, other] if other else [patient]
    curves = read_curves(asked, marker, origin, now=now)
    band, patients, refusal = ((), 0, "") if other else _band(marker, tissue, origin, centres, patient, now)
    placed = [curve for curve in curves if curve.origin_on is not None]
    told = [words.without_origin(curve.pseudonym, origin) for curve in curves if curve.origin_on is None]
    return {
        "curves": [_told(curve, tissue) for curve in curves],
        "origin": words.ORIGIN_NAMES[origin.value],
        "tissue": tissue.value,
        "other": other,
        "other_not_followed": other is not None and all(curve.patient_id != other.pk for curve in curves),
        "missing": told,
        "figure": _figure(placed, tissue, band),
        "samples": _samples(placed, tissue),
        "months": [_month(month) for month in band],
        "band_words": words.band_words(patients, band, origin) if band else "",
        "refusal": refusal,
    }


def _band(
    marker: str, tissue: Tissue, origin: Origin, centres: Sequence[int], patient: Patient, now: datetime
) -> tuple[tuple[BandMonth, ...], int, str]:
    """The months of the cohort and how many patients are in it, or why there is none."""
    levels = read_cohort(marker, tissue, origin, centres=centres, without=[patient.pk], now=now)
    try:
        return cohort_band(levels), len({level.patient for level in levels}), ""
    except CohortTooSmall as small:
        return (), 0, words.too_small(small.most, origin)


def _told(curve: ComparedCurve, tissue: Tissue) -> CurveTold:
    sentence = verdict_sentence(Account(curve.series, curve.verdict, curve.as_of))
    return CurveTold(curve, sentence, any(mark.tissue is tissue for mark in curve.marks))


def _figure(placed: Sequence[ComparedCurve], tissue: Tissue, band: Sequence[BandMonth]) -> Comparison | None:
    """Nothing to draw where no curve has a place on the axis."""
    drawn = [Compared(curve.pseudonym, curve.origin_on, curve.marks) for curve in placed if curve.origin_on]
    return comparison(drawn, tissue, band) if drawn else None


def _samples(placed: Sequence[ComparedCurve], tissue: Tissue) -> list[SampleTold]:
    found = [
        _sample(at, curve.pseudonym, mark, months_from(mark.on, curve.origin_on))
        for at, curve in enumerate(placed)
        for mark in curve.marks
        if curve.origin_on is not None and mark.tissue is tissue
    ]
    return sorted(found, key=lambda one: (one.months, one.at))


def _sample(at: int, pseudonym: str, mark: Mark, months: float) -> SampleTold:
    return SampleTold(at, pseudonym, mark.on, months, words.months_words(months), words.mark_words(mark))


def _month(month: BandMonth) -> MonthTold:
    return MonthTold(month, *(words.quantile_words(each) for each in (month.lower, month.median, month.upper)))
