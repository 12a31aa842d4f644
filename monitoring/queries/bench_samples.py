"""Tubes at a laboratory: those that wait to be measured, those to be measured again, and one with its results."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from monitoring.domain.episodes import CONFIRMATION_WINDOW_DAYS
from monitoring.models import MrdResult, MrdSeries, RepeatRequest, Sample, SeriesSummary, User
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.laboratory import ListedResult, laboratory_centres, listed, with_wells
from monitoring.queries.result_entry import KnownSample, as_known

LISTED = timedelta(days=180)  # older tubes without a result are history: they are found by their accession number
SHOWN = 200


@dataclass(frozen=True, slots=True)
class WaitingSample:
    """A tube that was taken in and has no result; `suspected_on` where it may confirm or refute a relapse."""

    sample_id: int
    accession_number: str
    pseudonym: str
    markers: tuple[str, ...]
    series_id: int | None
    tissue: str
    collected_on: date
    received_on: date | None
    age_days: int
    suspected_on: date | None
    confirm_by: date | None


@dataclass(frozen=True, slots=True)
class WaitingSamples:
    """What waits, confirming samples first, then the oldest; `total` counts those that are not shown too."""

    samples: tuple[WaitingSample, ...]
    total: int

    @property
    def confirming(self) -> int:
        """How many may confirm or refute a relapse."""
        return sum(each.suspected_on is not None for each in self.samples)


@dataclass(frozen=True, slots=True)
class AskedRepeat:
    """A sample that is to be measured again, with the version on record."""

    request_id: int
    pseudonym: str
    accession_number: str
    tissue: str
    collected_on: date
    assay: str
    reason: str
    asked_by: str
    asked_at: datetime
    result_id: int | None
    result_state: str


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One tube, whose it is, and every version of every result that it has."""

    sample: KnownSample
    pseudonym: str
    centre: str
    laboratory: str
    markers: tuple[tuple[int, str], ...]
    not_measured_because: str
    results: tuple[ListedResult, ...]


def waiting_samples(user: User, *, today: date) -> WaitingSamples:
    """Return the tubes of the last half year in the person's laboratories that have no result yet."""
    rows = _unmeasured(laboratory_centres(user), today)
    total = rows.count()
    suspected = SeriesSummary.objects.filter(
        patient_id=OuterRef("patient_id"), suspected_on__isnull=False, suspected_on__lt=OuterRef("collected_on")
    )
    shown = list(
        rows.annotate(confirms=Exists(suspected))
        .select_related("patient")
        .order_by(F("confirms").desc(), "collected_on", "pk")[:SHOWN]
    )
    patients = {row.patient_id for row in shown}
    markers, suspicions = _markers(patients), _suspicions(patients)
    return WaitingSamples(tuple(_waiting(row, markers, suspicions, today) for row in shown), total)


def count_waiting(user: User, *, today: date) -> int:
    """Return how many tubes wait and how many are to be measured again, together."""
    centre_ids = laboratory_centres(user)
    asked = RepeatRequest.objects.filter(closed_at=None, assay__laboratory__centre_id__in=centre_ids)
    return _unmeasured(centre_ids, today).count() + asked.count()


def asked_repeats(user: User) -> tuple[AskedRepeat, ...]:
    """Return the open requests to measure again, the oldest first."""
    rows = list(
        RepeatRequest.objects.filter(closed_at=None, assay__laboratory__centre_id__in=laboratory_centres(user))
        .select_related("patient", "sample", "assay", "asked_by")
        .order_by("asked_at", "pk")[:SHOWN]
    )
    standing = _standing(rows)
    return tuple(_asked(row, standing.get((row.sample_id, row.assay_id))) for row in rows)


def sample_row(sample_id: int) -> Sample | None:
    """Return a tube with its laboratory and patient; None where this person sees none."""
    return Sample.objects.select_related("laboratory", "patient__centre").filter(pk=sample_id).first()


def sample_page(row: Sample) -> SamplePage:
    """Return what the page of a tube shows."""
    results = with_wells(MrdResult.objects.filter(sample=row)).order_by("assay_id", "determination", "version")
    return SamplePage(
        sample=as_known(row),
        pseudonym=row.patient.pseudonym,
        centre=row.patient.centre.name,
        laboratory=row.laboratory.name,
        markers=tuple(_markers({row.patient_id}).get(row.patient_id, ())),
        not_measured_because=row.not_measured_because,
        results=tuple(listed(each) for each in results),
    )


def _unmeasured(centre_ids: Iterable[int], today: date) -> "QuerySet[Sample]":
    measured = MrdResult.objects.filter(sample=OuterRef("pk")).exclude(state=State.WITHDRAWN)
    return Sample.objects.filter(
        ~Exists(measured),
        Q(not_measured_because=""),
        laboratory__centre_id__in=list(centre_ids),
        collected_on__gt=today - LISTED,
    )


def _markers(patient_ids: set[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for patient, series, marker in (
        MrdSeries.objects.filter(patient_id__in=patient_ids)
        .order_by("marker")
        .values_list("patient_id", "pk", "marker")
    ):
        found[patient].append((series, marker))
    return found


def _suspicions(patient_ids: set[int]) -> dict[int, date]:
    rows = SeriesSummary.objects.filter(patient_id__in=patient_ids, suspected_on__isnull=False)
    earliest: dict[int, date] = {}
    for patient, on in rows.values_list("patient_id", "suspected_on"):
        if on is not None:
            earliest[patient] = min(on, earliest.get(patient, on))
    return earliest


def _waiting(
    row: Sample, markers: dict[int, list[tuple[int, str]]], suspicions: dict[int, date], today: date
) -> WaitingSample:
    followed = markers.get(row.patient_id, [])
    suspected = suspicions.get(row.patient_id)
    confirms = suspected if suspected is not None and suspected < row.collected_on else None
    return WaitingSample(
        sample_id=row.pk,
        accession_number=row.accession_number,
        pseudonym=row.patient.pseudonym,
        markers=tuple(marker for _series, marker in followed),
        series_id=followed[0][0] if len(followed) == 1 else None,
        tissue=row.tissue,
        collected_on=row.collected_on,
        received_on=row.received_on,
        age_days=(today - (row.received_on or row.collected_on)).days,
        suspected_on=confirms,
        confirm_by=None if confirms is None else confirms + timedelta(days=CONFIRMATION_WINDOW_DAYS),
    )


def _standing(rows: Iterable[RepeatRequest]) -> dict[tuple[int, int], tuple[int, str]]:
    versions = (
        MrdResult.objects.filter(sample_id__in=[row.sample_id for row in rows])
        .exclude(state=State.WITHDRAWN)
        .order_by("version")
        .values_list("sample_id", "assay_id", "pk", "state")
    )
    return {(sample, assay): (pk, state) for sample, assay, pk, state in versions}


def _asked(row: RepeatRequest, standing: tuple[int, str] | None) -> AskedRepeat:
    result_id, state = standing or (None, "")
    return AskedRepeat(
        request_id=row.pk,
        pseudonym=row.patient.pseudonym,
        accession_number=row.sample.accession_number,
        tissue=row.sample.tissue,
        collected_on=row.sample.collected_on,
        assay=str(row.assay),
        reason=row.reason,
        asked_by=row.asked_by.shown_name,
        asked_at=row.asked_at,
        result_id=result_id,
        result_state=state,
    )
