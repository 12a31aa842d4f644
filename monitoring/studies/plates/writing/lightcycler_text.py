"""LightCycler 480, absolute quantification: one file per target.

The software has no place for the target: the laboratory names its experiments `RUN  Target: TARGET`.

An empty Cp is no amplification; a well left out has Include False; the column Standard holds a standard's copies.
"""

from dataclasses import replace
from decimal import Decimal

from monitoring.domain.plate import Reaction, WellRole
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile
from monitoring.studies.plates.writing.quantstudio_rows import empty_wells

HEADINGS = ("Include", "Color", "Pos", "Name", "Cp", "Concentration", "Standard", "Status")
RED, GREEN = "255", "65280"  # amplified and not, as the software colours its samples
FIGURES = 3  # significant ones of a concentration: 1.01E+05


def write_plate(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as one text file per target."""
    return tuple(_write_target(plate.of_target(target), target, settings) for target in plate.targets())


def carried(plate: MeasuredPlate, settings: ExportSettings) -> tuple[Reaction, ...]:
    """Return what the files carry, target by target: quantities with three figures."""
    return tuple(
        replace(
            reaction,
            printed_copies=rounded(reaction.printed_copies),
            standard_copies=rounded(reaction.standard_copies),
        )
        for target in plate.targets()
        for reaction in plate.of_target(target).reactions
    )


def rounded(copies: Decimal | None) -> Decimal | None:
    """Return copies as the software rounds them."""
    return None if copies is None else Decimal(scientific(copies))


def scientific(copies: Decimal) -> str:
    """Return copies as the software prints them: 1.01E+05."""
    mantissa, exponent = f"{copies:.{FIGURES - 1}E}".split("E")
    return f"{mantissa}E{int(exponent):+03d}"


def _write_target(plate: MeasuredPlate, target: str, settings: ExportSettings) -> WrittenFile:
    filling = "\t" * (len(HEADINGS) - 1)
    lines = [
        f"Experiment: {plate.name}  Target: {target}  Selected Filter: FAM (465-510){filling}",
        "\t".join(HEADINGS),
    ]
    lines += ["\t".join(_row(reaction, settings)) for reaction in plate.reactions]
    lines += [f"True\t{GREEN}\t{well}\t\t\t\t0\t" for well in empty_wells(plate, settings)]
    return WrittenFile(f"{target.replace('::', '-')}.txt", settings.encode(lines))


def _row(reaction: Reaction, settings: ExportSettings) -> list[str]:
    standard = reaction.standard_copies if reaction.role is WellRole.STANDARD else None
    return [
        "False" if reaction.omitted else "True",
        GREEN if reaction.cq is None else RED,
        reaction.well,
        reaction.sample,
        settings.number(reaction.cq),
        _localised(reaction.printed_copies, settings),
        "0" if standard is None else _localised(standard, settings),
        "",
    ]


def _localised(copies: Decimal | None, settings: ExportSettings) -> str:
    if copies is None:
        return ""
    return scientific(copies).replace(".", ",") if settings.decimal_comma else scientific(copies)
