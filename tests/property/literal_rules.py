"""The rules read literally, part two: prior NEGATIVE, nadir, R1, R2, confirmation, waiver."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.property.literal_samples import BM, PB, Inputs, Taken


@dataclass(eq=False)
class Found:
    """A candidate or episode."""

    s: Taken
    rule: str
    kind: str
    nadir: Fraction | None
    status: str = "SUSPECTED"
    by: Taken | None = None
    number: int | None = None
    response: dict[str, str] = field(default_factory=dict)
    answered: dict[str, date] = field(default_factory=dict)
    reference: dict[str, tuple[Fraction, str]] = field(default_factory=dict)


@dataclass
class Restart:
    course: int
    t: str
    on: date
    that_day_serves: bool


class Rules(Inputs):
    restarts: list[Restart]

    def here(self, s: Taken) -> list[Taken]:
        """Samples of earlier dates in this course."""
        return [o for o in self.all if o.course == s.course and o.on < s.on]

    def negatives(self, s: Taken) -> list[tuple[str, date]]:
        """NEGATIVEs of this course before s, inherited ones included."""
        own = [(o.t, o.on) for o in self.here(s) if o.cls == "NEGATIVE"]
        return own + [(t, on) for t in (BM, PB) if (on := self.inherited(s.course, t)) is not None]

    def inherited(self, course: int, t: str) -> date | None:
        if course == 0 or self.starts[course - 1][1] != "HSCT":
            return None
        before = [o for o in self.all if o.course == course - 1 and o.t == t and o.evaluable]
        if not before:
            return self.inherited(course - 1, t)
        return before[-1].on if before[-1].cls == "NEGATIVE" else None

    def restarts_of(self, course: int, t: str) -> list[Restart]:
        return [r for r in self.restarts if r.course == course and r.t == t]

    def serves(self, tissue_of_negative: str, on: date, s: Taken) -> bool:
        for t in {tissue_of_negative, s.t}:
            mine = self.restarts_of(s.course, t)
            if mine and (on < mine[-1].on or (on == mine[-1].on and not mine[-1].that_day_serves)):
                return False
        return True

    def prior_negative(self, s: Taken) -> bool:
        tissues = (BM,) if s.t == BM else (BM, PB)
        return any(t in tissues and self.serves(t, on, s) for t, on in self.negatives(s))

    def nadir(self, s: Taken, other_keys: bool = False) -> Fraction | None:
        since = [r.on for r in self.restarts_of(s.course, s.t)]
        mine = [o for o in self.here(s) if o.t == s.t and o.quantified and (not since or o.on >= since[-1])]
        return min((o.floor for o in mine if (o.key != s.key) == other_keys), default=None)

    def lowest(self, s: Taken, since: date, other_keys: bool = False) -> Fraction | None:
        mine = [o for o in self.here(s) if o.t == s.t and o.quantified and o.on >= since]
        return min((o.floor for o in mine if (o.key != s.key) == other_keys), default=None)

    def ten_fold(self, s: Taken, reference: Fraction | None) -> bool:
        return s.detected and s.v is not None and reference is not None and s.v >= 10 * reference

    def r1(self, s: Taken) -> bool:
        return (s.cls == "POSITIVE" if self.rs == "ELN2025" else s.detected) and self.prior_negative(s)

    def r2(self, s: Taken) -> bool:
        return (s.cls == "POSITIVE" if self.rs == "ELN2025" else True) and self.ten_fold(s, self.nadir(s))

    def before_end(self, s: Taken) -> bool:
        return self.end is not None and s.on < self.end

    def level_waives(self, s: Taken) -> bool:
        if not s.detected or s.v is None:
            return False
        if self.rs == "ELN2025":
            return not self.cbf and s.v >= 1
        return self.rs == "TIONG2020" and self.base is not None and 100 * s.v / self.base >= 1

    def confirms(self, s: Taken, c: Found) -> bool:
        i = c.s
        if self.level_waives(s):  # a candidate with an earlier index is open: c
            return True
        if self.rs == "ELN2025":
            return self.r1(s) or (self.r2(s) and not self.before_end(s))
        if c.rule == "R2":
            return s.t == i.t and s.key == i.key and self.ten_fold(s, c.nadir)
        if s.t == i.t:
            return True
        before = [o for o in self.here(i) if o.t == s.t and o.evaluable]
        return self.rs == "ELN2021" and not (before and before[-1].detected)
