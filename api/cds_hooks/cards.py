"""One card for each alert that waits: what it is, what it rests on, where to read on. No treatment is suggested.

Source: CDS Hooks 2.0, cards; docs/methods/cds_hooks.md.
"""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from monitoring.domain.urgency import EPISODE
from monitoring.queries.card_alerts import CardAlert
from monitoring.wording import alert_words, states, worklist_words
from monitoring.wording.worklist_words import Told

LONGEST_SUMMARY = 139  # characters; the standard says fewer than 140
INDICATORS = {1: "critical", 2: "warning"}  # by urgency; everything else is told as info
OVERRIDE_SYSTEM = "CodeSystem/override"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~@])")


def card(alert: CardAlert, uuid: UUID, *, base: str, patient_address: str) -> dict[str, Any]:
    """Return the card of an alert; `base` is our address, `patient_address` that of the patient's page."""
    said = _evidence(alert)
    return {
        "uuid": str(uuid),
        "summary": _summary(alert),
        "indicator": INDICATORS.get(alert.urgency, "info"),
        "detail": _detail(alert, said),
        "source": {"label": "MRD review", "url": base},
        "overrideReasons": _reasons(base),
        "links": [{"label": _("Open the MRD curve"), "url": patient_address, "type": "absolute"}],
    }


def escaped(text: str) -> str:
    """Return text that GitHub's Markdown shows as it stands: what a laboratory wrote is not ours."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _summary(alert: CardAlert) -> str:
    what = alert_words.alert_word(alert.code, alert.status, alert.kind)[0]
    told = _("AML MRD: %(what)s (%(marker)s)") % {"what": what[:1].lower() + what[1:], "marker": alert.marker}
    return told if len(told) <= LONGEST_SUMMARY else told[: LONGEST_SUMMARY - 1] + "…"


def _evidence(alert: CardAlert) -> Told:
    if alert.code == EPISODE and alert.episode is not None:
        return worklist_words.evidence_of_episode(alert.episode)
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
    reasons = {
        "already-known": _("Already known"),
        "not-mine": _("Another clinician looks after this"),
        "not-relevant": _("Not relevant at present"),
    }
    return [
        {"code": code, "system": f"{base}/fhir/{OVERRIDE_SYSTEM}", "display": words} for code, words in reasons.items()
    ]
