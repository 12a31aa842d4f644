"""The levels of the rule sets on paper: how they are grouped and what they are called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitoring.charts.inputs import Scale
from monitoring.charts.trajectory_svg_words import Words

SHOWN = Scale.PCT_ABL1.value
SAME_HEIGHT = ".6g"


@dataclass(frozen=True, slots=True)
class Level:
    """One horizontal line: its height in % of ABL1, whether it is of the figure's rule set, its name, whose it is."""

    pct_abl1: float
    is_own: bool
    name: str
    by: str


def levels(meta: Mapping[str, Any], words: Words) -> list[Level]:
    """Return the lines of equal height as one level; a tissue is named where the level is not the same for both."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for line in meta["thresholds"]:
        if SHOWN in line["y"]:
            groups.setdefault(format(line["y"][SHOWN], SAME_HEIGHT), []).append(line)
    return [_level(lines, meta["tissues"], words) for lines in groups.values()]


def _level(lines: Sequence[Mapping[str, Any]], sampled: Sequence[str], words: Words) -> Level:
    name = ", ".join(dict.fromkeys(_value(line, words) for line in lines))
    if not _is_of_every_tissue(lines, sampled):
        tissue = words.say(f"tissue.short.{lines[0]['tissue']}")
        code = "label.level" if lines[0]["scale"] == SHOWN else "label.level_of_other_scale"
        name = words.say(code, level=name, tissue=tissue)
    by = _joined(dict.fromkeys(words.say(f"ruleset.{line['ruleset']}") for line in lines))
    if all(line["code"] == "WAIVER" for line in lines):
        by = words.say("label.waiver", ruleset=by)
    return Level(lines[0]["y"][SHOWN], any(line["own"] for line in lines), name, by)


def _is_of_every_tissue(lines: Sequence[Mapping[str, Any]], sampled: Sequence[str]) -> bool:
    if len({line["tissue"] for line in lines}) > 1:
        return True
    of_ruleset = {(line["ruleset"], line["tissue"]) for line in lines}
    rulesets = {ruleset for ruleset, _ in of_ruleset}
    return bool(sampled) and any(all((one, tissue) in of_ruleset for tissue in sampled) for one in rulesets)


def _value(line: Mapping[str, Any], words: Words) -> str:
    """On another axis than its own a level says of what it is."""
    code = f"level.{SHOWN}" if line["scale"] == SHOWN else f"level.other.{line['scale']}"
    return words.say(code, number=words.number(line["value"]))


def _joined(names: Iterable[str]) -> str:
    """Return `ELN 2021, 2022` for two editions of one family."""
    text = ""
    for name in names:
        family, _, edition = name.rpartition(" ")
        text = f"{text}, {edition if text.startswith(f'{family} ') else name}" if text else name
    return text
