"""RDML 1.0 to 1.4: a zip archive with one XML file; a well that did not amplify is written in three ways.

1.0 names reactions by position and prints quantities; later versions number them and give the format of the plate.
"""

import io
import zipfile
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from xml.sax.saxutils import escape, quoteattr

from monitoring.domain.plate import Reaction, WellRole, distinct
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.plate_targets import dye_of
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile

VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4")
FIRST = VERSIONS[0]
INNER_NAME = "rdml_data.xml"
TYPES = {
    WellRole.SAMPLE: "unkn",
    WellRole.STANDARD: "std",
    WellRole.NO_TEMPLATE: "ntc",
    WellRole.NO_RT: "nrt",
    WellRole.EXTRACTION_BLANK: "ntc",
    WellRole.WILD_TYPE: "ntp",
    WellRole.POSITIVE_CONTROL: "pos",
}
SIGNAL = "0.627"


class Silence(Enum):
    """What instruments write for a reaction that did not amplify."""

    NO_CQ = "the element is absent"
    MINUS_ONE = "-1"
    CYCLE_COUNT = "the number of cycles"


@dataclass(frozen=True, slots=True)
class RdmlSettings:
    """One way to write RDML."""

    version: str = "1.2"
    silence: Silence = Silence.NO_CQ
    inner_name: str = INNER_NAME


def write_plate(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as RDML 1.2, which knows no locale."""
    return write_rdml(plate, RdmlSettings())


def write_rdml(plate: MeasuredPlate, settings: RdmlSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(settings.inner_name, (2026, 2, 3, 16, 12, 50)), rdml_text(plate, settings))
    return (WrittenFile(f"{plate.name}.rdml", packed.getvalue()),)


def rdml_text(plate: MeasuredPlate, settings: RdmlSettings) -> str:
    """Return the XML inside the archive."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        f'<rdml xmlns="http://www.rdml.org" version="{settings.version}">',
        "<dateMade>2026-02-03T16:12:50</dateMade>",
        *_dyes(plate, settings), *_samples(plate), *_targets(plate, settings), _programme(plate),
        f"<experiment id={quoteattr(plate.name)}><run id={quoteattr(plate.name)}>",
        "<instrument>CFX96</instrument>", '<thermalCyclingConditions id="programme"/>',
        _plate_format(plate, settings), "<runDate>2026-02-03T16:12:50</runDate>", *_reactions(plate, settings),
        "</run></experiment></rdml>",
    ]  # fmt: skip
    return "\n".join(parts)


def carried(plate: MeasuredPlate, settings: ExportSettings) -> tuple[Reaction, ...]:
    """Return what RDML 1.2 carries."""
    return carried_by(plate, RdmlSettings())


def carried_by(plate: MeasuredPlate, settings: RdmlSettings) -> tuple[Reaction, ...]:
    """Return what a version carries: everything; computed quantities in 1.0 only."""
    if settings.version == FIRST:
        return plate.reactions
    return tuple(replace(reaction, printed_copies=None) for reaction in plate.reactions)


def _dyes(plate: MeasuredPlate, settings: RdmlSettings) -> list[str]:
    if settings.version == FIRST:
        return []
    return [f"<dye id={quoteattr(dye)}/>" for dye in distinct(dye_of(target) for target in plate.targets())]


def _samples(plate: MeasuredPlate) -> list[str]:
    first = {reaction.sample: reaction for reaction in reversed(plate.reactions)}
    return [_sample(first[name]) for name in distinct(reaction.sample for reaction in plate.reactions)]


def _sample(reaction: Reaction) -> str:
    copies = "" if reaction.standard_copies is None else _quantity(reaction.standard_copies)
    return f"<sample id={quoteattr(reaction.sample)}><type>{TYPES[reaction.role]}</type>{copies}</sample>"


def _quantity(copies: Decimal) -> str:
    return f"<quantity><value>{copies:f}</value><unit>cop</unit></quantity>"


def _targets(plate: MeasuredPlate, settings: RdmlSettings) -> list[str]:
    if settings.version == FIRST:
        dyes = {target: f"<dyeId>{escape(dye_of(target))}</dyeId>" for target in plate.targets()}
    else:
        dyes = {target: f"<dyeId id={quoteattr(dye_of(target))}/>" for target in plate.targets()}
    return [f"<target id={quoteattr(target)}><type>toi</type>{dye}</target>" for target, dye in dyes.items()]


def _programme(plate: MeasuredPlate) -> str:
    step = "<step><nr>{}</nr><temperature><temperature>{}</temperature><duration>15</duration></temperature></step>"
    loop = f"<step><nr>3</nr><loop><goto>1</goto><repeat>{plate.cycles}</repeat></loop></step>"
    steps = step.format(1, "95.0") + step.format(2, "60.0") + loop
    return f'<thermalCyclingConditions id="programme">{steps}</thermalCyclingConditions>'


def _plate_format(plate: MeasuredPlate, settings: RdmlSettings) -> str:
    if settings.version == FIRST:
        return "<pcrFormat>free format</pcrFormat>"
    return (
        f"<pcrFormat><rows>{plate.block.rows}</rows><columns>{plate.block.columns}</columns>"
        "<rowLabel>ABC</rowLabel><columnLabel>123</columnLabel></pcrFormat>"
    )


def _reactions(plate: MeasuredPlate, settings: RdmlSettings) -> list[str]:
    by_well: dict[str, list[Reaction]] = {}
    for reaction in plate.reactions:
        by_well.setdefault(reaction.well, []).append(reaction)
    return [_well(plate, well, reactions, settings) for well, reactions in by_well.items()]


def _well(plate: MeasuredPlate, well: str, reactions: list[Reaction], settings: RdmlSettings) -> str:
    number = well if settings.version == FIRST else str(plate.block.number_of(well))
    data = "".join(_data(plate, reaction, settings) for reaction in reactions)
    return f"<react id={quoteattr(number)}><sample id={quoteattr(reactions[0].sample)}/>{data}</react>"


def _data(plate: MeasuredPlate, reaction: Reaction, settings: RdmlSettings) -> str:
    copies = reaction.printed_copies if settings.version == FIRST else None
    points = "".join(
        f"<adp><cyc>{cycle}</cyc><fluor>{SIGNAL}</fluor></adp>" for cycle in (1, plate.cycles // 2, plate.cycles)
    )
    return (
        f"<data><tar id={quoteattr(reaction.target)}/>{_cq(plate, reaction, settings)}"
        f"{'' if copies is None else _quantity(copies)}"
        f"{'<excl>left out by hand</excl>' if reaction.omitted else ''}{points}</data>"
    )


def _cq(plate: MeasuredPlate, reaction: Reaction, settings: RdmlSettings) -> str:
    if reaction.cq is not None:
        return f"<cq>{reaction.cq:f}</cq>"
    written = {Silence.NO_CQ: "", Silence.MINUS_ONE: "<cq>-1</cq>", Silence.CYCLE_COUNT: f"<cq>{plate.cycles}.0</cq>"}
    return written[settings.silence]
