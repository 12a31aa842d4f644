"""Every text and archive format that plates are written in, with what each of them carries."""

from collections.abc import Callable
from dataclasses import dataclass

from monitoring.domain.plate import FileFormat, Reaction
from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.writing import (
    cfx_csv,
    lightcycler_text,
    plain_csv,
    quantstudio_csv,
    quantstudio_rows,
    quantstudio_text,
    rdml,
    rotor_gene_csv,
    sds_text,
)
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile


@dataclass(frozen=True, slots=True)
class Writer:
    """How a plate is written in one format, and which part of it can be read there again."""

    format: FileFormat
    write: Callable[[MeasuredPlate, ExportSettings], tuple[WrittenFile, ...]]
    carried: Callable[[MeasuredPlate, ExportSettings], tuple[Reaction, ...]]


WRITERS = {
    "QuantStudio text": Writer(FileFormat.QUANTSTUDIO_TEXT, quantstudio_text.write_plate, quantstudio_rows.carried),
    "QuantStudio csv": Writer(FileFormat.QUANTSTUDIO_CSV, quantstudio_csv.write_plate, quantstudio_rows.carried),
    "SDS absolute": Writer(FileFormat.SDS_TEXT, sds_text.write_absolute, sds_text.carried_absolute),
    "SDS relative": Writer(FileFormat.SDS_TEXT, sds_text.write_relative, sds_text.carried_relative),
    "LightCycler": Writer(FileFormat.LIGHTCYCLER_TEXT, lightcycler_text.write_plate, lightcycler_text.carried),
    "CFX": Writer(FileFormat.CFX_CSV, cfx_csv.write_plate, cfx_csv.carried),
    "Rotor-Gene": Writer(FileFormat.ROTOR_GENE_CSV, rotor_gene_csv.write_plate, rotor_gene_csv.carried),
    "RDML": Writer(FileFormat.RDML, rdml.write_plate, rdml.carried),
    "plain csv": Writer(FileFormat.PLAIN_CSV, plain_csv.write_plate, plain_csv.carried),
}
