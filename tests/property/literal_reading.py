"""The rules once more, read literally and slowly: a second opinion that the engine is compared with.

Written from the text alone, clause by clause, with fractions and whole lists instead of scaled numbers and running
state. It shares nothing with the engine but the words and the tables of the guidelines' numbers.
"""

from datetime import date, timedelta
from fractions import Fraction

BM, PB = "BM", "PB"
INERT = ("NOT_EVALUABLE", "LIMITED_NEGATIVE", "INDETERMINATE")
SEEN = ("LOW_LEVEL", "POSITIVE", "DETECTED")
DAYS_28 = timedelta(28)


class Taken:
    def __init__(self, result, position):
        self.id, self.on, self.t = result.id, result.collected_on, result.tissue.value
        self.call, self.key, self.position = result.call.value, result.assay_key, position
        self.v = None if result.pct_abl1 is None else Fraction(result.pct_abl1)
        self.loq = None if result.loq_pct_abl1 is None else Fraction(result.loq_pct_abl1)
        self.lod = None if result.lod_pct_abl1 is None else Fraction(result.lod_pct_abl1)
        self.abl = None if result.abl1_copies is None else Fraction(result.abl1_copies)
        self.marked = result.timepoint is not None and result.timepoint.value == "END_OF_TREATMENT"
        self.course = self.cls = None
        self.restarted_by = False

    @property
    def floor(self):
        return max(x for x in (self.v, self.loq, Fraction(100) / self.abl if self.abl else None) if x is not None)

    detected = property(lambda self: self.cls in SEEN)
    quantified = property(lambda self: self.detected and self.v is not None)
    evaluable = property(lambda self: self.detected or self.cls == "NEGATIVE")


