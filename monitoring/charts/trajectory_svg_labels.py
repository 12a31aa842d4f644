"""The labels of marks on paper: which sample is named, and how loudly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitoring.charts.inputs import Scale
from monitoring.charts.trajectory_svg_frame import LABEL, SMALL, Frame
from monitoring.charts.trajectory_svg_placement import Label, Placement
from monitoring.charts.trajectory_svg_words import Words

SHOWN = Scale.PCT_ABL1.value
RADIUS = {"INDEX": 4.8, "CONFIRMING": 6.6}  # pt
BARE_RADIUS = 2.9
SERIES_INK = {"BM": "bm", "PB": "pb"}
TONES = ("PAST", "SUSPECTED", "OPEN")
OVER_WITHOUT_RELAPSE = frozenset({"NOT_CONFIRMED", "TREATED_UNCONFIRMED", "CLOSED_BY_EVENT"})
COUNTS_NOTHING = frozenset({"IGNORED", "LIMITED_NEGATIVE", "NOT_EVALUABLE", "INDETERMINATE"})
TARGET_SEEN = "TARGET_SEEN_INADEQUATE"

Point = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What is written beside a mark; the lower the order, the earlier it chooses its place."""

    text: str
    order: float
    needed: bool = False
    is_small: bool = False
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """The loudest thing a sample is to an episode."""

    name: str
    episode: Mapping[str, Any]

    @property
    def loudness(self) -> int:
        """Open before suspected before past, the confirming role before the index."""
        return TONES.index(self.episode["tone"]) * 2 + (self.name == "CONFIRMING")


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and last sample of each tissue, and the first ones of their kind, as places in the list of points."""

    firsts: frozenset[int]
    lasts: frozenset[int]
    undetected: int | None
    unread: int | None

    @classmethod
    def of(cls, points: Sequence[Point]) -> "Ends":
        """Return the ends among the samples that stand at a height."""
        standing = [at for at, point in enumerate(points) if SHOWN in point["y"]]
        counted = [at for at in standing if points[at]["class"] not in COUNTS_NOTHING]
        lasts = {points[at]["tissue"]: at for at in counted}
        firsts = {points[at]["tissue"]: at for at in reversed(counted)}
        undetected = next((at for at in counted if points[at]["shape"] == "NOT_DETECTED"), None)
        unread = (at for at in standing if points[at]["class"] == "IGNORED" and points[at]["shape"] == "DETECTED")
        return cls(frozenset(firsts.values()), frozenset(lasts.values()), undetected, next(unread, None))


@dataclass(frozen=True, slots=True)
class MarkLabels:
    """The labels of the marks of one figure."""

    meta: Mapping[str, Any]
    frame: Frame
    words: Words
    ends: Ends

    def write(self, placement: Placement) -> None:
        """Put the labels of the samples in their places, the needed ones first."""
        wanted = [(told, point) for at, point in enumerate(self.meta["points"]) if (told := self._told(at, point))]
        for told, point in sorted(wanted, key=lambda one: one[0].order):
            x, y = self.spot(point)
            if y > self.frame.floor:
                self._in_lane(told, point, placement)
            else:
                placement.around(self._label(told, point), x, y, self.radius(point))

    def spot(self, point: Point) -> tuple[float, float]:
        """Return where a sample stands; one without a height in the lane."""
        height = point["y"].get(SHOWN)
        return self.frame.x(point["on"]), self.frame.middle_of_lane if height is None else self.frame.y(height)

    def radius(self, point: Point) -> float:
        """Return how far a mark and its rings reach."""
        role = self._role(point)
        return RADIUS[role.name] if role else BARE_RADIUS

    def _role(self, point: Point) -> Role | None:
        if point["class"] is None:
            return None
        roles = []
        for episode in self.meta["episodes"]:
            if episode["status"] != "ABSORBED":
                roles += [Role("INDEX", episode)] if episode["index"] == point["id"] else []
                roles += [Role("CONFIRMING", episode)] if episode["confirmed_by"] == point["id"] else []
        return max(roles, key=lambda role: role.loudness, default=None)

    def _label(self, told: Told, point: Point, text: str = "") -> Label:
        if told.is_small:
            return Label(text or told.text, SMALL, needed=told.needed)
        return Label(text or told.text, LABEL, SERIES_INK[point["tissue"]], True, told.needed)

    def _in_lane(self, told: Told, point: Point, placement: Placement) -> None:
        """Beside its mark and nowhere else: the lane is one line high. Where there is no room, the copies alone."""
        x, y = self.spot(point)
        for text in filter(None, (told.text, told.brief)):
            label = self._label(told, point, text)
            for at, align in ((x + BARE_RADIUS + 3, "left"), (x - BARE_RADIUS - 3, "right")):
                box = label.box(at, y, "left" if align == "left" else "right")
                if placement.is_free(box) and box.x0 > -self.frame.left and box.x1 < self.frame.width:
                    placement.put(label, at, y, "left" if align == "left" else "right")
                    return

    def _told(self, at: int, point: Point) -> Told | None:
        number = self.words.number(point["label"][SHOWN]) if SHOWN in point["label"] else None
        if point["class"] == "IGNORED":
            return self._unread(at, point, number)
        if point["shape"] != "DETECTED" or number is None:
            return self._inert(at, point, number)
        is_first = at in self.ends.firsts
        named = number
        if is_first:
            named = self.words.say("label.named", tissue=self.words.say(f"tissue.{point['tissue']}"), number=number)
        role = self._role(point)
        if role:
            return self._ringed(role, named)
        if is_first:
            return Told(named, 2, needed=True)
        return Told(number, 3 if at in self.ends.lasts else 5 - at / 1000)

    def _unread(self, at: int, point: Point, number: str | None) -> Told | None:
        """A tissue that the rule set does not read is told once."""
        if number is None or self.ends.unread != at:
            return None
        tissue = self.words.say(f"tissue.{point['tissue']}")
        return Told(self.words.say("label.unread", tissue=tissue, number=number), 4, is_small=True)

    def _ringed(self, role: Role, number: str) -> Told:
        episode = role.episode
        order = 1 if episode["tone"] == "PAST" else 0
        if episode["status"] in OVER_WITHOUT_RELAPSE:
            status = self.words.say(f"status.{episode['status']}")
            return Told(self.words.say("label.closed", number=number, status=status), order, needed=True)
        code = "label.index" if role.name == "INDEX" else "label.confirming"
        return Told(self.words.say("label.waived" if episode["waived"] else code, number=number), order, needed=True)

    def _inert(self, at: int, point: Point, number: str | None) -> Told | None:
        say = self.words.say
        copies = self.words.number(point["abl1_copies"]) if "abl1_copies" in point else ""
        if point["shape"] == "NOT_EVALUABLE" or number is None:
            seen = TARGET_SEEN in point.get("remarks", ())
            what = say("label.target_seen" if seen else f"shape.{point['shape']}")
            if not copies:
                return Told(what, 3.5, is_small=True)
            text = say("label.with_abl1", what=what, copies=copies)
            return Told(text, 3.5, is_small=True, brief=say("label.abl1", copies=copies))
        if point["shape"] == "LIMITED" and copies:
            return Told(say("label.limited", copies=copies), 4, is_small=True)
        if point["shape"] in ("LIMITED", "INDETERMINATE"):
            return Told(say(f"shape.{point['shape']}"), 4, is_small=True)
        if point["shape"] == "UNQUANTIFIED":
            role, text = self._role(point), say("label.below", number=number)
            return self._ringed(role, text) if role else Told(text, 4, is_small=True)
        return self._undetected(at, point, number)

    def _undetected(self, at: int, point: Point, number: str) -> Told | None:
        """The first undetected sample says what the open triangle means, and names its series where it begins it."""
        text = self.words.say("label.not_detected", number=number)
        if at in self.ends.firsts:
            tissue = self.words.say(f"tissue.{point['tissue']}")
            return Told(self.words.say("label.series", tissue=tissue, text=text), 2.4, needed=True, is_small=True)
        return Told(text, 2.5, is_small=True) if at == self.ends.undetected else None
