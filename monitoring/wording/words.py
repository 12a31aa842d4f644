"""A code as it is said: words, and for a state the icon and the tone that stand beside them, never instead."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Tone(StrEnum):
    """The five colours of a state. CONFIRMED, SUSPECTED and OVERDUE are kept for what needs a person."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    OVERDUE = "overdue"
    GOOD = "good"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Word:
    """The words of one code; `meaning` is the sentence that explains it, `icon` names a symbol of the sprite."""

    words: "_StrPromise"
    icon: str = ""
    tone: Tone = Tone.QUIET
    meaning: "_StrPromise | None" = None
