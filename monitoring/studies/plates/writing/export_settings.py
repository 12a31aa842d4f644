"""How a laboratory's computer writes a file: encoding, line ends, delimiter, decimal mark, words for no Cq."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

NOT_AMPLIFIED = ("Undetermined", "undetermined", "UNDETERMINED", "Undet.", "No Ct", "NaN", "N/A", "-", "")
QUANTITY_DIGITS = Decimal("0.001")


class Encoding(Enum):
    """Encodings that are met, with the byte order mark that stands before the text."""

    UTF_8 = ("utf-8", b"")
    UTF_8_MARKED = ("utf-8", codecs.BOM_UTF8)
    UTF_16_LE_MARKED = ("utf-16-le", codecs.BOM_UTF16_LE)
    UTF_16_BE_MARKED = ("utf-16-be", codecs.BOM_UTF16_BE)
    UTF_16_LE = ("utf-16-le", b"")
    UTF_16_BE = ("utf-16-be", b"")
    CP1252 = ("cp1252", b"")


class LineEnd(Enum):
    """Windows, Unix, and the old Macintosh."""

    CRLF = "\r\n"
    LF = "\n"
    CR = "\r"


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """One locale of an export.

    `grouping` stands between thousands of quantities (empty: nothing). `cyrillic_t` prints Cт as QuantStudio does,
    which cp1252 cannot hold. `empty_wells` lists the wells of the block that nothing was pipetted into.
    """

    encoding: Encoding = Encoding.UTF_8
    line_end: LineEnd = LineEnd.CRLF
    delimiter: str = ","
    decimal_comma: bool = False
    grouping: str = ""
    not_amplified: str = "Undetermined"
    cyrillic_t: bool = False
    empty_wells: bool = False

    def number(self, value: Decimal | None) -> str:
        """Return a number with its digits as they are, empty for None."""
        text = "" if value is None else f"{value:f}"
        return text.replace(".", ",") if self.decimal_comma else text

    def quantity(self, value: Decimal | None) -> str:
        """Return copies with three decimals, grouped where the locale groups; empty for None."""
        if value is None:
            return ""
        text = f"{value.quantize(QUANTITY_DIGITS):,f}"
        marks = {",": self.grouping, ".": "," if self.decimal_comma else "."}
        return "".join(marks.get(sign, sign) for sign in text)

    def cq(self, value: Decimal | None) -> str:
        """Return a Cq, or this locale's word for none."""
        return self.not_amplified if value is None else self.number(value)

    def ct_heading(self, heading: str = "CT") -> str:
        """Return the heading of the Cq, with the Cyrillic letter where it is asked for."""
        return "Cт" if self.cyrillic_t else heading

    def encode(self, lines: Iterable[str]) -> bytes:
        """Return the lines as the bytes of a file."""
        name, mark = self.encoding.value
        return mark + "".join(f"{line}{self.line_end.value}" for line in lines).encode(name)

    def rows(self, rows: Iterable[Sequence[str]]) -> list[str]:
        """Return rows of a csv as lines, quoted where a cell holds the delimiter."""
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows(rows)
        return out.getvalue().split("\n")[:-1]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One exported file: its name, as some formats name the target there only, and its bytes."""

    name: str
    content: bytes
