"""Tags and filters of assays, lots, charts and external rounds: thin doors to monitoring.wording."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from monitoring.charts.control_marks import mark_path
from monitoring.domain.external_quality import Agreement
from monitoring.domain.levey_jennings import ReadPoint
from monitoring.domain.westgard import Rule
from monitoring.models.choices import LotKindChoice, RunStateChoice
from monitoring.queries.bridging import BridgeShown
from monitoring.queries.lots import LotShown
from monitoring.wording import assay_words, bridge_words, quality_words

register = template.Library()

register.filter("setting_label", assay_words.setting_label)
register.filter("signed", assay_words.signed)
register.filter("quantity_name", quality_words.quantity_name)
register.filter("quantity_unit", quality_words.unit)
register.filter("value_said", quality_words.value_said)
register.filter("point_value", quality_words.point_value_said)
register.filter("copies_of_log10", quality_words.copies_said)
register.filter("distance_said", quality_words.distance_said)
register.filter("target_said", quality_words.target_said)
register.filter("held_since", quality_words.held_since)
register.filter("ratio", bridge_words.ratio)
register.filter("factor_said", bridge_words.factor_said)
register.filter("agreement_said", bridge_words.agreement_said)
register.filter("tenfold_said", bridge_words.tenfold_said)
register.filter("bridge_cautions", bridge_words.cautions)


@register.simple_tag
def setting_said(name: str, value: Any) -> str:
    """Write what the value of a setting says."""
    return assay_words.setting_said(name, value)


@register.filter
def lot_kind(code: str) -> str:
    """Write what a lot is."""
    return str(LotKindChoice(code).label)


@register.filter
def run_state_said(code: str) -> str:
    """Write in review, submitted or discarded."""
    return str(RunStateChoice(code).label)


@register.inclusion_tag("components/state.html")
def lot_state(lot: LotShown) -> dict[str, str]:
    """Show the state of a lot as icon and words."""
    word = quality_words.lot_word(lot.state, is_expired=lot.is_expired_in_use)
    return {"icon": word.icon, "tone": word.tone.value, "words": str(word.words)}


@register.inclusion_tag("components/state.html")
def point_state(point: ReadPoint, quantity: str) -> dict[str, str]:
    """Show how a point of a chart stands, as icon and words."""
    word = quality_words.standing_word(point, quantity)
    return {"icon": word.icon, "tone": word.tone.value, "words": str(word.words)}


@register.filter
def rule_saw(code: str) -> str:
    """Write what a rule saw."""
    return str(quality_words.RULES[Rule(code)][0])


@register.filter
def rule_asks(code: str) -> str:
    """Write what a broken rule asks for."""
    return str(quality_words.RULES[Rule(code)][1])


@register.simple_tag
def sd_line(sds: int, value: Decimal, quantity: str) -> str:
    """Write the name of a line of a chart: `+2 SD 26.70`, `mean 26.40`."""
    return quality_words.line_said(sds, value, quantity)


@register.simple_tag
def lot_name(lot: str, names: dict[str, str]) -> str:
    """Write the name of a lot on a chart; that none was recorded where it has none."""
    return names.get(lot) or quality_words.no_lot()


@register.simple_tag
def mark_legend(shape: str) -> SafeString:
    """Draw a mark of a chart beside its words."""
    return format_html(
        '<svg class="mk lj" viewBox="0 0 14 14" aria-hidden="true"><path class="m m-{}" d="{}"/></svg>',
        shape,
        mark_path(shape),
    )


@register.inclusion_tag("components/state.html")
def agreement(code: str) -> dict[str, str]:
    """Show how a reported sample stands to what was expected, as icon and words."""
    word = quality_words.AGREEMENTS[Agreement(code)]
    return {"icon": word.icon, "tone": word.tone.value, "words": str(word.words)}


@register.inclusion_tag("components/state.html")
def bridge_state(shown: BridgeShown) -> dict[str, str]:
    """Show how a bridge stands, as icon and words."""
    word = bridge_words.state_word(
        is_comparable=shown.is_comparable,
        is_signed=shown.signed_at is not None,
        is_revoked=shown.revoked_at is not None,
    )
    return {"icon": word.icon, "tone": word.tone.value, "words": str(word.words)}
