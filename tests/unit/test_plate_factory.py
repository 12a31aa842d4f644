"""The factory of plates: what is designed, what is measured of it, and that a seed gives the same plate again."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from monitoring.domain.copies import copies_of_cq
from monitoring.domain.plate import WellRole
from monitoring.domain.standard_curve import CurveLimits, assess_curve
from monitoring.studies.plates.block import BLOCK_96, BLOCK_384
from monitoring.studies.plates.measured_plate import MeasuredPlate, fit_curves
from monitoring.studies.plates.plate_design import DesignedPlate, PlatedSample, PlateTooSmall, design_plate
from monitoring.studies.plates.plate_targets import ABL1, CHEMISTRY, NPM1_A, TARGETS
from monitoring.studies.plates.ready_plates import (
    RELAPSE_LEVELS,
    LevelsDoNotMatch,
    duplex_plate,
    eightplex_plate,
    every_target_plate,
    relapse_plate,
)
from monitoring.studies.plates.simulated_cq import draw_cq, draw_molecules, measure_plate
from monitoring.studies.plates.writing import cfx_csv, lightcycler_text, quantstudio_rows, sds_text
from monitoring.studies.plates.writing.export_settings import ExportSettings
from tests.property.damaged_files import FORMATS, damaged, originals

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "instrument_files"
ACCESSIONS = [f"26-{number:05d}" for number in range(1, 9)]
READY = [
    relapse_plate(ACCESSIONS),
    every_target_plate(ACCESSIONS),
    duplex_plate(ACCESSIONS),
    eightplex_plate(ACCESSIONS),
]


def copies_of(plate: MeasuredPlate, sample: str, target: str) -> list[float]:
    curve = fit_curves(plate.reactions)[target]
    wells = [r.cq for r in plate.reactions if (r.sample, r.target) == (sample, target)]
    return [0.0 if cq is None else float(copies_of_cq(cq, curve)) for cq in wells]


def test_wells_are_named_and_numbered_row_by_row() -> None:
    assert BLOCK_96.wells()[:13] == (*(f"A{column}" for column in range(1, 13)), "B1")
    assert BLOCK_384.wells()[-1] == "P24"
    assert [BLOCK_96.number_of(well) for well in BLOCK_96.wells()] == list(range(1, 97))
    assert [BLOCK_384.number_of(well) for well in BLOCK_384.wells()] == list(range(1, 385))


@pytest.mark.parametrize("design", READY, ids=lambda design: design.name)
def test_a_ready_plate_has_every_role_and_no_target_twice_in_a_well(design: DesignedPlate) -> None:
    assert {reaction.role for reaction in design.reactions} == set(WellRole)
    places = [(reaction.well, reaction.content.target) for reaction in design.reactions]
    assert len(places) == len(set(places))


def test_the_relapse_plate_is_eight_patients_in_triplicate_and_duplicate() -> None:
    design = relapse_plate(ACCESSIONS)
    wells = [(reaction.sample, reaction.content.target) for reaction in design.reactions]
    assert [(wells.count((one, NPM1_A)), wells.count((one, ABL1))) for one in ACCESSIONS] == [(3, 2)] * 8


def test_standards_are_the_dilutions_of_eac_in_duplicate() -> None:
    reactions = [r for r in relapse_plate(ACCESSIONS).reactions if r.role is WellRole.STANDARD]
    of_target = sorted(r.content.true_copies for r in reactions if r.content.target == NPM1_A)
    of_abl1 = sorted(r.content.true_copies for r in reactions if r.content.target == ABL1)
    assert of_target == [copies for copies in (10, 100, 1_000, 100_000, 1_000_000) for _ in range(2)]
    assert of_abl1 == [copies for copies in (1_000, 10_000, 100_000) for _ in range(2)]


def test_an_eightplex_well_is_read_for_eight_targets() -> None:
    design = eightplex_plate(ACCESSIONS)
    assert {r.content.target for r in design.reactions if r.well == "A1"} == set(TARGETS)
    assert len(TARGETS) == 8


def test_a_true_level_gives_its_true_copies() -> None:
    assert PlatedSample("1", NPM1_A, Decimal("0.05"), Decimal(60_000)).target_copies == 30


def test_a_plate_that_does_not_fit_is_refused() -> None:
    many = [PlatedSample(str(number), NPM1_A, Decimal(1), Decimal(30_000)) for number in range(20)]
    with pytest.raises(PlateTooSmall):
        design_plate("too many", many)
    assert design_plate("enough", many, BLOCK_384).block == BLOCK_384


def test_every_accession_number_needs_its_level() -> None:
    with pytest.raises(LevelsDoNotMatch):
        relapse_plate(ACCESSIONS[:3], RELAPSE_LEVELS)


def test_the_same_seed_gives_the_same_plate() -> None:
    design = relapse_plate(ACCESSIONS)
    assert measure_plate(design, Random(3)) == measure_plate(design, Random(3))
    assert measure_plate(design, Random(3)) != measure_plate(design, Random(4))


def test_a_spoilt_control_changes_no_other_well() -> None:
    design = relapse_plate(ACCESSIONS)
    clean = measure_plate(design, Random(5)).reactions
    spoilt = measure_plate(design.with_copies("NTC", NPM1_A, Decimal(25)), Random(5)).reactions
    changed = {a.sample for a, b in zip(clean, spoilt, strict=True) if a.cq != b.cq}
    assert changed == {"NTC"}


@pytest.mark.parametrize("seed", range(20))
def test_curves_of_a_ready_plate_are_acceptable(seed: int) -> None:
    plate = measure_plate(every_target_plate(ACCESSIONS), Random(seed))
    curves = fit_curves(plate.reactions)
    assert set(curves) == set(TARGETS)
    assert [assess_curve(curve, CurveLimits()) for curve in curves.values()] == [()] * len(TARGETS)


@pytest.mark.parametrize("seed", range(20))
def test_the_stories_of_the_relapse_plate_can_be_read_from_it(seed: int) -> None:
    plate = measure_plate(relapse_plate(ACCESSIONS), Random(seed))
    confirming, negative, _, _, _, limited, insufficient, _ = ACCESSIONS
    ratio = sum(copies_of(plate, confirming, NPM1_A)) / 3 / (sum(copies_of(plate, confirming, ABL1)) / 2)
    assert 2 < 100 * ratio < 5
    assert copies_of(plate, negative, NPM1_A) == [0, 0, 0]
    assert 1_000 < sum(copies_of(plate, limited, ABL1)) / 2 < 10_000
    assert sum(copies_of(plate, insufficient, ABL1)) / 2 < 1_000


def test_measured_copies_scatter_around_the_true_ones() -> None:
    chemistry, rng = CHEMISTRY[NPM1_A], Random(1)
    cqs = [draw_cq(rng, 1_000.0, chemistry) for _ in range(400)]
    copies = [10 ** ((cq - chemistry.intercept) / chemistry.slope) for cq in cqs if cq is not None]
    assert len(copies) == 400
    assert 980 < sum(copies) / 400 < 1_020


def test_few_molecules_are_counted_as_poisson_says() -> None:
    rng = Random(2)
    counts = [draw_molecules(rng, 2.0) for _ in range(4_000)]
    assert 1.9 < sum(counts) / len(counts) < 2.1
    assert 0.12 < counts.count(0) / len(counts) < 0.15  # e^-2 = 0.135


def test_an_empty_well_never_amplifies() -> None:
    rng = Random(3)
    assert {draw_cq(rng, 0.0, CHEMISTRY[ABL1]) for _ in range(100)} == {None}


def real_headings(path: str, wanted: str) -> list[str]:
    content = (REAL / path).read_bytes().decode("utf-8", errors="replace")
    line = next(line for line in content.splitlines() if wanted in line)
    return line.split("\t" if "\t" in line else ",")


# Empty where the real exports are not at hand: they are no part of the product.
@pytest.mark.parametrize(
    ("path", "wanted", "written"),
    [
        ("quantstudio/appbio_quantstudio_example07.txt", "Y-Intercept", quantstudio_rows.headings(ExportSettings())),
        ("cfx/example01.csv", "Starting Quantity", cfx_csv.HEADINGS),
        ("lightcycler_sds/LightCycler_sample.txt", "Include", lightcycler_text.HEADINGS),
        ("lightcycler_sds/SDS_sample.txt", "Detector", sds_text.RELATIVE_HEADINGS),
    ]
    if REAL.is_dir()
    else [],
)
def test_a_look_alike_has_the_headings_of_a_real_export_in_their_order(
    path: str, wanted: str, written: Sequence[str]
) -> None:
    real = real_headings(path, wanted)
    known = [heading for heading in real if heading in written]
    assert [heading for heading in written if heading in real] == known
    assert len(known) >= len(written) - 1


def test_the_same_damage_gives_the_same_bytes_again() -> None:
    first = [damaged(name, number) for name in FORMATS for number in range(5)]
    originals.cache_clear()
    assert [damaged(name, number) for name in FORMATS for number in range(5)] == first
