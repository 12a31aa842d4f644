"""What an SVG draws, as numbers: every place that its paths go to, and the room that its texts take."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from monitoring.charts.cohort_course_sheet import room

STEP = re.compile(r"([MLHVAZmlhvaz])([^MLHVAZmlhvaz]*)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "A": 7, "Z": 0}


def root_of(svg: str) -> ET.Element:
    """Return the root; raises where it is not well formed."""
    return ET.fromstring(svg)


def named(root: ET.Element, style: str) -> list[ET.Element]:
    """Return what is drawn in a style."""
    return [one for one in root.iter() if style in (one.get("class") or "").split()]


def places(d: str) -> Iterator[tuple[float, float]]:
    """Yield every place that a path goes to."""
    x = y = 0.0
    start = (0.0, 0.0)
    for letter, rest in STEP.findall(d):
        numbers = [float(one) for one in NUMBER.findall(rest)]
        takes = TAKES[letter.upper()]
        if not takes:
            x, y = start
            continue
        for at in range(0, len(numbers), takes):
            x, y = _moved(letter, numbers[at : at + takes], x, y)
            if letter in "Mm":
                start = (x, y)
            yield x, y


def _moved(letter: str, values: list[float], x: float, y: float) -> tuple[float, float]:
    base_x, base_y = (x, y) if letter.islower() else (0.0, 0.0)
    if letter in "Hh":
        return base_x + values[0], y
    if letter in "Vv":
        return x, base_y + values[0]
    return base_x + values[-2], base_y + values[-1]


def outside(svg: str) -> list[str]:
    """Return what lies outside the view box."""
    root = root_of(svg)
    _, _, wide, high = (float(one) for one in (root.get("viewBox") or "").split())
    found = [
        f"{x} {y} of {one.get('class')}"
        for one in root.iter()
        if one.tag.endswith("path")
        for x, y in places(one.get("d") or "")
        if not (-0.1 <= x <= wide + 0.1 and -0.1 <= y <= high + 0.1)
    ]
    for one in root.iter():
        if one.tag.endswith("text"):
            left, right = _reach(one)
            if left < -0.1 or right > wide + 0.1 or not 8 <= float(one.get("y") or 0) <= high:
                found.append(f"{one.text}: {left} to {right} at {one.get('y')}")
    return found


def _reach(one: ET.Element) -> tuple[float, float]:
    taken = room(one.text or "")
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}[one.get("text-anchor") or "start"] * taken
    left = float(one.get("x") or 0) - before
    return left, left + taken
