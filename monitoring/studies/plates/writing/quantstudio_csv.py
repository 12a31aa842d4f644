"""QuantStudio, ViiA 7, saved again as csv: keys without a star, no `[Results]`, rows filled up with delimiters."""

from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.writing.export_settings import ExportSettings, WrittenFile
from monitoring.studies.plates.writing.quantstudio_rows import facts, headings, result_rows

OMIT = ("FALSE", "TRUE")


def write_plate(plate: MeasuredPlate, settings: ExportSettings) -> tuple[WrittenFile, ...]:
    """Return the plate as one csv file."""
    table = [headings(settings), *result_rows(plate, settings, OMIT)]
    width = len(table[0])
    rows = [*([key, value] for key, value in facts(plate)), [], *table]
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    return (WrittenFile(f"{plate.name}.csv", settings.encode(settings.rows(filled))),)
