"""The signs of states and tissues: the very shapes that stand beside the words on the pages."""

import re
from functools import cache

from django.template.loader import render_to_string

SPRITE = "components/sprite.html"
SYMBOL = re.compile(r'<symbol id="i-([\w-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
STYLE = 'fill="none" stroke="currentColor" stroke-width="1.7"'
KNOCKED_OUT = 'stroke="#ffffff"'


@cache
def icons() -> dict[str, str]:
    """Return every sign by name as an SVG in the colour `currentColor`."""
    shapes = SYMBOL.findall(render_to_string(SPRITE))
    return {
        name: f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 18 18"><g {STYLE}>'
        + shape.replace('class="k"', KNOCKED_OUT)
        + "</g></svg>"
        for name, shape in shapes
    }
