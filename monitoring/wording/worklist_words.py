"""What a row of the worklist says: the evidence, the time that runs, and the next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.alert_times import last_day_in_time
from monitoring.domain.episodes import CONFIRMATION_WINDOW_DAYS
from monitoring.domain.urgency import EPISODE
from monitoring.wording import dates, levels, numbers, states

BAR = 112  # px, the width of the bar of time


@dataclass(frozen=True, slots=True)
class Told:
    """A line and the smaller line under it."""

    main: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that runs: a number, its words, and how far the bar has come of `end` px (None: no bar)."""

    number: int
    words: str
    sub: str
    tone: str
    run: int = 0
    end: int = BAR


def evidence_of_episode(episode: Mapping[str, Any]) -> Told:
    """Return the samples that an episode or candidate rests on: `Marrow 0.018 % → 0.058 %, day 21`."""
    facts: dict[str, Mapping[str, Any]] = {fact["fact"]: fact for fact in reversed(episode["because"])}
    index, confirming = facts.get("INDEX"), facts.get("CONFIRMED_BY")
    tissue = _capitalised(str(states.word("tissue", episode["tissue"]).words))
    if episode["confirmed_on"] and confirming is not None and not episode["waived"]:
        days = (_day(episode["confirmed_on"]) - _day(episode["relapse_on"])).days
        main = _("%(tissue)s %(first)s → %(second)s, day %(days)s") % {
            "tissue": tissue,
            "first": _level(index),
            "second": _level(confirming),
            "days": days,
        }
        if confirming["tissue"] not in (None, episode["tissue"]):
            main += f" ({states.word('tissue', confirming['tissue']).words})"
        return Told(main, _relapse_date(episode, facts))
    main = _("%(tissue)s %(level)s on %(day)s") % {
        "tissue": tissue,
        "level": _level(index),
        "day": dates.day(_day(episode["relapse_on"])),
    }
    if episode["confirmed_on"]:
        return Told(main, _("so high that one sample suffices"))
    return Told(main, _before(facts))


def _relapse_date(episode: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]]) -> str:
    said = _("relapse date %(day)s") % {"day": dates.day(_day(episode["relapse_on"]))}
    rise = facts.get("NADIR")
    if rise and rise["fold"]:
        said += "; " + _("%(fold)s the lowest value") % {"fold": numbers.fold(Decimal(rise["fold"]))}
    return said


def _before(facts: Mapping[str, Mapping[str, Any]]) -> str:
    negative, nadir = facts.get("PRIOR_NEGATIVE"), facts.get("NADIR")
    if negative and negative["on"]:
        return _("not detected on %(day)s") % {"day": dates.day(_day(negative["on"]))}
    if nadir and nadir["fold"] and nadir["pct_abl1"]:
        return _("%(fold)s the lowest value, %(level)s") % {
            "fold": numbers.fold(Decimal(nadir["fold"])),
            "level": numbers.pct(Decimal(nadir["pct_abl1"])),
        }
    return ""


def evidence_of_sample(sample: Mapping[str, Any]) -> Told:
    """Return what the latest sample said: `Marrow not detected, limit 0.0027 %, on 30 Jul 2026`."""
    value = Decimal(sample["pct_abl1"]) if sample["pct_abl1"] else None
    limit = Decimal(sample["limit_pct_abl1"]) if sample["limit_pct_abl1"] else None
    level = levels.level(sample["call"], value, limit)
    main = _("%(tissue)s %(level)s on %(day)s") % {
        "tissue": _capitalised(str(states.word("tissue", sample["tissue"]).words)),
        "level": level,
        "day": dates.day(_day(sample["on"])),
    }
    inert = sample["class"] in {"NOT_EVALUABLE", "LIMITED_NEGATIVE", "INDETERMINATE"}
    copies = sample["abl1_copies"]
    if not inert or not copies:
        return Told(main)
    of_copies = _("%(class)s: %(copies)s ABL1 copies") % {
        "class": states.word("class", sample["class"]).words,
        "copies": numbers.copies(Decimal(copies)),
    }
    return Told(main, of_copies)


