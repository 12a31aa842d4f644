"""One card for each alert that waits: what it is, what it rests on, where to read on. No treatment is suggested.

Source: CDS Hooks 2.0, cards; docs/methods/cds_hooks.md.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from api.cds_hooks.reasons import REASONS, SYSTEM_PATH
from monitoring.domain.urgency import EPISODE
from monitoring.queries.card_alerts import CardAlert
from monitoring.wording import alert_words, states, worklist_words
from monitoring.wording.worklist_words import Told

LONGEST_SUMMARY = 139  # characters; the standard says fewer than 140
INDICATORS = {1: "critical", 2: "warning"}  # by urgency; everything else is told as info
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~@])")


@dataclass(frozen=True, slots=True)
class Way:
    """How the patient's page is reached: by its address, or launched within the record where that is registered."""

    page: str
    launch: str = ""


def card(alert: CardAlert, uuid: UUID, *, base: str, way: Way) -> dict[str, Any]:
    """Return the card of an alert; `base` is our address."""
    said = _evidence(alert)
    return {
        "uuid": str(uuid),
        "summary": _summary(alert),
        "indicator": INDICATORS.get(alert.urgency, "info"),
        "detail": _detail(alert, said),
        "source": {"label": "MRD review", "url": base},
        "overrideReasons": _reasons(base),
        "links": [_link(alert, way)],
    }


def _link(alert: CardAlert, way: Way) -> dict[str, str]:
    """A launch passes the alert on, so that the page opens at it."""
    label = _("Open the MRD curve")
    if not way.launch:
        return {"label": label, "url": way.page, "type": "absolute"}
    context = json.dumps({"alert": alert.alert_id})
    return {"label": label, "url": way.launch, "type": "smart", "appContext": context}


def escaped(text: str) -> str:
    """Return text that GitHub's Markdown shows as it stands: what a laboratory wrote is not ours."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _summary(alert: CardAlert) -> str:
    what = alert_words.alert_word(alert.code, alert.status, alert.kind)[0]
    told = _("AML MRD: %(what)s (%(marker)s)") % {"what": what[:1].lower() + what[1:], "marker": alert.marker}
    return told if len(told) <= LONGEST_SUMMARY else told[: LONGEST_SUMMARY - 1] + "…"


def _evidence(alert: CardAlert) -> Told:
    if alert.episode is not None:
        return worklist_words.evidence_of_episode(alert.episode)
    if alert.code == EPISODE:  # what it follows is not stored any more: the day alone, never no card
        return Told(alert_words.alert_title(alert.code, alert.status, alert.kind, "", alert.index_on))
    return worklist_words.evidence_of_flag(alert.detail, alert.code, alert.index_on)


def _detail(alert: CardAlert, said: Told) -> str:
    lines: Sequence[str] = [
        f"**{escaped(said.main)}**",
        escaped(said.sub),
        escaped(_("By %(ruleset)s.") % {"ruleset": states.word("ruleset", alert.ruleset).words}),
        escaped(_("Supports clinicians; never decides treatment.")),
    ]
    return "\n\n".join(line for line in lines if line)


def _reasons(base: str) -> list[dict[str, str]]:
    system = base + SYSTEM_PATH
    return [{"code": code, "system": system, "display": _(words)} for code, words in REASONS.items()]
