"""What each rule of each rule set asks, in two sentences; the citation stands beside them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import Rule, RuleSetId
from monitoring.wording import states
from monitoring.wording.account import Account

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RULE_TEXTS: Mapping[tuple[RuleSetId, Rule], "_StrPromise"] = {
    (RuleSetId.ELN2021, Rule.R1): gettext_lazy(
        "Detected after a negative, then detected again in a later sample: of the same tissue, or of the other one "
        "unless that was positive before. A tenfold rise is not needed."
    ),
    (RuleSetId.ELN2022, Rule.R1): gettext_lazy(
        "Detected after a negative, then detected again in a later sample of the same tissue. A tenfold rise is not "
        "needed."
    ),
    (RuleSetId.ELN2025, Rule.R1): gettext_lazy(
        "Positive after a negative: from a level of its own for marker and tissue on. A later sample confirms that is "
        "itself a conversion or a tenfold rise; for NPM1 at 1 % of ABL1 or more one sample suffices."
    ),
    (RuleSetId.TIONG2020, Rule.R1): gettext_lazy(
        "Marrow detected after a negative marrow, then detected again in a later one; at 1 % of diagnosis or more "
        "one sample suffices."
    ),
    (RuleSetId.ELN2021, Rule.R2): gettext_lazy(
        "At least ten times the lowest earlier value of the same tissue and assay, and a later sample of the same "
        "tissue and assay that still is."
    ),
    (RuleSetId.ELN2022, Rule.R2): gettext_lazy(
        "At least ten times the lowest earlier value of the same tissue and assay, and a later sample of the same "
        "tissue and assay that still is."
    ),
    (RuleSetId.ELN2025, Rule.R2): gettext_lazy(
        "Positive and at least ten times the lowest earlier value. A later sample confirms that is itself a conversion "
        "or a tenfold rise; for NPM1 at 1 % of ABL1 or more one sample suffices."
    ),
    (RuleSetId.TIONG2020, Rule.R2): gettext_lazy(
        "Marrow at least ten times its lowest earlier value, and a later one that still is; at 1 % of diagnosis or "
        "more one sample suffices."
    ),
}


def rule_name(rule: Rule) -> str:
    """Return `Rule R1, conversion.`"""
    words = str(states.word("rule", rule).words)
    return _("Rule %(code)s, %(name)s.") % {"code": rule.value, "name": words[:1].lower() + words[1:]}


def rule_text(account: Account, rule: Rule) -> str:
    """Return what the rule asks under the rule set of the account."""
    return str(RULE_TEXTS[account.verdict.ruleset, rule])


def edition_words(ruleset: RuleSetId) -> str:
    """Return which edition and which reading of it made the verdict."""
    made_by = RULESETS[ruleset]
    return _("Rule set %(id)s, edition %(edition)s, reading %(version)s.") % {
        "id": made_by.id.value,
        "edition": made_by.edition,
        "version": made_by.version,
    }
