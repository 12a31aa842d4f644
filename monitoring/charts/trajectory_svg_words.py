"""What a figure on paper says, in the reader's words, and how much room it takes.

The words come by code from the one table that the page uses too; widths are those of the font that the paper is set
in, so that labels can be placed without a browser.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

FONT = "Source Sans Pro"
THOUSANDTHS = 1000
MINUS = "−"
# thousandths of the type size, characters 32 to 126, then some others (head and advance tables of the font, 2.020)
REGULAR = (
    200, 289, 426, 497, 497, 824, 609, 249, 303, 303, 418, 497, 249, 311, 249, 350, 497, 497, 497, 497, 497, 497, 497,
    497, 497, 497, 249, 249, 497, 497, 497, 425, 847, 544, 588, 571, 615, 527, 494, 617, 652, 263, 480, 579, 486, 727,
    647, 664, 566, 664, 569, 534, 536, 645, 515, 786, 513, 476, 539, 303, 350, 303, 497, 500, 542, 504, 553, 456, 555,
    496, 292, 504, 544, 246, 247, 495, 255, 829, 547, 542, 555, 555, 347, 419, 338, 544, 467, 718, 446, 467, 425, 303,
    241, 303, 497,
)  # fmt: skip
SEMIBOLD = (
    200, 315, 482, 513, 513, 841, 639, 275, 324, 324, 438, 513, 275, 322, 275, 344, 513, 513, 513, 513, 513, 513, 513,
    513, 513, 513, 275, 275, 513, 513, 513, 444, 875, 558, 597, 576, 625, 538, 510, 628, 663, 282, 494, 597, 502, 745,
    656, 674, 582, 674, 592, 545, 546, 655, 536, 800, 541, 501, 540, 324, 344, 324, 513, 500, 549, 516, 563, 462, 564,
    507, 317, 520, 558, 262, 263, 522, 271, 843, 560, 549, 564, 564, 373, 431, 361, 556, 495, 748, 481, 495, 443, 324,
    255, 324, 513,
)  # fmt: skip
FIRST_CHARACTER = 32
OTHER = {
    "\u00a0": 203,
    "\u202f": 125,
    "≥": 505,
    "≤": 505,
    "→": 619,
    "≈": 505,
    "−": 505,
    "–": 480,
    "…": 956,
    "·": 262,
    "×": 505,
}
OTHER |= dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂⁻", 370)
UNKNOWN = 560  # a letter of another script


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the figure by code, and how the reader's language writes numbers."""

    said: Mapping[str, str]
    decimal: str = "."
    thousands: str = ","

    def say(self, code: str, **values: Any) -> str:
        """Return the words of a code, its {names} filled in; a code without words stands for itself."""
        text = self.said.get(code, code.partition(".")[2])
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def number(self, plain: str) -> str:
        """Return an exact decimal, given with a point, as the reader writes it: no digit is added or lost."""
        whole, _, fraction = plain.replace("-", MINUS).partition(".")
        grouped = f"{int(whole):,}".replace(",", self.thousands) if whole.isdecimal() else whole
        return f"{grouped}{self.decimal}{fraction}" if fraction else grouped

    def month(self, number: int) -> str:
        """Return the short name of a month, 1 to 12."""
        return self.say(f"month.{number}")

    def day_month(self, iso: str) -> str:
        """Return a day whose year is plain from its surroundings."""
        on = date.fromisoformat(iso)
        return self.say("date.day_month", day=on.day, month=self.month(on.month))

    def day(self, iso: str) -> str:
        """Return a day with its year."""
        on = date.fromisoformat(iso)
        return self.say("date.full", day=on.day, month=self.month(on.month), year=on.year)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is when set in a size, in the unit of that size."""
    return sum(_advance(character, bold) for character in text) * size / THOUSANDTHS


@cache
def _advance(character: str, bold: bool) -> int:
    """A letter with an accent is as wide as without."""
    table = SEMIBOLD if bold else REGULAR
    base = OTHER.get(character) or unicodedata.normalize("NFD", character)[0]
    if isinstance(base, int):
        return base
    place = ord(base) - FIRST_CHARACTER
    return table[place] if 0 <= place < len(table) else UNKNOWN
