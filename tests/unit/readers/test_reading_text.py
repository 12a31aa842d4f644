"""Every text format is recognised from its content, and a large file is read quickly."""

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.plate import FileFormat
from monitoring.readers.reading import TEXT_FORMATS, read_plate, read_text
from monitoring.readers.refusal import FileRefused
from monitoring.readers.source import source_of
from tests.unit.readers.exports import CFX, LIGHTCYCLER, PLAIN, QUANTSTUDIO, ROTOR_GENE, SDS, read

EXPORTS = {
    FileFormat.PLAIN_CSV: PLAIN,
    FileFormat.QUANTSTUDIO_TEXT: QUANTSTUDIO,
    FileFormat.LIGHTCYCLER_TEXT: LIGHTCYCLER,
    FileFormat.CFX_CSV: CFX,
    FileFormat.ROTOR_GENE_CSV: ROTOR_GENE,
    FileFormat.SDS_TEXT: SDS,
}
WELLS = [f"{row}{column}" for row in "ABCDEFGHIJKLMNOP" for column in range(1, 25)]
TARGETS = 261  # 384 wells of each make 100,224 rows
SECONDS = 9  # three times what is asked for: other work shares the machine of the tests


def large_plain() -> str:
    lines = (
        f"{well};26-{at};T{target};;{20 + at % 20},{at % 7}12;"
        for target in range(TARGETS)
        for at, well in enumerate(WELLS)
    )
    return "well;sample;target;role;cq;standard_copies\n" + "\n".join(lines) + "\n"


def large_quantstudio() -> str:
    lines = (
        f"{at + 1}\t{well}\tfalse\t26-{at}\tT{target}\tUNKNOWN\t{20 + at % 20}.{at % 7}12\t1,250.000"
        for target in range(TARGETS)
        for at, well in enumerate(WELLS)
    )
    headings = "Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\tCT\tQuantity\n"
    return "* Instrument Type = ViiA 7\n\n[Results]\n" + headings + "\n".join(lines) + "\n"


def with_long_curves() -> str:
    lines = (f"{at}\t{cycle}\tT1\t0.6\t0.0" for cycle in range(1, 46) for at in range(2_300))
    block = "[Amplification Data]\nWell\tCycle\tTarget Name\tRn\tDelta Rn\n" + "\n".join(lines) + "\n\n"
    return QUANTSTUDIO.replace("[Results]", f"{block}[Results]")


@pytest.mark.parametrize("form", EXPORTS)
def test_every_format_is_recognised_from_its_content(form: FileFormat) -> None:
    assert read_plate(EXPORTS[form].encode(), "misleading.xlsx").format is form


@pytest.mark.parametrize("form", EXPORTS)
def test_the_formats_do_not_claim_each_others_files(form: FileFormat) -> None:
    source = source_of(EXPORTS[form].encode())
    first = next(known for known in TEXT_FORMATS if known.recognises(source))
    assert first.read(source).format is form


@pytest.mark.parametrize(
    ("make", "reactions"), [(large_plain, 100_224), (large_quantstudio, 100_224), (with_long_curves, 3)]
)
def test_a_file_of_100_000_rows_is_read_in_seconds(make: Callable[[], str], reactions: int) -> None:
    content = make().encode()
    started = time.process_time()
    assert len(read_plate(content).reactions) == reactions
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("form", EXPORTS)
def test_no_export_that_was_cut_gives_another_cq(form: FileFormat) -> None:
    whole = {(each.well, each.target): each.cq for each in read(EXPORTS[form]).reactions}
    for end in range(len(EXPORTS[form])):
        try:
            cut = read(EXPORTS[form][:end])
        except FileRefused:
            continue
        assert {(each.well, each.target): each.cq for each in cut.reactions}.items() <= whole.items()


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(FileRefused):
        assert read_text(source_of(text.encode(errors="replace"))).reactions
