"""Table I of Tiong et al., Br J Haematol 2020 (doi:10.1111/bjh.16722), read into types.

The facts stand in tiong2020.csv as printed. Every level is in per cent of the diagnosis sample, in bone marrow.
Cohort 1 is molecular persistence, cohort 2 molecular relapse or progression.
"""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from importlib import resources

from monitoring.domain.terms import Call

NAME = "tiong2020"
NEGATIVE = "MRD Neg"
NONE_PRINTED = "—"
DAYS_PER_MONTH = Decimal("30.4375")  # days; the product's month, 365.25 / 12

_BLOCK = re.compile(r"VEN(?:-(?P<partner>AZA|LDAC))? \(x?(?P<cycles>\d+)(?P<ongoing>\+?)\)")
_MULTIPLE = re.compile(r"\(x(\d+)\)")
_RFS = re.compile(r"(?P<months>\d+\.\d)(?P<mark>\*|†|Rel)")


class NotAsPrinted(Exception):
    """A cell of our own copy of the table does not have the form that the paper uses."""


class Cohort(IntEnum):
    """Why venetoclax was given."""

    MOLECULAR_PERSISTENCE = 1
    MOLECULAR_RELAPSE_OR_PROGRESSION = 2


class RfsMark(IntEnum):
    """How relapse-free survival ended: still relapse-free, relapsed, or died without relapse."""

    CENSORED = 0
    RELAPSED = 1
    DIED = 2


_MARKS = {"*": RfsMark.CENSORED, "Rel": RfsMark.RELAPSED, "†": RfsMark.DIED}


@dataclass(frozen=True, slots=True)
class Block:
    """So many cycles of venetoclax with one partner drug; `partner` AZA, LDAC, or empty for venetoclax alone."""

    partner: str
    cycles: int


@dataclass(frozen=True, slots=True)
class Case:
    """One row of Table I; texts as printed."""

    number: int
    cohort: Cohort
    age: int
    sex: str
    regimen: str
    mutations: tuple[str, ...]
    karyotype: str
    prior_chemotherapy: tuple[str, ...]
    prior_mrd_intervention: str
    pre_venetoclax_pct_baseline: Decimal
    best_response: str
    hsct: str
    hsct_in_text: str
    rfs: str
    status: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The venetoclax cycles in their order."""
        found = tuple(Block(m["partner"] or "", int(m["cycles"])) for m in _BLOCK.finditer(self.regimen))
        if not found:
            raise NotAsPrinted(self.regimen)
        return found

    @property
    def cycles(self) -> int:
        """The number of venetoclax cycles; the least number where treatment was going on."""
        return sum(block.cycles for block in self.blocks)

    @property
    def is_ongoing(self) -> bool:
        """Whether the number of cycles is printed with a plus."""
        return any(match["ongoing"] for match in _BLOCK.finditer(self.regimen))

    @property
    def first_line_cycles(self) -> int:
        """The courses of prior chemotherapy: one each, or as many as "(x2)" says."""
        multiples = [_MULTIPLE.search(course) for course in self.prior_chemotherapy]
        return sum(int(multiple[1]) if multiple else 1 for multiple in multiples)

    @property
    def best_response_call(self) -> Call:
        """What the best sample after venetoclax showed."""
        return Call.NOT_DETECTED if self.best_response == NEGATIVE else Call.DETECTED

    @property
    def best_response_pct_baseline(self) -> Decimal | None:
        """The best level after venetoclax in per cent of diagnosis; None where nothing was detected."""
        return None if self.best_response == NEGATIVE else Decimal(self.best_response)

    @property
    def rfs_months(self) -> Decimal:
        """Relapse-free survival in months, printed with one decimal."""
        return Decimal(self._rfs["months"])

    @property
    def rfs_mark(self) -> RfsMark:
        """How relapse-free survival ended."""
        return _MARKS[self._rfs["mark"]]

    @property
    def _rfs(self) -> re.Match[str]:
        match = _RFS.fullmatch(self.rfs)
        if match is None:
            raise NotAsPrinted(self.rfs)
        return match

    @property
    def was_transplanted_after(self) -> bool:
        """Whether a transplant followed venetoclax."""
        return self.hsct == "Yes"


def read_cases() -> tuple[Case, ...]:
    """Return the twelve cases of Table I; raises NotAsPrinted for a cell that cannot be read."""
    return tuple(_case(row) for row in printed_rows())


def printed_rows() -> list[dict[str, str]]:
    """Return the rows as they are printed, for the record of what was loaded."""
    text = resources.files("monitoring.studies").joinpath("tiong2020.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _case(row: dict[str, str]) -> Case:
    return Case(
        number=int(row["case"]),
        cohort=Cohort(int(row["cohort"])),
        age=int(row["age"]),
        sex=row["sex"],
        regimen=row["regimen"],
        mutations=_list(row["mutations"]),
        karyotype=row["karyotype"],
        prior_chemotherapy=_list(row["prior_chemotherapy"]),
        prior_mrd_intervention=row["prior_mrd_intervention"],
        pre_venetoclax_pct_baseline=Decimal(row["pre_venetoclax_pct_baseline"]),
        best_response=row["best_response"],
        hsct=row["hsct"],
        hsct_in_text=row["hsct_in_text"],
        rfs=row["rfs"],
        status=row["status"],
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)
