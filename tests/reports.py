"""Short ways into a report: what was composed, and what stands in the PDF."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from monitoring.reports import typesetting
from monitoring.reports.sheet import Report


@contextmanager
def composing() -> Iterator[list[Report]]:
    """What was composed for the typesetter, report by report."""
    found: list[Report] = []
    as_ever = typesetting.inputs

    def keep(report: Report) -> dict[str, str]:
        found.append(report)
        return as_ever(report)

    with patch.object(typesetting, "inputs", keep):
        yield found


def unpacked(pdf: bytes) -> bytes:
    """Every stream of a PDF without its compression, beside what stands outside of streams."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, flags=re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", unpacked(pdf)))
