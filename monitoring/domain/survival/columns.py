"""Observations from the rows of a csv file: a column of times, one of events (0 or 1), perhaps one of groups."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from monitoring.domain.survival.observations import EVENT, Observation

HEADER_ROW = 1  # the first row of the file, as a spreadsheet counts
CENSORED, HAPPENED = "0", "1"
EVENT_CODES = frozenset({CENSORED, HAPPENED})
LONGEST_NUMBER = 20  # characters of a time; Decimal keeps 28 digits, so differences of two times stay exact


class BadTable(ValueError):
    """The file cannot be used; the sentence names row and column."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns of time, event and, if any, group."""

    time: str
    event: str
    group: str | None = None


def observations_of(lines: Iterable[str], columns: Columns) -> list[Observation]:
    """Return one observation per row, times in the file's own unit; BadTable names row and column at fault."""
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
        places = _places([name.strip().removeprefix("\ufeff") for name in header], columns)
        codes: dict[str, int] = {}
        found = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise BadTable(f"Row {reader.line_num} has {len(cells)} cells, the header has {len(header)}.")
            found.append(_observation(cells, places, columns, reader.line_num, codes))
    except csv.Error as error:
        raise BadTable(f"Row {reader.line_num} is not csv: {error}.") from None
    _check_codes(codes, columns)
    if not found:
        raise BadTable("The file holds no patient below its header.")
    return found


def decimal_of(text: str) -> Decimal | None:
    """Return a plain finite number of at most 20 characters, or None where the text is something else."""
    stripped = text.strip()
    if len(stripped) > LONGEST_NUMBER or "_" in stripped or "e" in stripped.lower():
        return None
    try:
        number = Decimal(stripped)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _places(header: Sequence[str], columns: Columns) -> list[int]:
    places = []
    for name in (columns.time, columns.event, columns.group):
        if name is None:
            continue
        if header.count(name) != 1:
            how_often = "twice" if name in header else "not"
            raise BadTable(f"Row {HEADER_ROW}: column {name} is {how_often} in the header: {_list(header)}.")
        places.append(header.index(name))
    return places


def _observation(
    cells: Sequence[str], places: Sequence[int], columns: Columns, row: int, codes: dict[str, int]
) -> Observation:
    time_text, event_text = cells[places[0]].strip(), cells[places[1]].strip()
    time = decimal_of(time_text)
    if time is None:
        raise BadTable(f"Row {row}, column {columns.time}: {time_text!r} is not a number.")
    if time < 0:
        raise BadTable(f"Row {row}, column {columns.time}: {time_text} is negative.")
    if not event_text.isascii() or not event_text.isdigit():
        raise BadTable(f"Row {row}, column {columns.event}: {event_text!r} is neither 0 (censored) nor 1 (event).")
    codes.setdefault(event_text, row)
    group = "" if columns.group is None else cells[places[2]].strip()
    if columns.group is not None and not group:
        raise BadTable(f"Row {row}, column {columns.group}: there is no group.")
    return Observation(time, EVENT if event_text != CENSORED else None, group)


def _check_codes(codes: dict[str, int], columns: Columns) -> None:
    """More than one cause would need cumulative incidences: a survival that takes them as one must not be printed."""
    other = [code for code in codes if code not in EVENT_CODES]
    if not other:
        return
    row = codes[other[0]]
    if len(codes.keys() - {CENSORED}) > 1:
        raise BadTable(
            f"Row {row}, column {columns.event}: {other[0]} is a second cause of event beside "
            f"{_list([code for code in codes if code not in (CENSORED, other[0])])}; this command estimates survival "
            "from one kind of event, 0 or 1, and competing causes need cumulative incidences."
        )
    raise BadTable(f"Row {row}, column {columns.event}: {other[0]} is neither 0 (censored) nor 1 (event).")


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"
