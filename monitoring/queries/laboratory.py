"""The lists of a laboratory: what waits for a signature, what is still a draft, what was signed lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from monitoring import permissions
from monitoring.models import AuditEntry, Laboratory, MrdResult, ResultContributor, ResultWell, RunLot, User
from monitoring.models.choices import AuthorisationBasisChoice, LotStateChoice
from monitoring.models.choices import ResultStateChoice as State
from monitoring.models.choices import RoleChoice as Role
from monitoring.queries.signing_effects import SigningEffect, effects_of_signing

WAITING_ON_A_PAGE = 50  # results; each is classified twice by every rule set, and the page answers within 300 ms
DRAFTS_SHOWN = 50
RECENT_SHOWN = 20
RECENT_DAYS = timedelta(days=14)
SIGNED_ONCE = (State.AUTHORISED, State.SUPERSEDED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ListedResult:
    """A result as every list of the laboratory shows it."""

    result_id: int
    version: int
    state: str
    pseudonym: str
    centre: str
    marker: str
    tissue: str
    collected_on: date
    accession_number: str
    call: str
    pct_abl1: Decimal | None
    target_copies: Decimal | None
    abl1_copies: Decimal | None
    lod_pct_abl1: Decimal | None
    loq_pct_abl1: Decimal | None
    positive_wells: int | None
    valid_wells: int | None
    entered_by: str
    submitted_by: str
    submitted_at: datetime | None
    authorised_by: str
    authorised_at: datetime | None
    by_sender: bool
    reason: str
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class WaitingResult:
    """A result that waits for a second person, with what signing would change."""

    listed: ListedResult
    effect: SigningEffect
    by_this_person: bool
    may_sign: bool
    failed_lot: str = ""

    @property
    def can_be_selected(self) -> bool:
        """Whether it may be signed together with others: it changes no verdict, and no lot of its run failed."""
        return self.may_sign and not self.effect.changes_verdict and not self.failed_lot


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Results to authorise, the weightiest change first; `after` asks for the following page."""

    results: tuple[WaitingResult, ...]
    total: int
    after: str

    @property
    def selectable(self) -> bool:
        """Whether any of this page can be signed together with others by this person."""
        return any(each.can_be_selected for each in self.results)

    @property
    def changing(self) -> int:
        """How many of this page would change a verdict."""
        return sum(each.effect.changes_verdict for each in self.results)


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that nobody has submitted yet; `returned_by` with the reason where it came back."""

    listed: ListedResult
    entered_at: datetime
    returned_by: str
    returned_because: str


def laboratory_centres(user: User, roles: Iterable[Role] = permissions.LABORATORY_ROLES) -> list[int]:
    """Return the centres in whose laboratories the person works today."""
    wanted = set(roles)
    return sorted({each.centre_id for each in permissions.memberships_of(user) if each.role in wanted})


def laboratories_of(user: User) -> list[Laboratory]:
    """Return the laboratories in which the person works today."""
    return list(Laboratory.objects.filter(centre_id__in=laboratory_centres(user)).order_by("name"))


def waiting(
    user: User, *, now: datetime, after: str = "", besides: int | None = None, run: int | None = None
) -> WaitingPage:
    """Return what waits for a signature in the person's laboratories, or of one run, the longest waiting first."""
    everything = _of_laboratories(laboratory_centres(user)).filter(state=State.SUBMITTED)
    if run is not None:
        everything = everything.filter(run_id=run)
    rows = list(_following(everything, after).order_by("submitted_at", "pk")[: WAITING_ON_A_PAGE + 1])
    more, rows = len(rows) > WAITING_ON_A_PAGE, rows[:WAITING_ON_A_PAGE]
    signing_for = set(laboratory_centres(user, [Role.LABORATORY_AUTHORISER]))
    contributed = _contributed(user, rows)
    effects = effects_of_signing(rows, now=now)
    failed = failed_lots([row.run_id for row in rows])
    found = [
        WaitingResult(
            listed=listed(row),
            effect=effects[row.pk],
            by_this_person=row.pk in contributed,
            may_sign=row.pk not in contributed and row.assay.laboratory.centre_id in signing_for,
            failed_lot=failed.get(row.run_id or 0, ""),
        )
        for row in rows
        if row.pk != besides
    ]
    found.sort(key=lambda each: each.effect.place)
    return WaitingPage(tuple(found), everything.count(), _place_of(rows[-1]) if more else "")


def failed_lots(run_ids: Iterable[int | None]) -> dict[int, str]:
    """Return, by run, a lot that it was made with and that failed."""
    used = RunLot.objects.filter(run_id__in={each for each in run_ids if each}, lot__state=LotStateChoice.FAILED)
    return {each.run_id: str(each.lot) for each in used.select_related("lot")}


def drafts(user: User) -> tuple[Draft, ...]:
    """Return what was begun and not submitted, or came back, in the person's laboratories."""
    rows = list(
        _of_laboratories(laboratory_centres(user)).filter(state=State.DRAFT).order_by("-entered_at")[:DRAFTS_SHOWN]
    )
    returns = _last_returns(rows)
    people = User.objects.in_bulk({entry.actor_id for entry in returns.values()})
    return tuple(_draft(row, returns.get(row.pk), people) for row in rows)


