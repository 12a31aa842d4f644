"""Names of wells: "A01" and "a1" are A1; a tube of a rotor and a well without a position keep their number."""

import re
from functools import lru_cache

_POSITION = re.compile(r"([A-Za-z]|[Aa][A-Fa-f])0*([1-9][0-9]?)")
_NUMBER = re.compile(r"0*([1-9][0-9]{0,3})(?:\.0+)?")
LAST_COLUMN = 48  # of a plate of 1,536 wells, rows A to AF; no instrument holds a larger one
LAST_NUMBER = 1536
COLUMNS_OF = {96: 12, 384: 24}  # wells of a plate: its columns


@lru_cache(maxsize=4096)
def well_name(text: str) -> str:
    """Return a well as people write it, `A1` or the number of a tube; empty for what cannot be a well."""
    position = _POSITION.fullmatch(text)
    if position is not None:
        return f"{position[1].upper()}{position[2]}" if int(position[2]) <= LAST_COLUMN else ""
    number = _NUMBER.fullmatch(text)
    return number[1] if number is not None and int(number[1]) <= LAST_NUMBER else ""


def position_of(number: str, plate_size: int) -> str:
    """Return the position of a numbered well on a plate of 96 or 384: 13 of 96 is B1; other numbers stay."""
    columns = COLUMNS_OF.get(plate_size)
    if columns is None or not number.isdigit() or int(number) > plate_size:
        return number
    row, column = divmod(int(number) - 1, columns)
    return f"{chr(ord('A') + row)}{column + 1}"
