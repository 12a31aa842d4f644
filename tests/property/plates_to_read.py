"""Plates and locales that the laws of the readers are tried with."""

from collections.abc import Iterable
from decimal import Decimal

from hypothesis import strategies as st

from monitoring.domain.plate import Reaction, WellRole
from monitoring.studies.plates.block import BLOCK_96, BLOCK_384, Block
from monitoring.studies.plates.measured_plate import MeasuredPlate, with_curves
from monitoring.studies.plates.plate_design import CONTROL_NAMES
from monitoring.studies.plates.plate_targets import TARGETS
from monitoring.studies.plates.writing.export_settings import NOT_AMPLIFIED, Encoding, ExportSettings, LineEnd

Row = tuple[str, str, str, WellRole, Decimal | None, Decimal | None, Decimal | None, bool]

STANDARDS = [Decimal(text) for text in ("10", "100", "1000", "100000", "1000000", "312.5", "7.5", "5314.592")]
MOST_WELLS = 14
OTHER_MARK = "the mark that is not the decimal one"
GROUPINGS = ["", OTHER_MARK, "\u00a0", "'"]
accessions = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["26-", "26/", "=26", "+", "L ", "Lab, 7; "]), st.from_regex(r"[0-9A-Zé]{3,9}", fullmatch=True)
    ),
)


@st.composite
def plates(draw: st.DrawFn) -> MeasuredPlate:
    """Wells of any role, for one to eight targets each, in any order; one at least amplified."""
    block = draw(st.sampled_from([BLOCK_96, BLOCK_384]))
    digits = draw(st.integers(1, 6))
    wells = draw(st.lists(st.sampled_from(block.wells()), min_size=1, max_size=MOST_WELLS, unique=True))
    reactions = [reaction for well in wells for reaction in draw(_of_well(well, digits))]
    first = Reaction(_free(block, wells), "26-FIRST", TARGETS[0], WellRole.SAMPLE, draw(_cqs(digits)))
    reactions = draw(st.permutations([first, *reactions]))
    cycles = draw(st.sampled_from([45, 50]))
    return with_curves(MeasuredPlate("MRD run", tuple(reactions), block, cycles))


def locales() -> st.SearchStrategy[ExportSettings]:
    """Every locale that one file can have."""
    return st.builds(
        _possible,
        st.sampled_from(Encoding),
        st.sampled_from(LineEnd),
        st.sampled_from([(",", False), (";", True), (";", False), ("\t", True), ("\t", False)]),
        st.sampled_from(GROUPINGS),
        st.sampled_from(NOT_AMPLIFIED),
        st.booleans(),
        st.booleans(),
    )


def rows_of(reactions: Iterable[Reaction]) -> list[Row]:
    """Return what is compared: everything but marks and lines, in the order of the file."""
    return [
        (r.well, r.sample, r.target, r.role, r.cq, r.standard_copies, r.printed_copies, r.omitted) for r in reactions
    ]


def _possible(
    encoding: Encoding,
    line_end: LineEnd,
    marks: tuple[str, bool],
    grouping: str,
    silent: str,
    cyrillic: bool,
    empty: bool,
) -> ExportSettings:
    delimiter, decimal_comma = marks
    mark = ("." if decimal_comma else ",") if grouping == OTHER_MARK else grouping
    spoken = cyrillic and encoding is not Encoding.CP1252
    return ExportSettings(encoding, line_end, delimiter, decimal_comma, mark, silent, spoken, empty)


def _free(block: Block, wells: list[str]) -> str:
    return next(well for well in block.wells() if well not in wells)


def _cqs(digits: int) -> st.SearchStrategy[Decimal]:
    return st.integers(8 * 10**digits, 44 * 10**digits).map(lambda number: Decimal(number).scaleb(-digits))


@st.composite
def _of_well(draw: st.DrawFn, well: str, digits: int) -> list[Reaction]:
    role = draw(st.sampled_from(WellRole))
    copies = draw(st.sampled_from(STANDARDS)) if role is WellRole.STANDARD else None
    sample = CONTROL_NAMES.get(role) or (f"Std {copies}" if copies else draw(accessions))
    targets = draw(st.lists(st.sampled_from(TARGETS), min_size=1, max_size=len(TARGETS), unique=True))
    omitted = draw(st.booleans()) and draw(st.booleans())
    return [
        Reaction(well, sample, target, role, draw(st.none() | _cqs(digits)), copies, None, omitted)
        for target in targets
    ]