def recently_signed(user: User, *, now: datetime) -> tuple[ListedResult, ...]:
    """Return the last results that were authorised in the person's laboratories, also if withdrawn since."""
    latest_first = ("-authorised_at", "-pk")
    lately = MrdResult.objects.filter(
        assay__laboratory__centre_id__in=laboratory_centres(user),
        state__in=SIGNED_ONCE,
        authorised_at__gte=now - RECENT_DAYS,
    ).order_by(*latest_first)
    # first which ones, then all about them: wells are counted for twenty, not for every result of a fortnight
    shown = list(lately.values_list("pk", flat=True)[:RECENT_SHOWN])
    return tuple(listed(row) for row in with_wells(MrdResult.objects.filter(pk__in=shown)).order_by(*latest_first))


def results_of_sample(user: User, accession_number: str) -> tuple[ListedResult, ...]:
    """Return every version of every result of a sample, found by its exact accession number."""
    rows = (
        _of_laboratories(laboratory_centres(user))
        .filter(sample__accession_number__in={accession_number, accession_number.upper()})
        .order_by("collected_on", "assay_id", "determination", "version")
    )
    return tuple(listed(row) for row in rows)


def listed(row: MrdResult) -> ListedResult:
    """Return a row of `_of_laboratories` as lists show it."""
    return ListedResult(
        result_id=row.pk,
        version=row.version,
        state=row.state,
        pseudonym=row.patient.pseudonym,
        centre=row.patient.centre.name,
        marker=row.series.marker,
        tissue=row.tissue,
        collected_on=row.collected_on,
        accession_number=row.sample.accession_number,
        call=row.call,
        pct_abl1=row.pct_abl1,
        target_copies=row.target_copies,
        abl1_copies=row.abl1_copies,
        lod_pct_abl1=row.lod_pct_abl1,
        loq_pct_abl1=row.loq_pct_abl1,
        positive_wells=row.positive_wells if row.valid_wells else None,  # type: ignore[attr-defined]
        valid_wells=row.valid_wells or None,  # type: ignore[attr-defined]
        entered_by=row.entered_by.shown_name,
        submitted_by=row.submitted_by.shown_name if row.submitted_by else "",
        submitted_at=row.submitted_at,
        authorised_by=row.authorised_by.shown_name if row.authorised_by else "",
        authorised_at=row.authorised_at,
        by_sender=row.authorisation_basis == AuthorisationBasisChoice.SENDING_LABORATORY,
        reason=row.reason,
        run_id=row.run_id,
    )


def with_wells(rows: "QuerySet[MrdResult]") -> "QuerySet[MrdResult]":
    """Add everything that `listed` reads, in the same query."""
    # A well of a curve that failed has a Cq and no copies.
    positive = Q(wells__copies__gt=0) | Q(wells__copies__isnull=True, wells__cq__lt=F("assay__cq_cutoff"))
    of_target = Q(wells__target=ResultWell.Target.MARKER, wells__excluded_because="")
    return rows.select_related(
        "patient__centre", "series", "sample", "assay__laboratory", "entered_by", "submitted_by", "authorised_by"
    ).annotate(
        valid_wells=Count("wells", filter=of_target),
        positive_wells=Count("wells", filter=of_target & positive),
    )


def _of_laboratories(centre_ids: list[int]) -> "QuerySet[MrdResult]":
    return with_wells(MrdResult.objects.filter(assay__laboratory__centre_id__in=centre_ids))


def _following(rows: "QuerySet[MrdResult]", after: str) -> "QuerySet[MrdResult]":
    """The rows behind a place in the order of submission; an unreadable place is the beginning."""
    moment, _, number = after.rpartition("_")
    try:
        at, pk = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return rows
    return rows.filter(Q(submitted_at__gt=at) | Q(submitted_at=at, pk__gt=pk))


def _place_of(row: MrdResult) -> str:
    return f"{row.submitted_at.isoformat()}_{row.pk}" if row.submitted_at else ""


def _contributed(user: User, rows: Iterable[MrdResult]) -> set[int]:
    contributions = ResultContributor.objects.filter(result_id__in=[row.pk for row in rows], user=user)
    return set(contributions.values_list("result_id", flat=True))


def _last_returns(rows: Iterable[MrdResult]) -> dict[int, AuditEntry]:
    """The last time that each draft was returned, from the audit: the row itself keeps only the last reason."""
    found = list(rows)
    entries = AuditEntry.objects.filter(
        patient_id__in={row.patient_id for row in found},
        subject_type="mrdresult",
        subject_id__in=[row.pk for row in found],
        action="result.reject",
    ).order_by("pk")
    return {entry.subject_id: entry for entry in entries if entry.subject_id is not None}


def _draft(row: MrdResult, returned: AuditEntry | None, people: dict[int, User]) -> Draft:
    person = people.get(returned.actor_id or 0) if returned else None
    return Draft(
        listed=listed(row),
        entered_at=row.entered_at,
        returned_by=person.shown_name if person else "",
        returned_because=returned.reason if returned else "",
    )
