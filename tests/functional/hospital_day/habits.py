"""How three laboratory systems write: codes, units, decimal mark, time zone, letters, and which answers they want."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.functional.hospital_day.facts import ABL1_COPIES, LOD_PCT, Level, Moved, Said, Tube

BERLIN = ZoneInfo("Europe/Berlin")
# The code of the assay in LOINC by marker and material (INTEROP: two fusions, marrow and blood).
LOINC = {
    ("RUNX1::RUNX1T1", "BM"): "72208-2", ("RUNX1::RUNX1T1", "PB"): "72207-4",
    ("CBFB::MYH11", "BM"): "72209-0", ("CBFB::MYH11", "PB"): "72210-8",
}  # fmt: skip
MATERIAL = {"BM": "MAR", "PB": "BLD"}
GENE = {"NPM1": "NPM1", "RUNX1::RUNX1T1": "RUNX", "CBFB::MYH11": "CBFB"}


@dataclass(frozen=True, slots=True)
class Habits:
    """One sender; `asks` is what stands in MSH-15 and MSH-16."""

    application: str
    facility: str
    authority: str
    markers: tuple[str, ...]
    version: str = "2.5.1"
    asks: tuple[str, str] = ("", "")
    charset: str = "UNICODE UTF-8"
    encoding: str = "utf-8"
    offset: bool = True
    decimal_comma: bool = False
    as_text: bool = False
    unit: str = "%"
    copies_unit: str = "{copies}"
    units: Mapping[str, str] | None = None
    words: Mapping[str, str] | None = None
    loinc: bool = False
    note: str = "duplicate reactions concordant"

    @property
    def answers(self) -> int:
        """How many answers come to one message."""
        return max(1, sum(map(bool, self.asks)) if "NE" not in self.asks else 1)

    @property
    def letters(self) -> str:
        """The first letters of the answers: accept, application or both."""
        return {("", ""): "A", ("AL", "NE"): "C"}.get(self.asks, "CA")

    @property
    def codes(self) -> dict[str, object]:
        """What its people registered about its codes; LOINC codes need no registration."""
        beside: dict[str, object] = {
            f"ABL1^99{self.application}": {"meaning": "ABL1_COPIES"}, f"LOD^99{self.application}": {"meaning": "LOD"},
            f"COPIES^99{self.application}": {"meaning": "TARGET_COPIES"},
        }  # fmt: skip
        if self.loinc:
            return beside
        return beside | {
            f"{GENE[each]}^99{self.application}": {"meaning": "RATIO", "marker": each} for each in self.markers
        }

    def report(self, said: Said, control: str, written: datetime, processing: str = "P") -> str:
        """Write a result."""
        tube, code = said.tube, said.code or self._code(said.tube)
        taken = f"{tube.collected_on:%Y%m%d}0930{'+0100' if self.offset else ''}"
        clock = self.moment(said.clock)
        unit = self.unit if said.unit is None else said.unit
        kind, value, call = self._value(said.level)
        copies = None if said.level is None else said.level.copies
        with_spm = not self.loinc
        material = MATERIAL[tube.tissue]
        lines = [
            self._header(control, written, "ORU^R01^ORU_R01", processing),
            self._patient(said.number or tube.person.number, tube.person.born_on.strftime("%Y%m%d"), tube.person.sex),
            self._order(tube, taken, "" if with_spm else material, clock, said.status),
            f"OBX|1|{kind}|{code}||{value}|{unit}||{call}|||{said.status}|||{taken}|||||{clock}",
        ]
        if copies is not None:
            lines.append(self._beside(2, "COPIES", str(copies), self.copies_unit, said.status))
        if said.level is not None:
            lines.append(self._beside(3, "ABL1", str(ABL1_COPIES), self.copies_unit, said.status))
            lines.append(self._beside(4, "LOD", self._number(LOD_PCT), self.unit, said.status))
        lines.append(f"NTE|1|L|{self.note}")
        if with_spm:
            accession = said.accession or tube.accession
            lines.append(f"SPM|1|{accession}||{material}|||||||||||||{taken}|")
        return "\r".join(lines) + "\r"

    def about(self, moved: Moved, control: str, written: datetime) -> str:
        """Write a message about a person."""
        born = (moved.born_on or moved.person.born_on).strftime("%Y%m%d")
        lines = [
            self._header(control, written, f"ADT^{moved.event}", "P"), f"EVN||{self.moment(written)}",
            self._patient(moved.number, born, moved.person.sex),
        ]  # fmt: skip
        if moved.old_number:
            lines.append(f"MRG|{moved.old_number}^^^{self.authority}")
        return "\r".join(lines) + "\r"

    def moment(self, at: datetime) -> str:
        """Write a moment: with its offset, or in local time without one."""
        return at.astimezone(BERLIN).strftime("%Y%m%d%H%M%S" + ("%z" if self.offset else ""))

    def _order(self, tube: Tube, taken: str, material: str, clock: str, status: str) -> str:
        numbers = f"O{tube.filler}|{tube.filler}^{self.application}"
        return f"OBR|1|{numbers}|MRD^MRD^99{self.application}|||{taken}||||||||{material}|||||||{clock}|||{status}"

    def _header(self, control: str, written: datetime, kind: str, processing: str) -> str:
        return (
            f"MSH|^~\\&|{self.application}|{self.facility}|MRDDASH|ONC|{self.moment(written)}||{kind}|{control}|"
            f"{processing}|{self.version}|||{self.asks[0]}|{self.asks[1]}||{self.charset}"
        )

    def _patient(self, number: str, born: str, sex: str) -> str:
        return f"PID|1||{number}^^^{self.authority}^MR||||{born}|{sex}"

    def _code(self, tube: Tube) -> str:
        local = f"{GENE[tube.person.marker]}^{tube.person.marker} / ABL1^99{self.application}"
        return f"{local}^{LOINC[tube.person.marker, tube.tissue]}^^LN" if self.loinc else local

    def _value(self, level: Level | None) -> tuple[str, str, str]:
        """Type, value and interpretation of a level; of a retraction the value that deletes."""
        if level is None:
            return "SN", '""', ""
        if level.pct_abl1 is not None:
            number = self._number(level.pct_abl1)
            return ("ST", number, "DET") if self.as_text else ("SN", f"^{number}", "DET")
        if level.call == "NOT_DETECTED" and self.words:
            return "ST", "nicht nachweisbar", ""
        number, call = self._number(LOD_PCT), {"NOT_DETECTED": "ND", "DETECTED": "DET"}[level.call]
        return ("ST", f"<{number}", call) if self.as_text else ("SN", f"<^{number}", call)

    def _number(self, pct_abl1: Decimal) -> str:
        said = pct_abl1 / 100 if self.unit == "{ratio}" else pct_abl1
        text = f"{said.normalize():f}"
        return text.replace(".", ",") if self.decimal_comma else text

    def _beside(self, place: int, code: str, value: str, unit: str, status: str) -> str:
        kind = "ST" if self.as_text else "NM"
        return f"OBX|{place}|{kind}|{code}^{code}^99{self.application}||{value}|{unit}|||||{status}"


MOLIS = Habits("MOLIS", "HAEMLAB", "HOSP", ("NPM1", "CBFB::MYH11"))
LABOR = Habits(
    "LABOR", "KLINIKUM", "KH", ("NPM1", "RUNX1::RUNX1T1"), asks=("AL", "NE"), charset="", encoding="iso8859-1",
    offset=False, decimal_comma=True, as_text=True, unit="Prozent", copies_unit="Kopien",
    units={"Prozent": "%", "Kopien": "{copies}"}, words={"nicht nachweisbar": "NOT_DETECTED"},
    note="Doppelbestimmung stimmt überein",
)  # fmt: skip
GLIMS = Habits(
    "GLIMS", "CENTRAL", "UZ", ("CBFB::MYH11", "RUNX1::RUNX1T1"), version="2.3.1", asks=("AL", "AL"), unit="{ratio}",
    loinc=True,
)  # fmt: skip
SENDERS = {each.application: each for each in (MOLIS, LABOR, GLIMS)}