class Reader:
    def __init__(self, series, rs, as_of):
        self.rs, self.as_of, self.cbf = rs, as_of, series.marker.value != "NPM1"
        base = {tissue.value: Fraction(level) for tissue, level in series.baseline_pct_abl1.items()}
        self.base = base.get(BM)
        after = lambda day: as_of is not None and day > as_of  # noqa: E731
        self.death = None if series.death_on is None or after(series.death_on) else series.death_on
        self.end = series.end_of_treatment
        self.treatments = [day for day in series.treatment_starts if not after(day)]
        starts = [(s.on, s.kind.value) for s in series.course_starts if not after(s.on)]
        self.starts = sorted(starts, key=lambda s: (s[0], s[1] == "HSCT"))
        self.all = [
            Taken(r, n)
            for n, r in enumerate(series.results)
            if not after(r.collected_on) and not (self.death and r.collected_on > self.death)
        ]
        for s in self.all:
            s.cls = self.class_of(s)
            s.course = sum(1 for on, _ in self.starts if on <= s.on)
        self.all.sort(key=self.place)
        self.flags, self.found, self.candidates, self.episode = [], [], {}, None
        self.restarts = []  # (course, tissue, date, whether the NEGATIVE of that date serves, position in order)
        self.course, self.confirmations, self.lost_marker = 0, [], series.marker_lost

    def place(self, s):
        value = (s.v is None, s.v or 0)
        key = "" if self.class_of_call(s) in INERT else s.key
        return (s.on, s.t != BM, not s.detected, *value, key, s.position)

    def class_of(self, s):
        if self.rs == "TIONG2020" and s.t == PB:
            return "IGNORED"
        return self.class_of_call(s) or self.class_of_level(s)

    def class_of_call(self, s):
        if s.call in ("NOT_EVALUABLE", "UNKNOWN") or (s.abl is not None and s.abl < 1000):
            return "NOT_EVALUABLE"
        if s.call == "NOT_DETECTED":
            proven = s.lod is not None and s.lod <= Fraction(1, 100)
            enough = proven if s.abl is None else s.abl >= 10000
            return "NEGATIVE" if enough else "LIMITED_NEGATIVE"
        if s.call == "INDETERMINATE":
            return "INDETERMINATE"
        return "LOW_LEVEL" if s.v is None else None

    def class_of_level(self, s):
        if self.rs == "TIONG2020":
            return "DETECTED" if self.base is None else "LOW_LEVEL" if s.v * 10000 <= self.base else "POSITIVE"
        if self.rs == "ELN2025" and s.v < Fraction(1, 1000) and s.abl is not None and s.abl >= 10000:
            return "NEGATIVE"
        return "POSITIVE" if s.v >= self.threshold(s.t) else "LOW_LEVEL"

    def threshold(self, t):
        if self.rs in ("ELN2021", "ELN2022"):
            return Fraction(2)
        return Fraction(1, 10) if self.cbf or t == BM else Fraction(1, 100)

    # --- A3 ---
    def here(self, s):
        """Samples of earlier dates in this course."""
        return [o for o in self.all if o.course == s.course and o.on < s.on]

    def negatives(self, s):
        """(tissue, date) of NEGATIVEs of this course before s, inherited ones included."""
        own = [(o.t, o.on) for o in self.here(s) if o.cls == "NEGATIVE"]
        return own + [(t, on) for t in (BM, PB) if (on := self.inherited(s.course, t)) is not None]

    def inherited(self, course, t):
        if course == 0 or self.starts[course - 1][1] != "HSCT":
            return None
        before = [o for o in self.all if o.course == course - 1 and o.t == t and o.evaluable]
        if not before:
            return self.inherited(course - 1, t)
        return before[-1].on if before[-1].cls == "NEGATIVE" else None

    def serves(self, tissue_of_negative, on, s):
        for t in {tissue_of_negative, s.t}:
            mine = [r for r in self.restarts if r[0] == s.course and r[1] == t]
            if mine and (on < mine[-1][2] or (on == mine[-1][2] and not mine[-1][3])):
                return False
        return True

    def prior_negative(self, s):
        tissues = (BM,) if s.t == BM else (BM, PB)
        return any(t in tissues and self.serves(t, on, s) for t, on in self.negatives(s))

    def nadir(self, s, other_keys=False):
        since = [r[2] for r in self.restarts if r[0] == s.course and r[1] == s.t]
        values = [
            o.floor
            for o in self.here(s)
            if o.t == s.t and o.quantified and (o.key != s.key if other_keys else o.key == s.key)
            if not since or o.on >= since[-1]
        ]
        return min(values, default=None)

    def ten_fold(self, s, reference):
        return s.quantified and reference is not None and s.v >= 10 * reference

    def r1(self, s):
        return (s.cls == "POSITIVE" if self.rs == "ELN2025" else s.detected) and self.prior_negative(s)

    def r2(self, s):
        return (s.cls == "POSITIVE" if self.rs == "ELN2025" else True) and self.ten_fold(s, self.nadir(s))

    def before_end(self, s):
        return self.end is not None and s.on < self.end

    def level_waives(self, s):
        if self.rs == "ELN2025":
            return not self.cbf and s.quantified and s.v >= 1
        if self.rs == "TIONG2020":
            return self.base is not None and s.quantified and 100 * s.v / self.base >= 1
        return False

    def confirms(self, s, c):
        i = c["s"]
        if self.level_waives(s):  # a candidate with an earlier index is open: c
            return True
        if self.rs == "ELN2025":
            return self.r1(s) or (self.r2(s) and not self.before_end(s))
        if c["rule"] == "R2":
            return s.t == i.t and s.key == i.key and self.ten_fold(s, c["nadir"])
        if s.t == i.t:
            return True
        before = [o for o in self.here(i) if o.t == s.t and o.evaluable]
        return self.rs == "ELN2021" and not (before and before[-1].detected)

    # --- A4 ---
    def treated(self, first, second):
        return any(first - DAYS_28 <= day < second for day in self.treatments)

    def detected_since_index(self, t, until):
        e = self.episode
        return any(o.t == t and o.detected and e["s"].on <= o.on <= until and o.course == e["course"] for o in self.all)

    def blood_speaks_against(self, s):
        return any(o.t == PB and o.detected and s.on - DAYS_28 <= o.on <= s.on for o in self.all)

    def unconfirmed(self, c, day):
        c["status"] = "TREATED_UNCONFIRMED" if self.treated(c["s"].on, day) else "NOT_CONFIRMED"

    def flag(self, code, s):
        self.flags.append((code, s.on, s.id))

    def confirm(self, c, s):
        for other in self.candidates.values():
            if other is not c:
                other["status"] = "ABSORBED"
        self.candidates = {}
        self.confirmations.append(c)
        c.update(status="CONFIRMED", by=s, number=len(self.confirmations))
        self.episode = c

    def take_negative(self, s):
        for t in (BM, PB):
            c = self.candidates.get(t)
            concerned = t == s.t or (s.t == BM and not self.blood_speaks_against(s))
            if c and c["s"].on < s.on and concerned:
                self.unconfirmed(c, s.on)
                del self.candidates[t]
        e = self.episode
        if e and e["by"].on < s.on:
            for t in (BM, PB):
                concerned = t == s.t or (s.t == BM and not self.blood_speaks_against(s))
                if concerned and self.detected_since_index(t, s.on) and e["response"].get(t) != "NEGATIVITY":
                    e["response"][t], e["answered"][t] = "NEGATIVITY", s.on
                    self.restarts.append((s.course, t, s.on, True))

    def follow(self, s):
        e, comparable = self.episode, lambda o: o.v if o.v is not None else o.loq
        starts = [day for day in self.treatments if e["s"].on <= day < s.on]
        reference = None
        if starts:
            start = max(starts)
            before = [o for o in self.here(s) if o.t == s.t and o.evaluable and o.on <= start]
            if not (before and before[-1].cls == "NEGATIVE"):
                mine = [o for o in before if o.quantified and o.key == s.key and o.on >= e["s"].on]
                reference = mine[-1].v if mine else None
            today = [o for o in self.all if o.on == s.on and o.t == s.t and o.key == s.key and o.detected]
            fallen = reference is not None and comparable(s) is not None
            if fallen and all(comparable(o) <= reference / 10 for o in today if comparable(o) is not None):
                e["response"][s.t], e["answered"][s.t] = "REDUCTION", s.on
                e["reference"][s.t] = (reference, s.key)
                self.restarts.append((s.course, s.t, s.on, False))
                return "RESPONSE"
            if s.quantified and (self.ten_fold(s, reference) or self.ten_fold(s, self.lowest(s, start))):
                self.flag("PROGRESSION_ON_THERAPY", s)
                return "RISE"
        if self.ten_fold(s, self.lowest(s, e["s"].on)):
            self.flag("RISING_IN_EPISODE", s)
            return "RISE"
        if self.ten_fold(s, self.lowest(s, e["s"].on, other_keys=True)):
            self.flag("RISE_ACROSS_ASSAYS", s)
        return None

    def lowest(self, s, since, other_keys=False):
        mine = [o for o in self.here(s) if o.t == s.t and o.quantified and o.on >= since]
        return min((o.floor for o in mine if (o.key != s.key) == other_keys), default=None)

    def examine(self, s):
        earlier = [c for c in self.candidates.values() if c["s"].on < s.on]
        confirmed = [c for c in earlier if self.confirms(s, c)]
        if confirmed:
            self.confirm(min(confirmed, key=lambda c: (c["s"].on, c["s"].t != BM)), s)
            return "CONFIRMING"
        own = self.candidates.get(s.t)
        if own in earlier and (self.rs == "ELN2025" or (own["rule"] == "R2" and own["s"].key == s.key)):
            self.unconfirmed(own, s.on)
            del self.candidates[s.t]
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

    def trigger(self, s, rule):
        low = rule == "R1" or (self.rs != "TIONG2020" and self.nadir(s) < self.threshold(s.t))
        c = {
            "s": s, "rule": rule, "nadir": self.nadir(s), "status": "SUSPECTED", "by": None, "number": None,
            "kind": "MOLECULAR_RELAPSE" if low else "MOLECULAR_PROGRESSION", "course": s.course,
            "response": {}, "answered": {}, "reference": {},
        }  # fmt: skip
        self.found.append(c)
        if self.level_waives(s):
            self.confirm(c, s)
        else:
            self.candidates[s.t] = c

    def take_detected(self, s):
        prior, e = self.prior_negative(s), self.episode
        course = [o for o in self.all if o.course == s.course and o.t == s.t and o.detected]
        if s.course and self.starts[s.course - 1][1] == "HSCT":
            if course[0] is s and not prior:
                self.flag("POST_HSCT_POSITIVE", s)
            if (s.on - self.starts[s.course - 1][0]).days <= 100:
                self.flag("EARLY_POST_HSCT", s)
        if s.v is None:
            self.flag("UNQUANTIFIED", s)
        part = self.follow(s) if e and s.t not in e["response"] else self.examine(s)
        if e is None:
            self.flag_outside(s, part, prior)
        self.flag_lost(s)

    def flag_outside(self, s, part, prior):
        acted = part in ("INDEX", "CONFIRMING")
        better = any(o.cls in ("NEGATIVE", "LOW_LEVEL") and o.on < s.on for o in self.all)
        if self.rs != "TIONG2020" and s.cls == "POSITIVE" and not acted and (not self.before_end(s) or better):
            self.flag("HIGH_LEVEL", s)
        first = not any(o.t == s.t and o.detected for o in self.here(s))
        looked = any(o.cls == "LIMITED_NEGATIVE" for o in self.here(s))
        looked = looked or any(t != s.t for t, _ in self.negatives(s))
        if not acted and s.t not in self.candidates and first and not prior and looked:
            self.flag("DETECTED_AFTER_LIMITED", s)

    def flag_lost(self, s):
        last = self.confirmations[-1] if self.confirmations else None
        if not last or last["response"].get(s.t) != "REDUCTION" or not s.quantified:
            return
        reference, key = last["reference"][s.t]
        since = last["answered"][s.t]
        cleared = any(o.t == s.t and o.cls == "NEGATIVE" and since <= o.on and self.was_taken(o, s) for o in self.all)
        if key == s.key and s.on > since and not cleared and s.v >= reference / 2:
            self.flag("RESPONSE_LOST", s)

    def was_taken(self, o, s):
        return self.all.index(o) < self.all.index(s)

    def take_inert(self, s):
        self.flag("REPEAT_SAMPLE", s)
        if s.call == "UNKNOWN":
            self.flag("REVIEW_VALUE", s)
        if s.call == "DETECTED" or (s.call == "INDETERMINATE" and self.prior_negative(s)):
            self.flag("TARGET_SEEN_INADEQUATE", s)

    def settle(self, day):
        e = self.episode
        if e is None:
            return
        seen = [t for t in (BM, PB) if self.detected_since_index(t, day)]
        if not e["response"]:
            return
        if any(t not in e["response"] for t in seen):
            e["status"] = "PARTLY_RESPONDED"
        else:
            done = self.treated(e["s"].on, max(e["answered"].values()))
            e["status"] = "RESPONDED" if done else "REMITTED_UNTREATED"
            self.episode = None

    def enter_course(self, course):
        while self.course < course:
            self.course += 1
            self.close_all()
            self.episode = None

    def close_all(self):
        for c in self.candidates.values():
            c["status"] = "CLOSED_BY_EVENT"
        self.candidates = {}

    def read(self):
        for s in self.all:
            self.enter_course(s.course)
            self.take(s)
            if not any(o.on == s.on for o in self.all[self.all.index(s) + 1 :]):
                self.settle(s.on)
        self.enter_course(len(self.starts))
        if self.death:
            self.close_all()
        self.flag_series()
        return self

    def take(self, s):
        if s.evaluable:
            before = [o for o in self.all if o.course == s.course and o.t == s.t and o.evaluable]
            before = before[: before.index(s)]
            if before and before[-1].key != s.key:
                self.flag("ASSAY_CHANGED", s)
        if s.cls == "NEGATIVE":
            self.take_negative(s)
        elif s.detected:
            self.take_detected(s)
        elif s.cls in INERT:
            self.take_inert(s)

    def flag_series(self):
        marrow = [s for s in self.all if s.t == BM and s.evaluable]
        if self.rs == "TIONG2020":
            first = [s for s in marrow if not self.before_end(s)][:1]
            for s in first:
                if s.detected:
                    self.flag("PERSISTENCE", s)
        else:
            self.flag_end_of_treatment(marrow)
        for c in self.candidates.values():
            if self.as_of is not None and self.as_of - c["s"].on > DAYS_28:
                self.flag("CONFIRMATION_OVERDUE", c["s"])
        if self.end is None:
            self.flags.append(("END_OF_TREATMENT_MISSING", None, None))
        if self.lost_marker:
            self.flags.append(("NPM1_LOSS_KNOWN", None, None))

    def flag_end_of_treatment(self, marrow):
        chosen = [s for s in marrow if s.marked]
        if not chosen and self.end:
            chosen = [s for s in marrow if -14 <= (s.on - self.end).days <= 60]
        chosen = [s for s in chosen if s.on == chosen[0].on]
        if not chosen:
            return
        s = max(chosen, key=lambda o: (o.detected, o.v or 0))
        if self.rs == "ELN2025" and self.cbf:
            raised = s.quantified and self.base is not None and s.v * 1000 > self.base
        else:
            raised = s.cls == "POSITIVE"
        if raised:
            self.flag("EOT_POSITIVE", s)

    def state(self):
        if self.episode:
            return self.episode["status"]
        if self.candidates:
            return "SUSPECTED"
        last = [s for s in self.all if s.evaluable]
        last = [s for s in last if s.on == last[-1].on]
        return max(last, key=lambda s: (s.t == BM, s.detected, s.v or 0)).cls if last else "NONE"


def read_literally(series, ruleset_id: str, as_of: date | None):
    """State, classes, episodes and flags as plain values."""
    r = Reader(series, ruleset_id, as_of).read()
    episodes = [
        (
            c["s"].id, c["s"].on, c["s"].t, c["kind"], c["rule"], c["status"], c["number"],
            c["by"] and c["by"].id, bool(c["by"] and (c["by"].on - c["s"].on).days > 28), c["by"] is c["s"],
            c["response"],
        )
        for c in sorted(r.found, key=lambda c: (c["s"].on, c["s"].t != BM))
    ]  # fmt: skip
    return {
        "state": r.state(),
        "samples": [(s.id, s.cls) for s in r.all],
        "episodes": episodes,
        "flags": sorted(r.flags, key=str),
    }
