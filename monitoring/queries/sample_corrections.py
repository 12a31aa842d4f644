"""Corrections of samples that two people sign: when they need two, those that wait, and what signing would change."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from monitoring import permissions, scope
from monitoring.domain.terms import Timepoint, Tissue
from monitoring.models import MrdResult, Sample, SampleCorrection, User
from monitoring.models.choices import AuthorisationBasisChoice
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.laboratory import ListedResult, laboratory_centres, listed, with_wells
from monitoring.queries.verdict_effects import VerdictEffect, of_sample_facts

# What a sample is for the rules; everything else about it decides nothing.
DECIDING = ("tissue", "collected_on", "timepoint")
BEFORE_EYES = (State.SUBMITTED, State.AUTHORISED)
SHOWN = 50
FINGERPRINT_LENGTH = 16  # hexadecimal digits; told apart are the few effects of one correction


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sample is for the rules."""

    tissue: str
    collected_on: date
    timepoint: str


@dataclass(frozen=True, slots=True)
class SignedCorrection:
    """What a signature changed, as the patient page tells it: nothing that may be corrected again later."""

    was: Facts
    becomes: Facts
    signed_by: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """A correction as lists and its page show it."""

    correction_id: int
    sample_id: int
    patient_id: int
    pseudonym: str
    accession_number: str
    state: str
    was: Facts
    becomes: Facts
    reason: str
    proposed_by: str
    proposed_at: datetime
    signed_by: str
    signed_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    comment: str
    by_this_person: bool
    may_sign: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == SampleCorrection.State.PROPOSED


def has_signed_results(sample_id: int) -> bool:
    """Whether a result of the sample is authorised, or waits for it."""
    return MrdResult.objects.filter(sample_id=sample_id, state__in=BEFORE_EYES).exists()


def is_signed_by_its_sender(sample_id: int) -> bool:
    """Whether every such result was signed in the house of the laboratory that sends it."""
    signed = MrdResult.objects.filter(sample_id=sample_id, state__in=BEFORE_EYES)
    return not signed.exclude(authorisation_basis=AuthorisationBasisChoice.SENDING_LABORATORY).exists()


def facts_of(sample: Sample) -> Facts:
    """Return what the sample is now."""
    return Facts(sample.tissue, sample.collected_on, sample.timepoint)


def waiting_corrections(user: User) -> tuple[CorrectionShown, ...]:
    """Return the proposals that wait in the person's laboratories, the oldest first."""
    rows = _rows().filter(
        state=SampleCorrection.State.PROPOSED, sample__laboratory__centre_id__in=laboratory_centres(user)
    )
    return tuple(shown(row, user) for row in rows.order_by("proposed_at", "pk")[:SHOWN])


def corrections_of(sample_id: int, user: User) -> tuple[CorrectionShown, ...]:
    """Return every correction that was proposed for a sample, the latest first."""
    return tuple(shown(row, user) for row in _rows().filter(sample_id=sample_id).order_by("-proposed_at", "-pk"))


def row_of(correction_id: int, user: User) -> SampleCorrection | None:
    """Return a correction of the person's laboratories."""
    return _rows().filter(pk=correction_id, sample__laboratory__centre_id__in=laboratory_centres(user)).first()


def signed_by_sample(patient_id: int, known_at: datetime | None) -> dict[int, tuple[SignedCorrection, ...]]:
    """Return the corrections of a patient's samples that were signed, by a moment if one is given, earliest first."""
    rows = _rows().filter(patient_id=patient_id, state=SampleCorrection.State.SIGNED)
    if known_at is not None:
        rows = rows.filter(signed_at__lte=known_at)
    found: dict[int, tuple[SignedCorrection, ...]] = {}
    for row in rows.order_by("signed_at", "pk"):
        one = shown(row, None)
        signed = SignedCorrection(one.was, one.becomes, one.signed_by, one.signed_at)
        found[row.sample_id] = (*found.get(row.sample_id, ()), signed)
    return found


def shown(row: SampleCorrection, user: User | None) -> CorrectionShown:
    """Return a row of `_rows` as it is shown to a person."""
    mine = user is not None and row.proposed_by_id == user.pk
    return CorrectionShown(
        correction_id=row.pk,
        sample_id=row.sample_id,
        patient_id=row.patient_id,
        pseudonym=row.patient.pseudonym,
        accession_number=row.sample.accession_number,
        state=row.state,
        was=Facts(row.was_tissue, row.was_collected_on, row.was_timepoint),
        becomes=Facts(row.tissue, row.collected_on, row.timepoint),
        reason=row.reason,
        proposed_by=row.proposed_by.shown_name,
        proposed_at=row.proposed_at,
        signed_by=row.signed_by.shown_name if row.signed_by else "",
        signed_at=row.signed_at,
        closed_by=row.closed_by.shown_name if row.closed_by else "",
        closed_at=row.closed_at,
        comment=row.comment,
        by_this_person=mine,
        may_sign=user is not None
        and permissions.can_sign_correction(user, row.sample.laboratory.centre_id, row.proposed_by_id),
    )


def results_of(row: SampleCorrection) -> tuple[ListedResult, ...]:
    """Return the results of the sample that are authorised, or wait for it: what follows the correction."""
    rows = with_wells(MrdResult.objects.filter(sample_id=row.sample_id, state__in=BEFORE_EYES))
    return tuple(listed(each) for each in rows.order_by("assay_id", "determination", "version"))


def effects_of(row: SampleCorrection, *, now: datetime) -> tuple[VerdictEffect, ...]:
    """Return what signing would change today in the verdicts of every marker measured in this sample."""
    signed = MrdResult.objects.filter(sample_id=row.sample_id, state=State.AUTHORISED)
    with scope.including_patient(row.patient_id):
        results = dict(signed.values_list("pk", "series_id"))
        return of_sample_facts(
            results, tissue=Tissue(row.tissue), collected_on=row.collected_on,
            timepoint=Timepoint(row.timepoint) if row.timepoint else None, now=now,
        )  # fmt: skip


def fingerprint_of(effects: Iterable[VerdictEffect]) -> str:
    """Return what tells these effects from others: a page that showed others is out of date."""
    lines = [
        repr((
            each.marker, each.ruleset.value, each.now.state, each.then.state, each.reclassed,
            [(one.kind.value, one.flag, one.episode and one.episode.relapse_on) for one in each.change.changes],
        ))
        for each in effects
    ]  # fmt: skip
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:FINGERPRINT_LENGTH]


def _rows() -> "QuerySet[SampleCorrection]":
    return SampleCorrection.objects.select_related(
        "sample__laboratory", "patient__centre", "proposed_by", "signed_by", "closed_by"
    )
