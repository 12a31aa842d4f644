"""Rows of a table become reactions: one target in one well, with its role, Cq and quantities."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from monitoring.domain.plate import NoteCode, PrintedCurve, Reaction, WellRole
from monitoring.readers.cells import Row
from monitoring.readers.headings import Column, folded
from monitoring.readers.measured import Measured, is_missing
from monitoring.readers.notes import Notes
from monitoring.readers.refusal import FileProblem, FileRefused
from monitoring.readers.roles import role_in_well, role_of
from monitoring.readers.tables import Table, is_yes, well_column, well_of
from monitoring.readers.wells import position_of

# columns in which an instrument flags a well with Y; told as marks
FLAG_COLUMNS = frozenset(
    {"highsd", "outlierrg", "noamp", "expfail", "badrox", "thold", "tholdfail", "blfail", "ctfail", "cqfail",
     "noise", "spike", "nosignal", "offscale", "ampnc", "prfdrop", "prflow", "lme", "hmd", "fos", "naw"}
)  # fmt: skip
RoleTold = Callable[[Table, Row, Measured], WellRole | None]
_NOBODYS = (None, WellRole.SAMPLE)  # what an unused well may be called; a control without a name is a control
_QUIET_STATUS = frozenset({"", "passed", "amp", "ok", "included"})


@dataclass(slots=True)
class Wells:
    """Collects the reactions of one plate, whatever table they stand in; one target stands once in a well."""

    measured: Measured
    cycles: int | None = None
    plate_size: int = 0
    target: str = ""  # where the file names one for all of its rows
    guessed_target: str = ""  # the dye or the channel, where nothing names the target
    reactions: list[Reaction] = field(default_factory=list)
    role_told: RoleTold | None = None
    _seen: set[tuple[str, str]] = field(default_factory=set)

    @property
    def notes(self) -> Notes:
        """Return the notes of the reading."""
        return self.measured.notes

    def read(self, table: Table) -> None:
        """Add the reactions of a table; raises FileRefused with the place of what cannot be read."""
        flags = _flags_of(table)
        for row in table.rows:
            reaction = self._reaction(table, row, flags)
            if reaction is None:
                self.notes.count(NoteCode.WELLS_EMPTY)
                continue
            key = (reaction.well, folded(reaction.target) or reaction.target)
            if key in self._seen:
                raise FileRefused(FileProblem.WELL_TWICE, table.place(row, well_column(table)), " ".join(key))
            self._seen.add(key)
            self.reactions.append(reaction)

    def all_read(self) -> tuple[Reaction, ...]:
        """Return the reactions in the order of the file; raises FileRefused where there is none."""
        if not self.reactions:
            raise FileRefused(FileProblem.NO_REACTIONS)
        return tuple(self.reactions)

    def _reaction(self, table: Table, row: Row, flags: Sequence[int]) -> Reaction | None:
        sample = table.text(row, Column.SAMPLE)
        own_target = table.text(row, Column.TARGET)
        told = (self.role_told or role_in_column)(table, row, self.measured)
        if not sample and told in _NOBODYS and not own_target and is_missing(table.text(row, Column.CQ)):
            return None
        _check_reaches_cq(table, row)
        role, by_name = role_in_well(told, sample)
        given, printed = _quantities(self.measured, table, row, role)
        return Reaction(
            well=position_of(well_of(table, row), self.plate_size),
            sample=sample,
            target=self.target or own_target or self._dye(table, row),
            role=role,
            cq=self.measured.cq(table, row, self.cycles),
            standard_copies=given,
            printed_copies=printed,
            omitted=_omitted(table, row),
            marks=_marks(table, row, flags),
            line=row.line,
            role_by_name=by_name,
        )

    def _dye(self, table: Table, row: Row) -> str:
        """Return the dye in place of a target that is not named; raises FileRefused where there is neither."""
        dye = self.guessed_target or table.text(row, Column.DYE)
        if not dye:
            raise table.refusal(FileProblem.CELL_EMPTY, row, Column.TARGET)
        self.notes.count(NoteCode.TARGET_NOT_NAMED, dye)
        return dye


def printed_curves(table: Table, measured: Measured) -> tuple[PrintedCurve, ...]:
    """Return the curves that the rows of a table repeat, one for each target, from its first row that has them."""
    columns = (Column.SLOPE, Column.INTERCEPT, Column.R2, Column.EFFICIENCY)
    if not any(table.has(column) for column in columns):
        return ()
    curves: dict[str, PrintedCurve] = {}
    for row in table.rows:
        target = table.text(row, Column.TARGET)
        if target and target not in curves:
            slope, intercept, r2, efficiency = (measured.coefficient(table, row, column) for column in columns)
            if slope is not None or intercept is not None:
                curves[target] = PrintedCurve(target, slope, intercept, r2, efficiency)
    return tuple(curves.values())


def _check_reaches_cq(table: Table, row: Row) -> None:
    """Raise FileRefused where a row ends before its Cq: cut off, which is not the same as not amplified."""
    if len(row.cells) <= table.at[Column.CQ]:
        raise table.refusal(FileProblem.TABLE_CUT_OFF, row, Column.CQ)


def role_in_column(table: Table, row: Row, measured: Measured) -> WellRole | None:
    """Return the role in the column of roles, None where it is empty; raises FileRefused for an unknown word."""
    word = table.text(row, Column.ROLE)
    told = role_of(word) if word else None
    if word and told is None:
        raise table.refusal(FileProblem.ROLE_UNKNOWN, row, Column.ROLE)
    return told


def _quantities(measured: Measured, table: Table, row: Row, role: WellRole) -> tuple[Decimal | None, Decimal | None]:
    """Return nominal and computed copies; one column of both is nominal for a standard, computed for the rest."""
    standard = role is WellRole.STANDARD
    given = printed = None
    if table.has(Column.QUANTITY):
        if standard:
            given = measured.nominal(table, row, Column.QUANTITY)
        else:
            printed = measured.copies(table, row, Column.QUANTITY)
    if standard and table.has(Column.GIVEN):
        given = measured.nominal(table, row, Column.GIVEN)
    if table.has(Column.COMPUTED):
        printed = measured.copies(table, row, Column.COMPUTED)
    return given, printed


def _omitted(table: Table, row: Row) -> bool:
    if table.has(Column.INCLUDE):
        return not is_yes(table, row, Column.INCLUDE)
    return table.has(Column.OMIT) and is_yes(table, row, Column.OMIT)


def _flags_of(table: Table) -> tuple[int, ...]:
    return tuple(
        index for index in range(len(table.headings.cells)) if folded(table.headings.text(index)) in FLAG_COLUMNS
    )


def _marks(table: Table, row: Row, flags: Iterable[int]) -> tuple[str, ...]:
    marks = [table.headings.text(index) for index in flags if row.text(index).casefold() in ("y", "yes", "true")]
    status = table.text(row, Column.STATUS)
    if status.casefold() not in _QUIET_STATUS:
        marks.append(status)
    return tuple(marks)
