"""Rotor-Gene Q, quantitation report as csv: a preamble, then one block per channel; tubes are numbered.

Constructed after parsers of such files, since no export of this kind is public. A rotor has up to 100 tubes.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from monitoring.domain.plate import Reaction, WellRole, distinct
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile

TUBES = 100
CHANNELS = ("A.Green", "A.Yellow", "A.Orange", "A.Red", "A.Crimson", "A.Blue")
HEADINGS = (
    "No.", "Colour", "Name", "Type", "Ct", "Ct Comment", "Given Conc (copies/reaction)", "Calc Conc (copies/reaction)",
    "% Var",
)  # fmt: skip
TYPES = {
    WellRole.SAMPLE: "Unknown",
    WellRole.STANDARD: "Standard",
    WellRole.NO_TEMPLATE: "NTC",
    WellRole.NO_RT: "Negative Control",
    WellRole.EXTRACTION_BLANK: "Negative Control",
    WellRole.WILD_TYPE: "Negative Control",
    WellRole.POSITIVE_CONTROL: "Positive Control",
}


class RotorTooSmall(Exception):
    """A rotor holds fewer tubes than the plate has wells."""


def write_plate(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as one csv file with a block per target; raises RotorTooSmall."""
    tubes = tube_numbers(plate)
    rows: list[Sequence[str]] = [
        ["Quantitation Report"], [], ["Experiment Information"], ["Run Name", plate.name],
        ["Run Start", "03/02/2026 15:01:12"], ["Operator", "µ"], ["Machine Serial No.", "R0226100"], [],
    ]  # fmt: skip
    for number, target in enumerate(plate.targets()):
        rows += _block(plate.of_target(target), number, tubes, settings)
    return (WrittenFile(f"{plate.name}.csv", settings.encode(settings.rows(rows))),)


def carried(plate: MeasuredPlate, settings: ExportSettings) -> tuple[Reaction, ...]:
    """Return what the file carries: tube numbers for wells, whole copies, no wells that were left out."""
    tubes = tube_numbers(plate)
    return tuple(
        replace(reaction, well=tubes[reaction.well], printed_copies=_whole(reaction.printed_copies))
        for target in plate.targets()
        for reaction in plate.of_target(target).reactions
        if not reaction.omitted
    )


def tube_numbers(plate: MeasuredPlate) -> dict[str, str]:
    """Return the number of the tube that stands for each well, in the order of the plate; raises RotorTooSmall."""
    wells = distinct(reaction.well for reaction in plate.reactions)
    if len(wells) > TUBES:
        raise RotorTooSmall(f"{len(wells)} > {TUBES}")
    return {well: str(number) for number, well in enumerate(wells, 1)}


def _block(plate: MeasuredPlate, number: int, tubes: dict[str, str], settings: ExportSettings) -> list[Sequence[str]]:
    target = plate.targets()[0]
    curve = plate.curve_of(target)
    facts = [] if curve is None else [("M", curve.slope), ("B", curve.intercept), ("R^2 Value", curve.r2)]
    rows: list[Sequence[str]] = [
        ["Quantitation Information"],
        ["Channel", f"Cycling {CHANNELS[number % len(CHANNELS)]}"],
        ["Target", target],
    ]
    rows += [[key, settings.number(value)] for key, value in facts]
    rows.append(HEADINGS)
    rows += [_row(reaction, tubes, settings) for reaction in plate.reactions if not reaction.omitted]
    return [*rows, []]


def _row(reaction: Reaction, tubes: dict[str, str], settings: ExportSettings) -> list[str]:
    silent = reaction.cq is None
    return [
        tubes[reaction.well], "Red", reaction.sample, TYPES[reaction.role], settings.number(reaction.cq),
        "NEG (NTC)" if silent and reaction.role is WellRole.NO_TEMPLATE else "",
        settings.number(reaction.standard_copies), settings.number(_whole(reaction.printed_copies)), "",
    ]  # fmt: skip


def _whole(copies: Decimal | None) -> Decimal | None:
    return None if copies is None else copies.quantize(Decimal(1))
