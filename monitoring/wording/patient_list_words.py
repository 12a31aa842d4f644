"""What a row of the list of patients says of the last sample."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from monitoring.wording import dates, levels, states
from monitoring.wording.worklist_words import Told


def last_sample(sample: Mapping[str, Any]) -> Told:
    """Return `Marrow 0.018 %` or `Blood not detected, limit 0.0032 %`, and the day of collection."""
    pct, limit = (Decimal(sample[name]) if sample[name] else None for name in ("pct_abl1", "limit_pct_abl1"))
    level = levels.level(sample["call"], pct, limit)
    told = _("%(tissue)s %(level)s") % {"tissue": states.word("tissue", sample["tissue"]).words, "level": level}
    return Told(told[:1].upper() + told[1:], dates.day(date.fromisoformat(sample["on"])))
