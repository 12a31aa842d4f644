"""Where the wells of a run are: a block of 96 or 384 wells, named as people write them, or the tubes of a rotor."""

from dataclasses import dataclass
from string import ascii_uppercase


@dataclass(frozen=True, slots=True)
class Block:
    """Rows A, B, C and columns 1, 2, 3."""

    rows: int
    columns: int

    @property
    def size(self) -> int:
        """Return the number of wells."""
        return self.rows * self.columns

    def wells(self) -> tuple[str, ...]:
        """Return the names of all wells, row by row: A1, A2 to H12."""
        return tuple(f"{row}{column + 1}" for row in ascii_uppercase[: self.rows] for column in range(self.columns))

    def number_of(self, well: str) -> int:
        """Return the number of a well, counted row by row from 1."""
        return ascii_uppercase.index(well[0]) * self.columns + int(well[1:])


BLOCK_96 = Block(8, 12)
BLOCK_384 = Block(16, 24)
