"""The words of the figure: every code that the figure or its scripts may say has a label."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from monitoring.charts.episodes import Tone
from monitoring.charts.inputs import EventKind, Scale
from monitoring.charts.marks import BASELINE, Shape
from monitoring.domain.terms import (
    CourseStart,
    EpisodeKind,
    EpisodeStatus,
    FlagCode,
    RuleSetId,
    SampleClass,
    Timepoint,
    Tissue,
)
from monitoring.models.choices import PartnerDrugChoice

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [ROOT / "static/js/trajectory.js", *sorted((ROOT / "static/js/trajectory").glob("*.js"))]
SAID = re.compile(r'\b(?:say|tell)\("([^"]+)"')
OF_THE_SERIES = {FlagCode.END_OF_TREATMENT_MISSING, FlagCode.SAMPLE_OVERDUE, FlagCode.RULESETS_DISAGREE}
CODES: dict[str, Iterable[Any]] = {
    "scale": Scale,
    "scale.short": Scale,
    "quantity": Scale,
    "level": Scale,
    "level.other": Scale,
    "tissue": Tissue,
    "tissue.short": Tissue,
    "shape": Shape,
    "class": SampleClass,
    "ruleset": RuleSetId,
    "event": EventKind,
    "kind": EpisodeKind,
    "status": EpisodeStatus,
    "timepoint": Timepoint,
    "partner": [code for code in PartnerDrugChoice.values if code],
    "remark": [*(set(FlagCode) - OF_THE_SERIES), BASELINE, "CONSTRUCTED"],
    "window": ["ALL", "SIX_MONTHS", *(f"SINCE_{start}" for start in CourseStart)],
    "origin": ["DIAGNOSIS", "HSCT", "RELAPSE", "CYCLE_1"],
    "absent": ["NO_BASELINE", "OTHER_ASSAY"],
    "month": range(1, 13),
}


def labels(language: str) -> dict[str, str]:
    with translation.override(language):
        block = render_to_string("components/trajectory_labels.html", {"id": "labels"})
    found = re.search(r'<script type="application/json" id="labels">(.*?)</script>', block, re.DOTALL)
    assert found is not None
    told: dict[str, Any] = json.loads(found.group(1))
    return told


@pytest.mark.parametrize("group", CODES)
def test_every_code_has_a_label(group: str) -> None:
    known = labels("en")
    assert not [code for code in CODES[group] if not known.get(f"{group}.{getattr(code, 'value', code)}")]


def test_relapse_dates_have_a_label_for_every_kind() -> None:
    known = labels("en")
    assert {f"event.{kind.value}" for kind in EpisodeKind} <= set(known)
    assert f"event.{Tone.SUSPECTED.value}" in known


def test_the_scripts_say_nothing_that_has_no_label() -> None:
    said = {code for script in SCRIPTS for code in SAID.findall(script.read_text(encoding="utf-8"))}
    assert len(said) > 40
    assert said <= set(labels("en"))


def test_no_label_carries_markup_that_the_policy_would_refuse() -> None:
    markup = re.compile(r"<(?!br>)")
    assert not [code for code, text in labels("en").items() if markup.search(text)]


def test_a_label_cannot_end_its_block() -> None:
    block = render_to_string("components/trajectory_labels.html", {"id": "labels"})
    assert block.count("</script>") == 1
    assert "not detected,\\u003Cbr\\u003E" in block


@pytest.mark.parametrize("language", ["en", "fr"])
def test_placeholders_survive_translation(language: str) -> None:
    placeholder = re.compile(r"\{(\w+)\}")
    english = labels("en")
    for code, text in labels(language).items():
        assert set(placeholder.findall(text)) == set(placeholder.findall(english[code])), code
    assert labels(language)["language"] == language
