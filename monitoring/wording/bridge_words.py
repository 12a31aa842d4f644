"""A bridge between two assays in words: its factor, its interval, what speaks against judging it comparable."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.bridging import AGREEMENT_FOLD, BIAS_FOLD, ENOUGH_PAIRS, Bridge, seen_as
from monitoring.wording.numbers import exact, rounded
from monitoring.wording.words import Tone, Word

RATIO_PLACES = 2  # decimals of a factor, [DESIGN]
TENFOLD = Decimal(10)
BORDERS = (Decimal(1), BIAS_FOLD, 1 / BIAS_FOLD, AGREEMENT_FOLD, 1 / AGREEMENT_FOLD)


def ratio(value: Decimal) -> str:
    """Return a ratio to two decimals, more where these would reach or cross a border."""
    return exact(rounded(value, RATIO_PLACES, BORDERS))


def factor_said(found: Bridge) -> str:
    """Return the factor with its interval and number of samples."""
    said = ngettext(
        "%(factor)s-fold (95 %% interval %(low)s to %(high)s) in %(n)s sample",
        "%(factor)s-fold (95 %% interval %(low)s to %(high)s) in %(n)s samples",
        found.pairs,
    )
    return said % {
        "factor": ratio(found.factor),
        "low": ratio(found.factor_low),
        "high": ratio(found.factor_high),
        "n": found.pairs,
    }


def agreement_said(found: Bridge) -> str:
    """Return between which ratios 95 % of single samples lie."""
    return _("%(low)s- to %(high)s-fold") % {"low": ratio(found.agreement_low), "high": ratio(found.agreement_high)}


def tenfold_said(found: Bridge) -> str:
    """Return what a true tenfold rise from the first to the second assay would be read as."""
    shown = exact(rounded(seen_as(TENFOLD, found.factor), 1, (TENFOLD,)))
    return _("A true tenfold rise from a sample by the first to one by the second would be read as %(fold)s-fold.") % {
        "fold": shown
    }


def cautions(found: Bridge) -> list[str]:
    """Return what speaks against judging the assays comparable; empty where nothing does."""
    said = []
    if found.is_few:
        said.append(
            _("Fewer than %(n)s samples: the interval is wide, and a few unusual samples decide.") % {"n": ENOUGH_PAIRS}
        )
    if found.is_narrow:
        said.append(_("The samples span less than two log: the factor is not known outside of them."))
    if found.differs:
        said.append(_("The interval leaves out 1: one assay reads higher than the other, by more than chance."))
    if found.is_biased:
        said.append(_("The factor lies beyond %(fold)s-fold (Branford 2008).") % {"fold": exact(BIAS_FOLD)})
    if found.scatters:
        said.append(_("Single samples differ by more than %(fold)s-fold (Branford 2008).") % {"fold": AGREEMENT_FOLD})
    return said


REVOKED = Word(gettext_lazy("revoked"), "closed", Tone.QUIET)
WAITING = Word(gettext_lazy("waits for a second person"), "pending", Tone.SUSPECTED)
COMPARABLE = Word(gettext_lazy("comparable: one key"), "done", Tone.GOOD)
NOT_COMPARABLE = Word(gettext_lazy("not comparable"), "not-evaluable", Tone.QUIET)


def state_word(*, is_comparable: bool | None, is_signed: bool, is_revoked: bool) -> Word:
    """Return how a bridge stands."""
    if is_revoked:
        return REVOKED
    if not is_signed:
        return WAITING
    return COMPARABLE if is_comparable else NOT_COMPARABLE
