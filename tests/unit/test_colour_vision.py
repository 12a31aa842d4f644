"""Colours that carry a meaning stay apart, and readable, for every kind of colour vision.

Simulated after Machado, Oliveira and Fernandes 2009 (IEEE Trans Vis Comput Graph 15(6):1291) at full severity, in
linear light; distances are those of CIELAB (delta E 1976), contrast that of WCAG 2.2.
"""

import re
from itertools import combinations, product
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
VISION = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# A difference of 10 is seen at a glance; the shape of the mark and the words say the same a second time.
APART = 10.0
READABLE, SEEN = 4.5, 3.0  # WCAG 1.4.3 for text, 1.4.11 for marks
STATES = ("confirmed", "suspected", "overdue", "good", "quiet")
TISSUES = ("bm", "pb")

Colour = tuple[float, float, float]
NAMES = ("light", "dark of the system", "dark by choice", "print")


def themes() -> dict[str, dict[str, Colour]]:
    """The colours of each theme; paper has those of the light theme but where it says otherwise."""
    blocks = re.findall(r"\{([^{}]*--confirmed:[^{}]*)\}", TOKENS.read_text())
    found = {name: colours(block) for name, block in zip(NAMES, blocks, strict=True)}
    return found | {"print": found["light"] | found["print"]}


def colours(block: str) -> dict[str, Colour]:
    tokens = re.findall(r"--([\w-]+):\s*#([0-9a-f]{6}|[0-9a-f]{3});", block)
    whole = {name: value if len(value) == 6 else "".join(2 * digit for digit in value) for name, value in tokens}
    return {name: (part(value, 0), part(value, 2), part(value, 4)) for name, value in whole.items()}


def part(value: str, at: int) -> float:
    return int(value[at : at + 2], 16) / 255


THEMES = themes()


def linear(colour: Colour) -> list[float]:
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]


def seen_by(vision: str, colour: Colour) -> list[float]:
    light = linear(colour)
    return [min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in VISION[vision]]


def lab(light: list[float]) -> Colour:
    red, green, blue = light
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Colour, other: Colour, vision: str) -> float:
    pairs = zip(lab(seen_by(vision, one)), lab(seen_by(vision, other)), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def contrast(one: Colour, other: Colour) -> float:
    bright = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


def test_the_dark_theme_is_the_same_by_choice_and_by_the_system() -> None:
    assert THEMES["dark of the system"] == THEMES["dark by choice"]


@pytest.mark.parametrize(("theme", "vision"), list(product(THEMES, VISION)))
@pytest.mark.parametrize("names", [STATES, TISSUES], ids=["states", "tissues"])
def test_what_means_something_else_looks_different(theme: str, vision: str, names: tuple[str, ...]) -> None:
    for one, other in combinations(names, 2):
        far = difference(THEMES[theme][one], THEMES[theme][other], vision)
        assert far >= APART, f"{one} and {other}: {far:.1f}"


@pytest.mark.parametrize("theme", THEMES)
def test_states_are_readable_and_marks_are_seen(theme: str) -> None:
    tokens = THEMES[theme]
    for state in STATES:
        for ground in ("paper", "surface", f"{state}-bg"):
            assert contrast(tokens[state], tokens[ground]) >= READABLE, (state, ground)
    for mark, ground in product((*TISSUES, "inert", "threshold"), ("paper", "surface", "band")):
        assert contrast(tokens[mark], tokens[ground]) >= SEEN, (mark, ground)
