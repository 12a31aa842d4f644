"""The curve for the sheet: the figure of the page on paper, and its text equivalent."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from monitoring.charts.inputs import Scale
from monitoring.charts.trajectory_svg import trajectory_svg
from monitoring.charts.trajectory_svg_words import Words
from monitoring.reports.sheet import Curve
from monitoring.wording.numbers import marks

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LABELS = "components/trajectory_labels.html"
SHOWN = Scale.PCT_ABL1.value
# what is said under the curve of each mark, where it stands in it
SHAPE_NOTES: Mapping[str, "_StrPromise"] = {
    "NOT_DETECTED": pgettext_lazy(
        "figure",
        "Open triangle: not detected, drawn at that sample’s own limit, never at zero; lines to it are dotted.",
    ),
    "UNQUANTIFIED": pgettext_lazy(
        "figure", "Filled triangle: detected below the limit of quantification, drawn at that limit."
    ),
    "LIMITED": pgettext_lazy("figure", "Dotted triangle: ABL1 below 10,000, counts as nothing."),
    "INDETERMINATE": pgettext_lazy("figure", "Circle with a bar: indeterminate, counts as nothing."),
    "NOT_EVALUABLE": pgettext_lazy("figure", "Cross: not evaluable."),
}


def words() -> Words:
    """Return the words of the figure in the reader's language: those that the page hands to the browser."""
    written = marks()
    return Words(_labels(get_language() or "en"), written.decimal, written.thousands)


@cache
def _labels(language: str) -> Mapping[str, str]:
    block = render_to_string(LABELS, {"id": f"figure-{language}"})
    found: Mapping[str, str] = json.loads(re.sub(r"^.*?<script[^>]*>|</script>\s*$", "", block, flags=re.DOTALL))
    return found


def curve(figure: Mapping[str, Any], title: str, *, is_today: bool, unacknowledged: Collection[str]) -> Curve:
    """Return the curve with what it shows in words, sample by sample."""
    said, meta = words(), figure["layout"]["meta"]
    return Curve(
        svg=trajectory_svg(figure, said, is_today=is_today, unacknowledged=unacknowledged),
        alt=" ".join(_told(meta, title, said)),
        caption=" ".join(_notes(meta)),
    )


def _told(meta: Mapping[str, Any], title: str, said: Words) -> Iterable[str]:
    """Return the text equivalent: every sample with its level or limit, then events and cycles."""
    yield _("Curve of %(marker)s, %% of ABL1 on a logarithmic axis, up to %(day)s.") % {
        "marker": title,
        "day": said.day(meta["as_of"]),
    }
    if not meta["points"]:
        yield said.say("figure.empty")
    for tissue in meta["tissues"]:
        own = (_point(point, said) for point in meta["points"] if point["tissue"] == tissue)
        yield f"{said.say(f'tissue.{tissue}').capitalize()}: {'; '.join(own)}."
    for line in meta["lines"]:
        yield f"{_event(line, meta, said)} {said.day(line['on'])}."
    for cycle in meta["cycles"]:
        yield f"{said.say('cycle.heading', number=cycle['number'], date=said.day(cycle['from']))}."


def _point(point: Mapping[str, Any], said: Words) -> str:
    shape = said.say(f"shape.{point['shape']}")
    if SHOWN not in point["label"]:
        return f"{said.day(point['on'])} {shape}"
    number = said.number(point["label"][SHOWN])
    if point["shape"] == "DETECTED":
        return f"{said.day(point['on'])} {number}"
    return f"{said.day(point['on'])} {shape}, {_('limit %(limit)s') % {'limit': number}}"


def _event(line: Mapping[str, Any], meta: Mapping[str, Any], said: Words) -> str:
    if line["kind"] == "RELAPSE":
        return said.say(f"event.{meta['episodes'][line['episode']]['kind']}")
    return said.say(f"event.{line['kind']}")


def _notes(meta: Mapping[str, Any]) -> Iterable[str]:
    shapes = {point["shape"] for point in meta["points"]}
    yield pgettext("figure", "Filled circle: marrow. Open diamond: blood.")
    yield from (str(note) for shape, note in SHAPE_NOTES.items() if shape in shapes)
    if meta["episodes"]:
        yield pgettext("figure", "One ring: index sample; two: confirming.")
    if meta["cycles"]:
        yield pgettext("figure", "Band: venetoclax cycle; the dark bar is the days really given.")
    if meta["forecast"]:
        yield pgettext("figure", "Shaded: forecast, 95 % interval of the slope; an estimate, never an alert.")
