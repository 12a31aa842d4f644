"""Series and verdicts as plain data: what the command line, the interfaces and the stored verdicts share."""

from monitoring.domain.wire.fields import MalformedSeries
from monitoring.domain.wire.lines import Answer, Layout, classify_lines
from monitoring.domain.wire.series import AskedSeries, series_from_dict, series_from_line, series_to_dict
from monitoring.domain.wire.verdicts import answers_to_texts, verdict_from_dict, verdict_to_dict, verdicts_to_texts

__all__ = [
    "Answer",
    "AskedSeries",
    "Layout",
    "MalformedSeries",
    "answers_to_texts",
    "classify_lines",
    "series_from_dict",
    "series_from_line",
    "series_to_dict",
    "verdict_from_dict",
    "verdict_to_dict",
    "verdicts_to_texts",
]
