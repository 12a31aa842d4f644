"""What was measured, in words: a level, or why there is none. Not detected is a state with its limit, never 0."""

from decimal import Decimal

from django.utils.translation import gettext as _

from monitoring.domain.terms import Call
from monitoring.wording.numbers import pct


class ValueContradictsCall(Exception):
    """A value came with a call that has none; nothing is shown rather than one of the two."""


def level(call: str, pct_abl1: Decimal | None, limit_pct_abl1: Decimal | None = None) -> str:
    """Return `0.018 %`, `not detected, limit 0.0032 %`, or the reason why there is no value.

    `limit_pct_abl1` is the limit of this very sample. Raises ValueContradictsCall for a value without detection.
    """
    call = Call(call)
    if call is Call.DETECTED:
        return pct(pct_abl1) if pct_abl1 is not None else _("detected, below quantification")
    if pct_abl1 is not None:
        raise ValueContradictsCall(f"{call} with {pct_abl1}")
    if call is Call.NOT_DETECTED:
        return _not_detected(limit_pct_abl1)
    return {
        Call.INDETERMINATE: _("indeterminate, no value"),
        Call.NOT_EVALUABLE: _("not evaluable, no value"),
        Call.UNKNOWN: _("not interpreted, no value"),
    }[call]


def _not_detected(limit_pct_abl1: Decimal | None) -> str:
    if limit_pct_abl1 is None:
        return _("not detected, limit not known")
    return _("not detected, limit %(limit)s") % {"limit": pct(limit_pct_abl1)}
