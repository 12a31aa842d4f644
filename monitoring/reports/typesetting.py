"""From a composed report to a PDF, by typst: tagged, in a tenth of a second, without system packages or files.

What is said on a sheet goes in as data and is never part of the program: nothing that people typed can be markup. The
same fonts stand beside this file for every machine, so that every machine sets the same page.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from monitoring.reports.heads import HEADS
from monitoring.reports.icons import icons
from monitoring.reports.sheet import Report

ROOM = Path(__file__).resolve().parent
FONTS = ROOM / "fonts"
TEMPLATE = ROOM / "patient.typ"
ACCESSIBLE: Final[Literal["ua-1"]] = "ua-1"  # PDF/UA-1, ISO 14289-1:2014


def pdf(report: Report, printed_at: datetime) -> bytes:
    """Return the report as a tagged PDF; equal words printed at the same moment give equal bytes.

    It claims PDF/UA-1, unless somebody typed a sign that no font has: such a page shows an empty box in its place and
    makes no claim, since a report that does not come out would be worse.
    """
    import typst  # kept out of processes that print nothing

    content = inputs(report)
    try:
        return _set(content, printed_at, [ACCESSIBLE])
    except typst.TypstError:
        return _set(content, printed_at, [])


def _set(content: dict[str, str], printed_at: datetime, standards: list[Literal["ua-1"]]) -> bytes:
    import typst

    found: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        pdf_standards=[*standards],
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs=content,
        timestamp=int(printed_at.timestamp()),
    )
    return found


def inputs(report: Report) -> dict[str, str]:
    """Return what the template reads: one text, the report as JSON."""
    content: dict[str, Any] = asdict(report) | {
        "heads": {name: str(words) for name, words in HEADS.items()},
        "icons": icons(),
    }
    return {"report": json.dumps(content, ensure_ascii=False)}
