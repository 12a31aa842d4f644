"""Laws of the readers: the same plate gives the same rows in every format, every locale and every order."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.domain.copies import UndeterminedWells, mean_copies, pct_of
from monitoring.domain.plate import Plate, Reaction, WellRole
from monitoring.domain.replicates import Well
from monitoring.readers.reading import read_plate
from monitoring.studies.plates.measured_plate import MeasuredPlate, fit_curves
from monitoring.studies.plates.plate_targets import ABL1, NPM1_A
from monitoring.studies.plates.ready_plates import (
    RELAPSE_LEVELS,
    duplex_plate,
    eightplex_plate,
    every_target_plate,
    relapse_plate,
)
from monitoring.studies.plates.simulated_cq import measure_plate
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile
from monitoring.studies.plates.writing.formats import WRITERS, Writer
from monitoring.studies.plates.writing.rdml import VERSIONS, RdmlSettings, Silence, carried_by, write_rdml
from tests.plates_xlsx import XlsxSettings, write_design_analysis, write_quantstudio
from tests.property.plates_to_read import Row, locales, plates, rows_of

ACCESSIONS = [f"26-{number:05d}" for number in range(1, 9)]
DESIGNS = [relapse_plate, duplex_plate, eightplex_plate, every_target_plate]
FEWER = settings(max_examples=settings().max_examples // 4)  # each law is tried for nine formats
WRITTEN = pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS.keys())
SHEETS = pytest.mark.parametrize("write", [write_quantstudio, write_design_analysis])
rdml_settings = st.builds(RdmlSettings, st.sampled_from(VERSIONS), st.sampled_from(Silence))
xlsx_settings = st.builds(
    XlsxSettings,
    st.booleans(),
    st.just("CT"),
    st.sampled_from(["Undetermined", "undetermined", "No Ct", "-"]),
    st.booleans(),
    st.integers(1, 3),
)


def read_all(files: tuple[WrittenFile, ...]) -> list[Plate]:
    return [read_plate(file.content, file.name) for file in files]


def read_rows(files: tuple[WrittenFile, ...]) -> list[Row]:
    return [row for plate in read_all(files) for row in rows_of(plate.reactions)]


def in_order_of_file(reactions: tuple[Reaction, ...]) -> tuple[Reaction, ...]:
    """RDML puts all targets of a well together, where the well stands first."""
    wells = list(dict.fromkeys(reaction.well for reaction in reactions))
    return tuple(sorted(reactions, key=lambda reaction: wells.index(reaction.well)))


def told_everywhere(plate: Plate | MeasuredPlate) -> set[tuple[object, ...]]:
    """What every format tells of a well that is no standard and was not left out."""
    return {(r.sample, r.target, r.role, r.cq) for r in plate.reactions if r.role is not WellRole.STANDARD}


@WRITTEN
@FEWER
@given(plates(), locales())
def test_every_locale_gives_the_rows_that_were_written(
    writer: Writer, plate: MeasuredPlate, told: ExportSettings
) -> None:
    carried = writer.carried(plate, told)
    if writer is WRITERS["RDML"]:
        carried = in_order_of_file(carried)
    if carried:
        assert read_rows(writer.write(plate, told)) == rows_of(carried)


@WRITTEN
@FEWER
@given(plates(), locales())
def test_digits_of_a_cq_stay_as_they_were_printed(writer: Writer, plate: MeasuredPlate, told: ExportSettings) -> None:
    carried = writer.carried(plate, told)
    if carried:
        read = {(row[0], row[2]): str(row[4]) for row in read_rows(writer.write(plate, told))}
        assert read == {(reaction.well, reaction.target): str(reaction.cq) for reaction in carried}


@WRITTEN
@FEWER
@given(plates(), locales(), st.randoms(use_true_random=False))
def test_the_order_of_wells_does_not_matter(
    writer: Writer, plate: MeasuredPlate, told: ExportSettings, chance: Random
) -> None:
    shuffled = replace(plate, reactions=tuple(chance.sample(plate.reactions, len(plate.reactions))))
    assert Counter(read_rows(writer.write(shuffled, told))) == Counter(rows_of(writer.carried(shuffled, told)))


@WRITTEN
@FEWER
@given(plates(), locales())
def test_reading_twice_gives_the_same_plate(writer: Writer, plate: MeasuredPlate, told: ExportSettings) -> None:
    files = writer.write(plate, told)
    assert read_all(files) == read_all(files)
    if told.delimiter != "\t":  # a csv with tabs is the text
        assert {plate.format for plate in read_all(files)} == {writer.format}


@FEWER
@given(plates(), rdml_settings)
def test_every_version_of_rdml_gives_the_rows_that_were_written(plate: MeasuredPlate, told: RdmlSettings) -> None:
    assert read_rows(write_rdml(plate, told)) == rows_of(in_order_of_file(carried_by(plate, told)))


@SHEETS
@FEWER
@given(plates(), xlsx_settings)
def test_sheets_give_the_rows_that_were_written(write: object, plate: MeasuredPlate, told: XlsxSettings) -> None:
    assert read_rows(write(plate, told)) == rows_of(plate.reactions)  # type: ignore[operator]


@pytest.mark.parametrize("heading", ["CT", "Cт", "CRT", "Cq"])
def test_a_sheet_may_name_its_cq_in_any_way(heading: str) -> None:
    plate = measure_plate(relapse_plate(ACCESSIONS), Random(1))
    assert read_rows(write_quantstudio(plate, XlsxSettings(cq_heading=heading))) == rows_of(plate.reactions)


@FEWER
@given(plates(), locales())
def test_curves_are_kept_as_the_instrument_printed_them(plate: MeasuredPlate, told: ExportSettings) -> None:
    for name in ("QuantStudio text", "QuantStudio csv"):
        (read,) = read_all(WRITERS[name].write(plate, told))
        assert {curve.target: curve for curve in read.curves} == {curve.target: curve for curve in plate.curves}


@FEWER
@given(plates())
def test_curves_of_other_formats_agree_in_slope_and_intercept(plate: MeasuredPlate) -> None:
    rotor = WRITERS["Rotor-Gene"].write(plate, ExportSettings())
    sheets = write_design_analysis(plate, XlsxSettings())
    for files in (rotor, sheets):
        (read,) = read_all(files)
        assert {(c.target, c.slope, c.intercept, c.r2) for c in read.curves} <= {
            (c.target, c.slope, c.intercept, c.r2) for c in plate.curves
        }


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.__name__)
def test_a_whole_plate_says_the_same_in_every_format(design: object) -> None:
    plate = measure_plate(design(ACCESSIONS), Random(11))  # type: ignore[operator]
    written = {
        name: writer.write(plate, ExportSettings())
        for name, writer in WRITERS.items()
        if name != "Rotor-Gene" or len({reaction.well for reaction in plate.reactions}) <= 100
    }
    written["QuantStudio sheets"] = write_quantstudio(plate, XlsxSettings())
    written["Design & Analysis sheets"] = write_design_analysis(plate, XlsxSettings())
    for name, files in written.items():
        assert set().union(*map(told_everywhere, read_all(files))) == told_everywhere(plate), name


@pytest.mark.parametrize("writer", [w for name, w in WRITERS.items() if name != "SDS relative"], ids=lambda w: w.format)
def test_the_true_level_comes_back_from_the_file(writer: Writer) -> None:
    plate = measure_plate(relapse_plate(ACCESSIONS), Random(11))
    read = [reaction for one in read_all(writer.write(plate, ExportSettings())) for reaction in one.reactions]
    true_pct, _true_abl1 = RELAPSE_LEVELS[0]
    assert abs(pct_abl1_of(read, ACCESSIONS[0]) / true_pct - 1) < Decimal("0.15")


def pct_abl1_of(reactions: list[Reaction], sample: str) -> Decimal:
    curves = fit_curves(reactions)
    target, abl1 = (
        mean_copies(
            [Well(r.cq) for r in reactions if (r.sample, r.target) == (sample, gene)],
            curves[gene],
            UndeterminedWells.AS_ZERO,
        )
        for gene in (NPM1_A, ABL1)
    )
    return pct_of(target, abl1)
