"""What a reader decided while it read, counted, to be told beside the run."""

from collections import Counter
from dataclasses import dataclass, field

from monitoring.domain.plate import NoteCode, ReaderNote


@dataclass(slots=True)
class Notes:
    """The decisions of one reading; `detail` keeps the first place or word that shows what was meant."""

    counts: Counter[NoteCode] = field(default_factory=Counter)
    details: dict[NoteCode, str] = field(default_factory=dict)

    def count(self, code: NoteCode, detail: str = "") -> None:
        """Note one more decision of a kind."""
        self.counts[code] += 1
        if detail:
            self.details.setdefault(code, detail)

    def told(self) -> tuple[ReaderNote, ...]:
        """Return the notes in the order of their codes."""
        return tuple(
            ReaderNote(code, self.counts[code], self.details.get(code, "")) for code in NoteCode if self.counts[code]
        )
