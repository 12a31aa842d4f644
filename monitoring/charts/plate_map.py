"""Where the wells of a run stand: rows and columns of a block of 96 or 384, or the tubes of a rotor in their order."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from string import ascii_uppercase

from monitoring.domain.plate import WellRole
from monitoring.domain.run_wells import RunWell

BLOCKS = ((8, 12), (16, 24))  # rows and columns; the smallest that holds all wells is drawn
MOST_IN_A_CELL = 2  # targets that one cell shows; of more, one target is shown at a time
_POSITION = re.compile(r"([A-P])(\d{1,2})")


class WellMark(StrEnum):
    """What a reaction shows, told by shape and words, not by colour alone."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    LEFT_OUT = "LEFT_OUT"


@dataclass(frozen=True, slots=True)
class CellReaction:
    """One target of one well: `cq` in cycles, None without amplification; `has_finding` where review has to look.

    `standard_copies` are the nominal copies of a standard.
    """

    target: str
    sample: str
    role: WellRole
    cq: Decimal | None
    mark: WellMark
    left_out_because: str
    has_finding: bool
    standard_copies: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One well; empty where nothing was pipetted."""

    position: str
    reactions: tuple[CellReaction, ...]

    @property
    def role(self) -> WellRole | None:
        """What the well is there for."""
        return self.reactions[0].role if self.reactions else None

    @property
    def has_finding(self) -> bool:
        """Whether anything of the well is to be looked at."""
        return any(reaction.has_finding for reaction in self.reactions)


@dataclass(frozen=True, slots=True)
class PlateMap:
    """Rows of cells under columns 1, 2, 3; of a rotor no columns and one row for each tube."""

    columns: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    targets: tuple[str, ...]
    shown_target: str

    @property
    def is_block(self) -> bool:
        """Whether wells have rows and columns."""
        return bool(self.columns)

    @property
    def is_large(self) -> bool:
        """Whether it is a block of 384."""
        return len(self.columns) > BLOCKS[0][1]

    @property
    def filled(self) -> int:
        """How many wells hold something."""
        return sum(bool(cell.reactions) for _label, cells in self.rows for cell in cells)


def plate_map(
    wells: Sequence[RunWell],
    cutoffs: Mapping[str, Decimal],
    findings: frozenset[tuple[str, str]],
    target: str = "",
) -> PlateMap:
    """Return the map; `cutoffs` in cycles by target, `findings` are (sample, target) that review has to look at.

    Where wells were read for more than two targets, `target` is the one shown, else the first.
    """
    targets = tuple(dict.fromkeys(well.reaction.target for well in wells))
    crowded = _most_in_a_well(wells) > MOST_IN_A_CELL
    shown = (target if target in targets else targets[0]) if crowded and targets else ""
    cells: dict[str, list[CellReaction]] = {}
    for well in wells:
        if not shown or well.reaction.target == shown:
            cells.setdefault(well.reaction.well, []).append(_reaction(well, cutoffs, findings))
    columns, rows = _block(cells) or ((), _rotor(cells))
    return PlateMap(columns, rows, targets, shown)


def _reaction(well: RunWell, cutoffs: Mapping[str, Decimal], findings: frozenset[tuple[str, str]]) -> CellReaction:
    reaction = well.reaction
    positive = reaction.cq is not None and reaction.cq < cutoffs[reaction.target]
    seen = WellMark.POSITIVE if positive else WellMark.NEGATIVE
    return CellReaction(
        target=reaction.target,
        sample=reaction.sample,
        role=well.role,
        cq=reaction.cq,
        mark=WellMark.LEFT_OUT if well.left_out_because else seen,
        left_out_because=well.left_out_because,
        has_finding=(reaction.sample, reaction.target) in findings,
        standard_copies=reaction.standard_copies,
    )


def _most_in_a_well(wells: Iterable[RunWell]) -> int:
    counted: dict[str, int] = {}
    for well in wells:
        counted[well.reaction.well] = counted.get(well.reaction.well, 0) + 1
    return max(counted.values(), default=0)


def _block(
    cells: Mapping[str, list[CellReaction]],
) -> tuple[tuple[int, ...], tuple[tuple[str, tuple[Cell, ...]], ...]] | None:
    """Rows and columns, where every well has a letter and a number that a block holds."""
    places = {}
    for position in cells:
        found = _POSITION.fullmatch(position)
        if found is None:
            return None
        places[ascii_uppercase.index(found[1]), int(found[2])] = position
    for row_count, column_count in BLOCKS:
        if all(row < row_count and 1 <= column <= column_count for row, column in places):
            columns = tuple(range(1, column_count + 1))
            labels = ascii_uppercase[:row_count]
            rows = tuple((label, tuple(_cell(f"{label}{column}", cells) for column in columns)) for label in labels)
            return columns, rows
    return None


def _rotor(cells: Mapping[str, list[CellReaction]]) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    ordered = sorted(cells, key=lambda position: (int(position) if position.isdigit() else 0, position))
    return tuple((position, (_cell(position, cells),)) for position in ordered)


def _cell(position: str, cells: Mapping[str, list[CellReaction]]) -> Cell:
    return Cell(position, tuple(cells.get(position, ())))
