"""The typesetter: fonts that are what they say, every sign there, nothing typed a program, widths as measured."""

import hashlib
import json
import re
import struct
from dataclasses import replace
from pathlib import Path

import pytest
import typst

from monitoring.charts import trajectory_svg_words as paper
from monitoring.reports import typesetting
from monitoring.reports.sheet import Cover, CoverLine, Fact, Notice, Report, Said, Sheet
from tests.reports import pages_of, unpacked
from tests.world import NOW

SIGNS = "éèàùçœÉ «\u202f10⁵ log₁₀ ≥ ≤ → ≈ − – … · × ’ “” µ mg/m²\u00a0% »"
INJECTED = '#panic("x") *bold* _it_ $x^2$ <label> @ref // no /* no */ \\ = head - item `raw` [ ] #{ }'
SHEET = Sheet(
    patient="P-0007",
    facts=[Fact("Born", "14 Mar 1967 (59 y)"), Fact("HSCT", INJECTED)],
    band=Notice("As known yesterday", INJECTED),
    notices=[Notice(INJECTED, SIGNS)],
    marker=None,
    head=INJECTED,
    foot=SIGNS,
)
REPORT = Report("P-0007", "Dr A. Novak", "en", None, [SHEET])


def warnings_of(report: Report) -> list[str]:
    _, found = typst.compile_with_warnings(
        str(typesetting.TEMPLATE), format="pdf", font_paths=[str(typesetting.FONTS)], ignore_system_fonts=True,
        sys_inputs=typesetting.inputs(report), pdf_standards=["ua-1"],
    )  # fmt: skip
    return [str(each) for each in found]


def test_the_fonts_are_those_of_the_manifest() -> None:
    manifest = (typesetting.FONTS / "MANIFEST").read_text(encoding="utf-8")
    listed = {name: digest for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", manifest, flags=re.MULTILINE)}
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in typesetting.FONTS.iterdir()}
    assert listed == {name: digest for name, digest in there.items() if name != "MANIFEST"}
    assert "SIL Open Font License" in (typesetting.FONTS / "LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_sign_is_in_the_fonts_and_nothing_is_warned_of(language: str) -> None:
    assert warnings_of(replace(REPORT, language=language)) == []


def test_a_sign_that_no_font_has_would_be_seen() -> None:
    """PDF/UA refuses a page with a sign that cannot be shown: the test before this one can fail."""
    with pytest.raises(typst.TypstError):
        warnings_of(replace(REPORT, sheets=[replace(SHEET, foot="\U0001f9ec")]))


def test_a_sign_that_no_font_has_costs_the_claim_and_not_the_page() -> None:
    content = typesetting.pdf(replace(REPORT, sheets=[replace(SHEET, foot="\U0001f9ec")]), NOW)
    assert pages_of(content) == 1
    assert b"pdfuaid" not in unpacked(content)
    assert b"pdfuaid" in unpacked(typesetting.pdf(REPORT, NOW))


def test_what_people_typed_is_set_as_text_and_never_evaluated() -> None:
    content = typesetting.pdf(REPORT, NOW)
    assert pages_of(content) == 1
    assert json.loads(typesetting.inputs(REPORT)["report"])["sheets"][0]["facts"][1]["value"] == INJECTED


def test_equal_words_at_one_moment_are_equal_bytes() -> None:
    assert typesetting.pdf(REPORT, NOW) == typesetting.pdf(REPORT, NOW)


def test_a_cover_stands_before_the_patients_and_names_their_pages() -> None:
    lines = [CoverLine(f"P-{n}", "NPM1 type A", Said("Relapse", "confirmed", "confirmed"), ".", n) for n in range(3)]
    cover = Cover("Meeting list", lines, "MRD review", "Supports clinicians.")
    content = typesetting.pdf(replace(REPORT, cover=cover, sheets=[SHEET] * 3), NOW)
    assert pages_of(content) == 4
    assert unpacked(content).count(b"/Subtype/Link") + unpacked(content).count(b"/Subtype /Link") >= 3


def test_a_write_protected_place_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path for path in typesetting.ROOM.rglob("*") if "__pycache__" not in path.parts}
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o500)
    typesetting.pdf(REPORT, NOW)
    tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []
    assert {path for path in typesetting.ROOM.rglob("*") if "__pycache__" not in path.parts} == before


@pytest.mark.parametrize(("name", "bold"), [("Regular", False), ("Semibold", True)])
def test_labels_are_measured_by_the_widths_of_the_font(name: str, bold: bool) -> None:
    font = advances(typesetting.FONTS / f"SourceSansPro-{name}.otf")
    letters = [chr(code) for code in range(32, 127)] + list("éàçÉ⁵₁≥→≈−–…·\u00a0")
    measured = {letter: paper.width(letter, 1000, bold=bold) for letter in letters}
    assert {letter: measured[letter] for letter in letters if abs(measured[letter] - font[letter]) > 20} == {}


def advances(path: Path) -> dict[str, int]:
    """The width of every letter in thousandths of the type size, from the tables of the font (OpenType 1.9)."""
    data = path.read_bytes()
    count = struct.unpack(">H", data[4:6])[0]
    tables = {
        data[12 + 16 * n : 16 + 16 * n]: struct.unpack(">I", data[20 + 16 * n : 24 + 16 * n])[0] for n in range(count)
    }
    units = struct.unpack(">H", data[tables[b"head"] + 18 :][:2])[0]
    metrics = struct.unpack(">H", data[tables[b"hhea"] + 34 :][:2])[0]
    glyphs = glyphs_of(data, tables[b"cmap"])
    start = tables[b"hmtx"]
    return {
        chr(code): struct.unpack(">H", data[start + 4 * min(glyph, metrics - 1) :][:2])[0] * 1000 // units
        for code, glyph in glyphs.items()
    }


def glyphs_of(data: bytes, cmap: int) -> dict[int, int]:
    count = struct.unpack(">H", data[cmap + 2 : cmap + 4])[0]
    places = [cmap + struct.unpack(">I", data[cmap + 8 + 8 * n :][:4])[0] for n in range(count)]
    start = next(place for place in places if struct.unpack(">H", data[place : place + 2])[0] == 12)
    groups = struct.unpack(">I", data[start + 12 :][:4])[0]
    found: dict[int, int] = {}
    for n in range(groups):
        first, last, glyph = struct.unpack(">III", data[start + 16 + 12 * n :][:12])
        found |= {code: glyph + code - first for code in range(first, last + 1)}
    return found
