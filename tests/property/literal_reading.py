"""The rules read literally, part three: a series from its first sample to its last.

Written from the text alone, clause by clause and slowly, with fractions and whole lists instead of scaled numbers and
running state; it shares nothing with the engine but the words. A second opinion that the engine is compared with.
"""

from datetime import date, timedelta

from monitoring.domain.series import Series
from tests.property.literal_rules import Found, Restart, Rules
from tests.property.literal_samples import BM, INERT, PB, Taken

DAYS_28 = timedelta(28)


class Reader(Rules):
    def __init__(self, series: Series, rs: str, as_of: date | None) -> None:
        super().__init__(series, rs, as_of)
        self.restarts = []
        self.flags: list[tuple[str, date | None, str | None]] = []
        self.found: list[Found] = []
        self.confirmations: list[Found] = []
        self.candidates: dict[str, Found] = {}
        self.episode: Found | None = None
        self.course = 0

    def treated(self, first: date, second: date) -> bool:
        return any(first - DAYS_28 <= day < second for day in self.treatments)

    def detected_since_index(self, e: Found, t: str, until: date) -> bool:
        return any(o.t == t and o.detected and e.s.on <= o.on <= until and o.course == e.s.course for o in self.all)

    def concerned(self, t: str, s: Taken) -> bool:
        """Whether a NEGATIVE speaks for a tissue."""
        against = any(o.t == PB and o.detected and s.on - DAYS_28 <= o.on <= s.on for o in self.all)
        return t == s.t or (s.t == BM and not against)

    def unconfirmed(self, c: Found, day: date) -> None:
        c.status = "TREATED_UNCONFIRMED" if self.treated(c.s.on, day) else "NOT_CONFIRMED"
        del self.candidates[c.s.t]

    def flag(self, code: str, s: Taken) -> None:
        self.flags.append((code, s.on, s.id))

    def confirm(self, c: Found, s: Taken) -> None:
        for other in self.candidates.values():
            if other is not c:
                other.status = "ABSORBED"
        self.candidates = {}
        self.confirmations.append(c)
        c.status, c.by, c.number = "CONFIRMED", s, len(self.confirmations)
        self.episode = c

    def take_negative(self, s: Taken) -> None:
        for c in [c for t, c in self.candidates.items() if c.s.on < s.on and self.concerned(t, s)]:
            self.unconfirmed(c, s.on)
        e = self.episode
        if e is None or e.by is None or e.by.on >= s.on:
            return
        for t in (BM, PB):
            responds = self.concerned(t, s) and self.detected_since_index(e, t, s.on)
            if responds and e.response.get(t) != "NEGATIVITY":
                e.response[t], e.answered[t] = "NEGATIVITY", s.on
                self.restarts.append(Restart(s.course, t, s.on, that_day_serves=True))

    def follow(self, e: Found, s: Taken) -> str | None:
        starts = [day for day in self.treatments if e.s.on <= day < s.on]
        if starts:
            part = self.on_therapy(e, s, max(starts))
            if part is not None:
                return part
        if self.ten_fold(s, self.lowest(s, e.s.on)):
            self.flag("RISING_IN_EPISODE", s)
            return "RISE"
        if self.ten_fold(s, self.lowest(s, e.s.on, other_keys=True)):
            self.flag("RISE_ACROSS_ASSAYS", s)
        return None

    def on_therapy(self, e: Found, s: Taken, start: date) -> str | None:
        before = [o for o in self.here(s) if o.t == s.t and o.evaluable and o.on <= start]
        mine = [o for o in before if o.quantified and o.key == s.key and o.on >= e.s.on]
        reference = mine[-1].v if mine and before[-1].cls != "NEGATIVE" else None
        today = [o for o in self.all if o.on == s.on and o.t == s.t and o.key == s.key and o.detected]
        levels = [o.to_compare for o in today if o.to_compare is not None]
        if reference is not None and s.to_compare is not None and all(level <= reference / 10 for level in levels):
            e.response[s.t], e.answered[s.t] = "REDUCTION", s.on
            e.reference[s.t] = (reference, s.key)
            self.restarts.append(Restart(s.course, s.t, s.on, that_day_serves=False))
            return "RESPONSE"
        if self.ten_fold(s, reference) or self.ten_fold(s, self.lowest(s, start)):
            self.flag("PROGRESSION_ON_THERAPY", s)
            return "RISE"
        return None

    def examine(self, s: Taken) -> str | None:
        earlier = [c for c in self.candidates.values() if c.s.on < s.on]
        confirmed = [c for c in earlier if self.confirms(s, c)]
        if confirmed:
            self.confirm(min(confirmed, key=lambda c: (c.s.on, c.s.t != BM)), s)
            return "CONFIRMING"
        for c in earlier:
            if c.s.t == s.t and (self.rs == "ELN2025" or (c.rule == "R2" and c.s.key == s.key)):
                self.unconfirmed(c, s.on)
        if s.t in self.candidates:
            return None
        if self.r1(s) or (self.r2(s) and not self.before_end(s)):
            self.trigger(s, "R1" if self.r1(s) else "R2")
            return "INDEX"
        if self.r2(s):
            self.flag("RISING_ON_THERAPY", s)
            return "RISE"
        if self.ten_fold(s, self.nadir(s, other_keys=True)):
            self.flag("RISE_ACROSS_ASSAYS", s)
        return None

    def trigger(self, s: Taken, rule: str) -> None:
        nadir = self.nadir(s)
        low = self.rs != "TIONG2020" and nadir is not None and nadir < self.threshold(s.t)
        kind = "MOLECULAR_RELAPSE" if rule == "R1" or low else "MOLECULAR_PROGRESSION"
        c = Found(s, rule, kind, nadir)
        self.found.append(c)
        if self.level_waives(s):
            self.confirm(c, s)
        else:
            self.candidates[s.t] = c

    def take_detected(self, s: Taken) -> None:
        prior, e = self.prior_negative(s), self.episode
        course = [o for o in self.all if o.course == s.course and o.t == s.t and o.detected]
        if s.course and self.starts[s.course - 1][1] == "HSCT":
            if course[0] is s and not prior:
                self.flag("POST_HSCT_POSITIVE", s)
            if (s.on - self.starts[s.course - 1][0]).days <= 100:
                self.flag("EARLY_POST_HSCT", s)
        if s.v is None:
            self.flag("UNQUANTIFIED", s)
        part = self.follow(e, s) if e is not None and s.t not in e.response else self.examine(s)
        if e is None:
            self.flag_outside(s, part, prior)
        self.flag_lost(s)

    def flag_outside(self, s: Taken, part: str | None, prior: bool) -> None:
        acted = part in ("INDEX", "CONFIRMING")
        better = any(o.cls in ("NEGATIVE", "LOW_LEVEL") and o.on < s.on for o in self.all)
        if self.rs != "TIONG2020" and s.cls == "POSITIVE" and not acted and (not self.before_end(s) or better):
            self.flag("HIGH_LEVEL", s)
        first = not any(o.t == s.t and o.detected for o in self.here(s))
        looked = any(o.cls == "LIMITED_NEGATIVE" for o in self.here(s))
        looked = looked or any(t != s.t for t, _ in self.negatives(s))
        if not acted and s.t not in self.candidates and first and not prior and looked:
            self.flag("DETECTED_AFTER_LIMITED", s)

    def flag_lost(self, s: Taken) -> None:
        last = self.confirmations[-1] if self.confirmations else None
        if last is None or last.response.get(s.t) != "REDUCTION" or s.v is None:
            return
        reference, key = last.reference[s.t]
        since = last.answered[s.t]
        before = self.all[: self.all.index(s)]
        cleared = any(o.t == s.t and o.cls == "NEGATIVE" and since <= o.on for o in before)
        if key == s.key and s.on > since and not cleared and s.v >= reference / 2:
            self.flag("RESPONSE_LOST", s)

    def take_inert(self, s: Taken) -> None:
        self.flag("REPEAT_SAMPLE", s)
        if s.call == "UNKNOWN":
            self.flag("REVIEW_VALUE", s)
        if s.call == "DETECTED" or (s.call == "INDETERMINATE" and self.prior_negative(s)):
            self.flag("TARGET_SEEN_INADEQUATE", s)

    def take(self, s: Taken) -> None:
        if s.evaluable:
            before = [o for o in self.all[: self.all.index(s)] if o.course == s.course and o.t == s.t and o.evaluable]
            if before and before[-1].key != s.key:
                self.flag("ASSAY_CHANGED", s)
        if s.cls == "NEGATIVE":
            self.take_negative(s)
        elif s.detected:
            self.take_detected(s)
        elif s.cls in INERT:
            self.take_inert(s)

    def settle(self, day: date) -> None:
        e = self.episode
        if e is None or not e.response:
            return
        if any(self.detected_since_index(e, t, day) and t not in e.response for t in (BM, PB)):
            e.status = "PARTLY_RESPONDED"
        else:
            done = self.treated(e.s.on, max(e.answered.values()))
            e.status = "RESPONDED" if done else "REMITTED_UNTREATED"
            self.episode = None

    def enter_course(self, course: int) -> None:
        while self.course < course:
            self.course += 1
            self.close_all()
            self.episode = None

    def close_all(self) -> None:
        for c in self.candidates.values():
            c.status = "CLOSED_BY_EVENT"
        self.candidates = {}

    def read(self) -> "Reader":
        for position, s in enumerate(self.all):
            self.enter_course(s.course)
            self.take(s)
            if not any(o.on == s.on for o in self.all[position + 1 :]):
                self.settle(s.on)
        self.enter_course(len(self.starts))
        if self.death:
            self.close_all()
        self.flag_series()
        return self

    def flag_series(self) -> None:
        marrow = [s for s in self.all if s.t == BM and s.evaluable]
        if self.rs == "TIONG2020":
            for s in [s for s in marrow if not self.before_end(s)][:1]:
                if s.detected:
                    self.flag("PERSISTENCE", s)
        else:
            self.flag_end_of_treatment(marrow)
        for c in self.candidates.values():
            if self.as_of is not None and self.as_of - c.s.on > DAYS_28:
                self.flag("CONFIRMATION_OVERDUE", c.s)
        if self.end is None:
            self.flags.append(("END_OF_TREATMENT_MISSING", None, None))
        if self.lost_marker:
            self.flags.append(("NPM1_LOSS_KNOWN", None, None))

    def flag_end_of_treatment(self, marrow: list[Taken]) -> None:
        chosen = [s for s in marrow if s.marked]
        if not chosen and self.end is not None:
            chosen = [s for s in marrow if timedelta(-14) <= s.on - self.end <= timedelta(60)]
        chosen = [s for s in chosen if s.on == chosen[0].on]
        if not chosen:
            return
        s = max(chosen, key=lambda o: (o.detected, o.v or 0))
        if self.rs == "ELN2025" and self.cbf:
            raised = s.detected and s.v is not None and self.base is not None and s.v * 1000 > self.base
        else:
            raised = s.cls == "POSITIVE"
        if raised:
            self.flag("EOT_POSITIVE", s)

    def state(self) -> str:
        if self.episode:
            return self.episode.status
        if self.candidates:
            return "SUSPECTED"
        last = [s for s in self.all if s.evaluable]
        last = [s for s in last if s.on == last[-1].on]
        return max(last, key=lambda s: (s.t == BM, s.detected, s.v or 0)).cls if last else "NONE"


def read_literally(series: Series, ruleset_id: str, as_of: date | None) -> dict[str, object]:
    """State, classes, episodes and flags as plain values."""
    r = Reader(series, ruleset_id, as_of).read()
    episodes = [
        (
            c.s.id, c.s.on, c.s.t, c.kind, c.rule, c.status, c.number, c.by.id if c.by else None,
            c.by is not None and (c.by.on - c.s.on).days > 28, c.by is c.s, c.response,
        )
        for c in sorted(r.found, key=lambda c: (c.s.on, c.s.t != BM))
    ]  # fmt: skip
    return {
        "state": r.state(),
        "samples": [(s.id, s.cls) for s in r.all],
        "episodes": episodes,
        "flags": sorted(r.flags, key=str),
    }
