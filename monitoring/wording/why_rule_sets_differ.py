"""Why another rule set says something else, in words: one sentence for each feature that makes the difference.

Which features these are is found by asking the rule engine (`monitoring.domain.why_different`), not from the words.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from monitoring.domain.rulesets.guideline import PCT_BASELINE, Confirmation, LevelsOfAbl1
from monitoring.domain.terms import Tissue
from monitoring.domain.why_different import Feature, Standing, leading_reasons, stands
from monitoring.wording import numbers
from monitoring.wording.account import Account

ORDER = (Standing.NO_RELAPSE, Standing.SUSPICION, Standing.RELAPSE)


def why(own: Account, other: Account) -> str:
    """Return what makes `other` differ from `own` on this very series; empty where they agree."""
    features = leading_reasons(own.series, own.ruleset, other.ruleset, own.as_of)
    return " ".join(SENTENCES[feature](own, other) for feature in features)


def positive_from(account: Account, tissue: Tissue) -> Decimal | None:
    """Return the level from which a tissue is POSITIVE, % of ABL1; None where the rule set counts from diagnosis."""
    levels = account.ruleset.levels
    if not isinstance(levels, LevelsOfAbl1):
        return None
    return (levels.cbf if account.series.marker.is_cbf else levels.npm1)[tissue].value


def waiver_level(account: Account) -> str:
    """Return the level from which one sample suffices, with its unit; empty where the rule set has none."""
    waiver = account.ruleset.waiver
    if waiver is None:
        return ""
    level = numbers.pct(waiver.level.value)
    if waiver.level.unit == PCT_BASELINE:
        return _("%(pct)s of diagnosis") % {"pct": level}
    return numbers.pct_of_abl1(waiver.level.value)


def _tissues(own: Account, other: Account) -> str:
    if Tissue.PERIPHERAL_BLOOD in other.ruleset.tissues:
        return _("It reads blood as well.")
    return _("It reads marrow alone.")


def _levels(own: Account, other: Account) -> str:
    marrow, blood = (positive_from(other, tissue) for tissue in Tissue)
    if not other.ruleset.only_positive_triggers or marrow is None or blood is None:
        return _("It asks for no level of its own: detected after a negative, or risen tenfold, is enough.")
    if marrow == blood:
        return _("It calls a relapse only at %(level)s or more.") % {"level": numbers.pct_of_abl1(marrow)}
    return _("It calls a relapse only at %(marrow)s or more in marrow, %(blood)s or more in blood.") % {
        "marrow": numbers.pct_of_abl1(marrow),
        "blood": numbers.pct(blood),
    }


def _counted_as_negative(own: Account, other: Account) -> str:
    below = other.ruleset.negative_below
    if below is None:
        return _("It counts every detected level as detected, however low.")
    return _("It counts a level below %(level)s as negative.") % {"level": numbers.pct_of_abl1(below.value)}


def _second_sample(own: Account, other: Account) -> str:
    """What a second sample does: asks for more, or for less, than it does under the own rule set."""
    theirs, ours = other.ruleset.confirmation, own.ruleset.confirmation
    if theirs is Confirmation.OWN_RULE:
        return _(
            "A second sample confirms only if it is itself a conversion or a tenfold rise; any other of that tissue "
            "closes the suspicion."
        )
    if ours is not Confirmation.OWN_RULE:
        if theirs is Confirmation.SAME_TISSUE:
            return _("It wants the confirming sample from the same tissue.")
        return _("A sample of the other tissue may confirm a conversion.")
    return _beside_own_rule(own, other)


def _beside_own_rule(own: Account, other: Account) -> str:
    """Beside a rule set that asks for a second conversion or rise, in whichever tissue."""
    theirs, ours = (stands(account.verdict)[0] for account in (other, own))
    same_tissue = other.ruleset.confirmation is Confirmation.SAME_TISSUE
    if ORDER.index(theirs) < ORDER.index(ours):
        if same_tissue:
            return _("It confirms only in the same tissue, a rise only by the same assay.")
        return _(
            "It confirms a rise only in the same tissue and assay, and a conversion in the other tissue only if that "
            "was not positive before."
        )
    if theirs is Standing.SUSPICION:
        return _("It keeps a suspicion open until a negative, or for a rise the same assay, refutes it.")
    if same_tissue:
        return _("Any later detection in the same tissue confirms a conversion, at whatever level.")
    return _("Any later detection confirms a conversion, at whatever level.")


def _waiver(own: Account, other: Account) -> str:
    waiver = other.ruleset.waiver
    if waiver is None or other.series.marker not in waiver.markers:
        return _("It always waits for a second sample.")
    if waiver.level.unit == PCT_BASELINE and other.baseline is None:
        return _("It can do without a second sample only against a level at diagnosis, and none is on record.")
    if stands(other.verdict)[0] is Standing.RELAPSE:
        return _("At %(level)s or more it needs no second sample.") % {"level": waiver_level(other)}
    return _("Only at %(level)s or more it needs no second sample.") % {"level": waiver_level(other)}


SENTENCES: Mapping[Feature, Callable[[Account, Account], str]] = {
    Feature.TISSUES: _tissues,
    Feature.LEVELS: _levels,
    Feature.COUNTED_AS_NEGATIVE: _counted_as_negative,
    Feature.SECOND_SAMPLE: _second_sample,
    Feature.WAIVER: _waiver,
}
