"""Assays with their keys, bridges in every state, and a patient measured by both: for tests of bridging."""

from datetime import date
from decimal import Decimal

from monitoring.actions import bridging, recompute
from monitoring.domain.bridging import Pair
from monitoring.models import Assay, AssayBridge, MrdResult, MrdSeries, StoredVerdict
from monitoring.queries.bridging import BridgeSample
from tests.world import World, detected


def other_assay(world: World, key: str = "NPM1/A/NFL/ABL1/digital", marker: str = "NPM1") -> Assay:
    return Assay.objects.create(
        laboratory=world.laboratory, marker=marker, mutation_type="A", name=f"assay {key}", version="1", assay_key=key,
        loq_copies=3, reports_below_loq=True,
    )  # fmt: skip


def samples(*levels: str) -> list[BridgeSample]:
    return [
        BridgeSample(f"S{n}", Pair(Decimal(level), Decimal(level) * Decimal("1.05")))
        for n, level in enumerate(levels or ("0.01", "1", "10"))
    ]


def recorded(world: World, other: Assay, first: Assay | None = None) -> AssayBridge:
    world.as_person(world.authoriser)
    return bridging.record(
        by=world.authoriser, laboratory=world.laboratory, first_key=(first or world.assay).own_key or "",
        second_key=other.own_key, samples=samples(),
    )  # fmt: skip


def signed(world: World, row: AssayBridge, *, comparable: bool = True) -> AssayBridge:
    world.as_person(world.second_authoriser)
    return bridging.sign(
        by=world.second_authoriser, row=row, is_comparable=comparable, judgement="Good agreement", now=world.now
    )


def revoked(world: World, row: AssayBridge) -> AssayBridge:
    world.as_person(world.authoriser)
    return bridging.revoke(by=world.authoriser, row=row, reason="Primers changed after all", now=world.now)


def refreshed(*assays: Assay) -> None:
    for each in assays:
        each.refresh_from_db()


def across(world: World, other: Assay) -> tuple[MrdSeries, MrdResult]:
    """A patient whose level rises tenfold and more from one assay to the other, never negative before."""
    series = world.patient(end_of_treatment=date(2025, 1, 6))
    world.authorised(series, date(2025, 3, 1), detected("0.01"))
    first, world.assay = world.assay, other
    rise = world.authorised(series, date(2025, 6, 1), detected("0.5"))
    world.assay = first
    return series, rise


def verdict(world: World, series: MrdSeries) -> StoredVerdict:
    """The verdict by ELN 2021, as a reader finds it after draining what waits."""
    world.as_person(world.clinician)
    recompute.drain_patient(series.patient_id, now=world.now)
    return StoredVerdict.objects.get(series=series, ruleset="ELN2021")


def flags(found: StoredVerdict) -> set[str]:
    return {flag["code"] for flag in found.content["flags"]}
