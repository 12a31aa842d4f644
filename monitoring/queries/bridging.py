"""Bridges between assays: which keys may be bridged, on which samples, and what a signature joins."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from monitoring.domain.bridging import Bridge, Pair, TooFewPairs, bridge
from monitoring.models import Assay, AssayBridge, MrdResult, User
from monitoring.models.choices import ResultStateChoice
from monitoring.queries.assays_on_record import assay_centres

SUGGESTED = 60  # pairs; a bridge needs some twenty


@dataclass(frozen=True, slots=True)
class BridgeKey:
    """A key with the assays that have it as their own."""

    key: str
    marker: str
    laboratory: str
    assays: str
    counts_under: str


@dataclass(frozen=True, slots=True)
class BridgeSample:
    """One sample by both assays, in % of ABL1."""

    sample: str
    pair: Pair


@dataclass(frozen=True, slots=True)
class SuggestedPair:
    """The same sample, authorised by both assays."""

    sample: str
    pseudonym: str
    tissue: str
    collected_on: date
    first: Decimal
    second: Decimal


@dataclass(frozen=True, slots=True)
class BridgeShown:
    """A bridge with what its samples say; `computed` None while there are too few."""

    bridge_id: int
    laboratory: str
    centre_id: int
    first: BridgeKey
    second: BridgeKey
    samples: tuple[BridgeSample, ...]
    computed: Bridge | None
    recorded_by_id: int
    recorded_by: str
    recorded_at: datetime
    is_comparable: bool | None
    judgement: str
    signed_by: str
    signed_at: datetime | None
    revoked_by: str
    revoked_at: datetime | None
    revoked_because: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for its second person."""
        return self.signed_at is None and self.revoked_at is None

    @property
    def joins(self) -> bool:
        """Whether it makes the two keys one."""
        return bool(self.is_comparable) and self.signed_at is not None and self.revoked_at is None


@dataclass(frozen=True, slots=True)
class BridgeReach:
    """What one key for both means: the series of the person's patients that have results under both."""

    results: int
    series: int
    patients: tuple[str, ...]


def bridges(user: User) -> tuple[BridgeShown, ...]:
    """Return the bridges of the person's laboratories, the newest first."""
    rows = AssayBridge.objects.filter(laboratory__centre_id__in=assay_centres(user)).order_by("-pk")
    return _shown(rows.select_related("laboratory", "recorded_by", "signed_by", "revoked_by"))


def bridge_row(user: User, pk: int) -> AssayBridge | None:
    """Return a bridge of the person's laboratories; None for any other."""
    rows = AssayBridge.objects.select_related("laboratory", "recorded_by", "signed_by", "revoked_by")
    return rows.filter(pk=pk, laboratory__centre_id__in=assay_centres(user)).first()


def bridge_shown(row: AssayBridge) -> BridgeShown:
    """Return one bridge."""
    (shown,) = _shown([row])
    return shown


def keys(*, centre_ids: Iterable[int] | None = None) -> tuple[BridgeKey, ...]:
    """Return the keys of the laboratories of these centres; of every laboratory where none are named."""
    rows = Assay.objects.select_related("laboratory").order_by("marker", "own_key", "pk")
    if centre_ids is not None:
        rows = rows.filter(laboratory__centre_id__in=list(centre_ids))
    grouped: dict[str, list[Assay]] = defaultdict(list)
    for row in rows:
        grouped[row.own_key].append(row)
    return tuple(_key(key, assays) for key, assays in grouped.items())


def suggested_pairs(first_key: str, second_key: str) -> tuple[SuggestedPair, ...]:
    """Return levels of one patient, day and tissue that were authorised under both keys, the newest first."""
    rows = MrdResult.objects.filter(
        Q(assay__own_key=first_key) | Q(assay__own_key=second_key),
        state=ResultStateChoice.AUTHORISED, pct_abl1__isnull=False,
    ).select_related("assay", "sample", "patient")  # fmt: skip
    by_sample: dict[tuple[int, date, str], dict[str, MrdResult]] = defaultdict(dict)
    for row in rows.order_by("pk"):
        by_sample[row.patient_id, row.collected_on, row.tissue][row.assay.own_key] = row
    both = [found for found in by_sample.values() if {first_key, second_key} <= found.keys()]
    both.sort(key=lambda found: found[first_key].collected_on, reverse=True)
    return tuple(_suggested(found[first_key], found[second_key]) for found in both[:SUGGESTED])


def reach_of(first_key: str, second_key: str) -> BridgeReach:
    """Return what a signature would join, of what this person's laboratories may see."""
    rows = MrdResult.objects.filter(state=ResultStateChoice.AUTHORISED, assay__own_key__in=[first_key, second_key])
    under: dict[int, set[str]] = defaultdict(set)
    names: dict[int, str] = {}
    for series_id, own_key, name in rows.values_list("series_id", "assay__own_key", "patient__pseudonym"):
        under[series_id].add(own_key)
        names[series_id] = name
    both = [series_id for series_id, found in under.items() if len(found) > 1]
    return BridgeReach(rows.count(), len(both), tuple(sorted({names[each] for each in both})))


def stored(samples: Iterable[BridgeSample]) -> list[dict[str, Any]]:
    """Return samples as the row keeps them, levels as exact text."""
    return [{"sample": each.sample, "first": str(each.pair.first), "second": str(each.pair.second)} for each in samples]


def computed_of(samples: Sequence[BridgeSample]) -> Bridge | None:
    """Return what the samples say, None while there are too few."""
    try:
        return bridge([each.pair for each in samples])
    except TooFewPairs:
        return None


def _suggested(first: MrdResult, second: MrdResult) -> SuggestedPair:
    return SuggestedPair(
        sample=first.sample.accession_number,
        pseudonym=first.patient.pseudonym,
        tissue=first.tissue,
        collected_on=first.collected_on,
        first=first.pct_abl1 or Decimal(0),
        second=second.pct_abl1 or Decimal(0),
    )


def _key(key: str, assays: Sequence[Assay]) -> BridgeKey:
    versions: dict[str, list[str]] = defaultdict(list)
    for each in assays:
        versions[each.name].append(each.version)
    named = "; ".join(f"{name} ({', '.join(found)})" for name, found in versions.items())
    return BridgeKey(key, assays[0].marker, assays[0].laboratory.name, named, assays[0].assay_key)


def _shown(rows: Iterable[AssayBridge]) -> tuple[BridgeShown, ...]:
    known = {each.key: each for each in keys()}
    return tuple(_one(row, known) for row in rows)


def _one(row: AssayBridge, known: dict[str, BridgeKey]) -> BridgeShown:
    samples = tuple(
        BridgeSample(each["sample"], Pair(Decimal(each["first"]), Decimal(each["second"]))) for each in row.samples
    )
    return BridgeShown(
        bridge_id=row.pk,
        laboratory=row.laboratory.name,
        centre_id=row.laboratory.centre_id,
        first=known[row.first_key],
        second=known[row.second_key],
        samples=samples,
        computed=computed_of(samples),
        recorded_by_id=row.recorded_by_id,
        recorded_by=row.recorded_by.shown_name,
        recorded_at=row.recorded_at,
        is_comparable=row.is_comparable,
        judgement=row.judgement,
        signed_by=row.signed_by.shown_name if row.signed_by else "",
        signed_at=row.signed_at,
        revoked_by=row.revoked_by.shown_name if row.revoked_by else "",
        revoked_at=row.revoked_at,
        revoked_because=row.revoked_because,
    )
