"""Files as they come to grief: cut, flipped, shuffled, glued together, saved by the wrong program.

Every damage is a function of a seeded Random: `damaged(NAME, number)` gives the same bytes again.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from random import Random

from monitoring.studies.plates.measured_plate import MeasuredPlate
from monitoring.studies.plates.plate_design import PlatedSample, Replicates, design_plate
from monitoring.studies.plates.plate_targets import NPM1_A
from monitoring.studies.plates.ready_plates import RELAPSE_LEVELS
from monitoring.studies.plates.simulated_cq import measure_plate
from monitoring.studies.plates.writing.export_settings import Encoding, ExportSettings, LineEnd
from monitoring.studies.plates.writing.formats import WRITERS
from monitoring.studies.plates.writing.rdml import VERSIONS, RdmlSettings, Silence, write_rdml
from tests.plates_xlsx import SAVED_AT, XlsxSettings, write_design_analysis, write_quantstudio

Damage = Callable[[bytes, Random], bytes]
LOCALES = (
    ExportSettings(),
    ExportSettings(Encoding.UTF_16_LE_MARKED, delimiter="\t", empty_wells=True),
    ExportSettings(Encoding.CP1252, LineEnd.CR, delimiter=";", decimal_comma=True, grouping=".", not_amplified="NaN"),
    ExportSettings(Encoding.UTF_8_MARKED, LineEnd.LF, grouping=",", not_amplified="N/A", cyrillic_t=True),
)
STRANGE_CELLS = (
    "", "0", "-1", "-5.5", "1e400", "1E+05", "NaN", "Infinity", "-inf", "1,234", "1.234,5", "12.34.56", "99999999999",
    "=cmd()", "٣٤", "½", "A0", "A01", "Z99", "AF48", "H13", "TRUE", "x" * 300, '"', "'", "\u202e", "\ufeff", "\u0000",
    "Undetermined", "Cт", "STANDARD", "NTC", "١", "1_000", " 36 ", "+36.1", "36.1 ", "0x1F", "1e-400", "36,1",
)  # fmt: skip
FEW, MANY = 1, 8  # how often a damage is done at once
OUTSIDE = 0.25  # of the damages of an archive are done to the archive itself, not to a member
MEGABYTE = 1024 * 1024
FORMATS = (*WRITERS, "QuantStudio xlsx", "Design & Analysis xlsx")


@cache
def originals() -> Mapping[str, tuple[bytes, ...]]:
    """Return some good files of each format, small so that much can be tried."""
    plate = _small_plate()
    files = {
        name: tuple(writer.write(plate, told)[0].content for told in LOCALES)
        for name, writer in WRITERS.items()
        if name != "RDML"
    }
    files["RDML"] = tuple(
        write_rdml(plate, RdmlSettings(version, silence))[0].content
        for version, silence in zip(VERSIONS, [*Silence, *Silence], strict=False)
    )
    few = replace(plate, reactions=plate.reactions[::3])  # sheets are slow to write
    spellings = (XlsxSettings(), XlsxSettings(numbers_as_text=True, empty_wells=True))
    files["QuantStudio xlsx"] = tuple(write_quantstudio(few, told)[0].content for told in spellings)
    files["Design & Analysis xlsx"] = tuple(write_design_analysis(few, told)[0].content for told in spellings)
    return files


def damaged(name: str, number: int) -> bytes:
    """Return the damaged file of this format and number, always the same."""
    rng = Random(f"{name} {number}")
    content = rng.choice(originals()[name])
    damage = rng.choice(DAMAGES)
    if not content.startswith(b"PK"):
        return damage(content, rng)
    return (
        damage(content, rng) if rng.random() < OUTSIDE else _inside(content, rng.choice((*DAMAGES, *XML_DAMAGES)), rng)
    )


def huge(name: str) -> bytes:
    """Return a file of 100 MB that begins as one of this format."""
    content = originals()[name][0]
    return content + b"\r\n" * (50 * MEGABYTE) if not content.startswith(b"PK") else content + bytes(100 * MEGABYTE)


def ill_meant(name: str) -> bytes:
    """Return an archive that is made to hurt, by its name in ILL_MEANT."""
    return _zipped(ILL_MEANT[name]())


def _bomb() -> bytes:
    return bytes(100 * MEGABYTE)


def _laughs() -> bytes:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(12))
    return f"<!DOCTYPE rdml [{laughs}]><rdml>&l11;</rdml>".encode()


_FOREIGN = b'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><rdml version="1.2">&f;</rdml>'
_NOTHING = b"<rdml version='1.2'/>"
ILL_MEANT: Mapping[str, Callable[[], Mapping[str, bytes]]] = {
    "a bomb as RDML": lambda: {"rdml_data.xml": b"<rdml version='1.2'>" + _bomb()},
    "a bomb beside RDML": lambda: {"rdml_data.xml": _NOTHING, "more.bin": _bomb()},
    "a bomb as a sheet": lambda: {"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": _bomb()},
    "a path that leaves": lambda: {"../../rdml_data.xml": _NOTHING},
    "an absolute path": lambda: {"/etc/rdml_data.xml": _NOTHING},
    "a billion laughs": lambda: {"rdml_data.xml": _laughs()},
    "a file of the machine": lambda: {"rdml_data.xml": _FOREIGN},
    "an archive in an archive": lambda: {"rdml_data.xml": originals()["RDML"][0]},
    "twenty thousand members": lambda: {f"{number}.xml": b"" for number in range(20_000)},
    "deeply nested elements": lambda: {"rdml_data.xml": b'<rdml version="1.2">' + b"<a>" * 200_000},
}


def _small_plate() -> MeasuredPlate:
    samples = [PlatedSample(f"26-{i:05d}", NPM1_A, *level) for i, level in enumerate(RELAPSE_LEVELS[3:6], 1)]
    wells = Replicates(target=2, abl1=1, standard=1, control=1)
    return measure_plate(design_plate("MRD run", samples, replicates=wells), Random(26))


def _cut(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content))]


def _beheaded(content: bytes, rng: Random) -> bytes:
    return content[rng.randrange(len(content)) :]


def _flipped(content: bytes, rng: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(FEW, MANY)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _with_bytes_more(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.randbytes(rng.randint(FEW, MANY)) + content[at:]


def _with_bytes_less(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + content[at + rng.randint(FEW, 200) :]


def _with_a_line_twice(content: bytes, rng: Random) -> bytes:
    lines = _lines(content)
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return b"".join(lines)


def _with_a_line_less(content: bytes, rng: Random) -> bytes:
    lines = _lines(content)
    del lines[rng.randrange(len(lines))]
    return b"".join(lines)


def _with_lines_swapped(content: bytes, rng: Random) -> bytes:
    lines = _lines(content)
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _with_strange_cells(content: bytes, rng: Random) -> bytes:
    separator = max((b"\t", b";", b",", b">"), key=content.count)
    cells = content.split(separator)
    for _ in range(rng.randint(FEW, MANY)):
        strange = rng.choice(STRANGE_CELLS)
        cells[rng.randrange(len(cells))] = strange.encode("utf-16-le" if b"\x00" in content[:8] else "utf-8")
    return separator.join(cells)


def _with_a_column_twice(content: bytes, rng: Random) -> bytes:
    separator = max((b"\t", b";", b","), key=content.count)
    column, more = rng.randrange(12), rng.random() < 0.5
    lines = [line.split(separator) for line in _lines(content)]
    return b"".join(
        separator.join(line[:column] + (line[column - 1 :] if more else line[column + 1 :])) for line in lines
    )


def _glued(content: bytes, rng: Random) -> bytes:
    other = rng.choice(originals()[rng.choice(list(originals()))])
    return rng.choice((content + other, other + content, content[: len(content) // 2] + other))


def _in_another_encoding(content: bytes, rng: Random) -> bytes:
    text = content.decode(rng.choice(("utf-8", "cp1252", "utf-16-le")), errors="replace")
    return text.encode(rng.choice(("utf-8", "utf-16", "utf-32", "cp1252", "utf-7", "cp037")), errors="replace")


def _next_to_nothing(content: bytes, rng: Random) -> bytes:
    return rng.choice(
        (b"", b" \r\n\t", b"\x00" * 50, content[:2], content[:1], b"\xff\xfe", b"PK\x03\x04", b"\xef\xbb\xbf\n")
    )


def _noise(content: bytes, rng: Random) -> bytes:
    return rng.choice((b"", content[:40])) + rng.randbytes(rng.randrange(2_000))


DAMAGES: tuple[Damage, ...] = (
    _cut, _cut, _beheaded, _flipped, _flipped, _with_bytes_more, _with_bytes_less, _with_a_line_twice,
    _with_a_line_less, _with_lines_swapped, _with_strange_cells, _with_strange_cells, _with_strange_cells,
    _with_a_column_twice, _glued, _in_another_encoding, _next_to_nothing, _noise,
)  # fmt: skip


def _with_strange_text(content: bytes, rng: Random) -> bytes:
    """Return XML that is well formed and says something else: texts and attributes are replaced."""
    places = [match.span(1) for match in _SAID.finditer(content)]
    for start, end in sorted(rng.sample(places, min(len(places), rng.randint(FEW, MANY))), reverse=True):
        said = rng.choice(STRANGE_CELLS).replace("\u0000", "").replace('"', "&quot;").encode()
        content = content[:start] + said + content[end:]
    return content


def _with_an_element_less(content: bytes, rng: Random) -> bytes:
    start, end = _an_element(content, rng)
    return content[:start] + content[end:]


def _with_an_element_twice(content: bytes, rng: Random) -> bytes:
    start, end = _an_element(content, rng)
    return content[:end] + content[start:]


def _with_an_element_elsewhere(content: bytes, rng: Random) -> bytes:
    start, end = _an_element(content, rng)
    element, rest = content[start:end], content[:start] + content[end:]
    at = rng.choice([match.start() for match in _OPENED.finditer(rest)] or [0])
    return rest[:at] + element + rest[at:]


def _an_element(content: bytes, rng: Random) -> tuple[int, int]:
    """Return where an element stands: one without others inside, or a row with all its cells."""
    found = [match.span() for match in rng.choice((_LEAF, _GROUP)).finditer(content)]
    return rng.choice(found) if found else (0, 0)


_SAID = re.compile(rb'(?<=[>"])([^<>"]+)(?=[<"])')
_OPENED = re.compile(rb"<[A-Za-z]")
_LEAF = re.compile(rb"<([A-Za-z]+)(?: [^<>]*)?(?:/>|>[^<]*</\1>)")
_GROUP = re.compile(rb"<(row|react|data|sample|target|run|pcrFormat|step)[ >].*?</\1>", re.DOTALL)
XML_DAMAGES: tuple[Damage, ...] = (
    _with_strange_text, _with_strange_text, _with_strange_text, _with_strange_text, _with_an_element_less,
    _with_an_element_less, _with_an_element_twice, _with_an_element_twice, _with_an_element_elsewhere,
    _with_an_element_elsewhere,
)  # fmt: skip


def _lines(content: bytes) -> list[bytes]:
    """Return the lines with their ends; of XML without line breaks its elements."""
    lines = content.splitlines(keepends=True)
    return lines if len(lines) > MANY else [part + b">" for part in content.split(b">")] or [b""]


def _inside(content: bytes, damage: Damage, rng: Random) -> bytes:
    """Return an archive that is whole, one member of which is damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    told = [name for name in members if "sheet" in name or "shared" in name.casefold() or "rdml" in name]
    name = rng.choice(told if rng.random() < 0.9 else list(members))
    members[name] = damage(members[name] or b" ", rng)
    return _zipped(members)


def _zipped(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, SAVED_AT), content, zipfile.ZIP_DEFLATED, compresslevel=1)
    return packed.getvalue()
