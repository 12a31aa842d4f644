"""Plates ready for a demonstration: eight patients, one of whom confirms a molecular relapse."""

from collections.abc import Sequence
from decimal import Decimal

from monitoring.studies.plates.block import BLOCK_384
from monitoring.studies.plates.plate_design import (
    DesignedPlate,
    PlatedSample,
    design_multiplex_plate,
    design_plate,
)
from monitoring.studies.plates.plate_targets import ABL1, NPM1_A, TARGETS

# True level in per cent of ABL1, true ABL1 copies a well; constructed. The first is the sample that confirms.
RELAPSE_LEVELS = (
    (Decimal("3.2"), Decimal(42_000)),
    (Decimal(0), Decimal(38_000)),
    (Decimal(0), Decimal(55_000)),
    (Decimal("0.05"), Decimal(61_000)),  # low level, quantified
    (Decimal("0.004"), Decimal(50_000)),  # two copies a well: detected or not, never quantified
    (Decimal(0), Decimal(6_500)),  # ABL1 limited: no negative
    (Decimal("0.4"), Decimal(850)),  # ABL1 insufficient: repeat
    (Decimal(310), Decimal(28_000)),  # as at diagnosis
)


class LevelsDoNotMatch(Exception):
    """There are not as many levels as accession numbers."""


def relapse_plate(
    accessions: Sequence[str],
    levels: Sequence[tuple[Decimal, Decimal]] = RELAPSE_LEVELS,
    target: str = NPM1_A,
    name: str = "MRD run",
) -> DesignedPlate:
    """Return a 96-well plate of one target; levels are (per cent of ABL1, ABL1 copies a well), the first confirms.

    Raises LevelsDoNotMatch and PlateTooSmall.
    """
    if len(accessions) != len(levels):
        raise LevelsDoNotMatch(f"{len(accessions)} accession numbers, {len(levels)} levels")
    samples = [PlatedSample(one, target, *level) for one, level in zip(accessions, levels, strict=True)]
    return design_plate(name, samples)


def every_target_plate(accessions: Sequence[str], name: str = "MRD run, all transcripts") -> DesignedPlate:
    """Return a 384-well plate on which each accession number has another transcript, seven in turn."""
    transcripts = [target for target in TARGETS if target != ABL1]
    samples = [
        PlatedSample(one, transcripts[i % len(transcripts)], *RELAPSE_LEVELS[i % len(RELAPSE_LEVELS)])
        for i, one in enumerate(accessions)
    ]
    return design_plate(name, samples, BLOCK_384)


def duplex_plate(accessions: Sequence[str], target: str = NPM1_A, name: str = "MRD run, duplex") -> DesignedPlate:
    """Return a 96-well plate on which ABL1 is measured in the same well as the target."""
    return design_multiplex_plate(name, _samples(accessions, target), [target], wells=3)


def eightplex_plate(accessions: Sequence[str], name: str = "MRD run, eight targets a well") -> DesignedPlate:
    """Return a 96-well plate whose wells are read for all seven transcripts and ABL1."""
    return design_multiplex_plate(name, _samples(accessions, NPM1_A), TARGETS)


def _samples(accessions: Sequence[str], target: str) -> list[PlatedSample]:
    return [PlatedSample(one, target, *RELAPSE_LEVELS[i % len(RELAPSE_LEVELS)]) for i, one in enumerate(accessions)]