def evidence_of_flag(alert_detail: Mapping[str, Any], code: str, on: date | None) -> Told:
    """Return what a flag says, with the day of its latest sample."""
    if code == "RETRACTION":
        return Told(_("An alert was taken back: what it rested on no longer holds."))
    word = states.word("flag", code)
    latest = alert_detail.get("latest_on")
    day = _day(latest) if latest else on
    main = f"{word.words}, {dates.day(day)}" if day else str(word.words)
    return Told(main, str(word.meaning or ""))


def lead_words(code: str, urgency: int) -> str:
    """Return what an alert is called in the column of states."""
    if code == EPISODE:
        return ""
    if code == "RETRACTION":
        return _("Alert taken back")
    return str(states.word("flag", code).words)


def waiting_clock(raised_at: datetime, due_at: datetime | None, now: datetime, zone: tzinfo, tone: str) -> Clock:
    """Return how long an alert has waited, and by which day at its centre it is to be acknowledged."""
    waited = max((now - raised_at).days, 0)
    words = ngettext("day waiting", "days waiting", waited)
    if due_at is None:
        return Clock(waited, words, "", tone)
    share = (now - raised_at) / max(due_at - raised_at, timedelta(hours=1))
    last_day = dates.day(last_day_in_time(due_at, zone))
    sub = _("acknowledge by %(day)s") % {"day": last_day}
    if now >= due_at:
        sub = _("was to be acknowledged by %(day)s") % {"day": last_day}
        tone = "overdue" if tone != "confirmed" else tone
    return Clock(waited, words, sub, tone, *_bar(share))


def confirmation_clock(index_on: date, today: date) -> Clock:
    """Return how many of the 28 days for the confirming sample are left."""
    day = (today - index_on).days
    left = CONFIRMATION_WINDOW_DAYS - day
    limit = index_on + timedelta(days=CONFIRMATION_WINDOW_DAYS)
    bar = _bar(day / CONFIRMATION_WINDOW_DAYS)
    counted = {"day": day, "of": CONFIRMATION_WINDOW_DAYS, "limit": dates.short_day(limit)}
    if left < 0:
        words = ngettext("day overdue", "days overdue", -left)
        return Clock(-left, words, _("day %(day)s of %(of)s, due %(limit)s") % counted, "overdue", *bar)
    words = ngettext("day left", "days left", left)
    return Clock(left, words, _("day %(day)s of %(of)s, by %(limit)s") % counted, "suspected", *bar)


def due_clock(due_on: date, overdue_from: date | None, today: date) -> Clock:
    """Return how a due sample stands: days to go, or days overdue once the grace is over."""
    days = (due_on - today).days
    if overdue_from is not None and overdue_from <= today:
        words = ngettext("day overdue", "days overdue", -days)
        return Clock(-days, words, _("was due %(day)s") % {"day": dates.day(due_on)}, "overdue", *_bar(1.2))
    if days < 0:
        words = ngettext("day past, in grace", "days past, in grace", -days)
        return Clock(-days, words, _("was due %(day)s") % {"day": dates.day(due_on)}, "quiet", *_bar(1.0))
    words = ngettext("day to go", "days to go", days)
    return Clock(days, words, _("due %(day)s") % {"day": dates.day(due_on)}, "quiet", *_bar(1 - days / 91))


def tissues_words(tissues: list[str]) -> str:
    """Return which tissues serve: `Marrow or blood`."""
    return _capitalised(_(" or ").join(str(states.word("tissue", code).words) for code in tissues))


def _bar(share: float) -> tuple[int, int]:
    """The bar's tick stands at 70 % of its width, so that what is overdue can run past it."""
    end = round(BAR * 0.7)
    return min(max(round(share * end), 0), BAR), end


def _level(fact: Mapping[str, Any] | None) -> str:
    if fact is None or not fact["pct_abl1"]:
        return _("detected, no value")
    return numbers.pct(Decimal(fact["pct_abl1"]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]
