"""Quality control over time in words: lots, charts, what a broken rule saw and what it asks for."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.external_quality import Agreement
from monitoring.domain.levey_jennings import MIN_POINTS, Estimate, Quantity, ReadPoint, SetTarget
from monitoring.domain.westgard import Rule, Standing
from monitoring.models.choices import LotStateChoice, QualityQuantityChoice
from monitoring.wording.dates import day
from monitoring.wording.numbers import MINUS, copies, marks, rounded
from monitoring.wording.words import Tone, Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LOTS = {
    LotStateChoice.IN_USE: Word(LotStateChoice.IN_USE.label, "good", Tone.GOOD),
    LotStateChoice.FAILED: Word(LotStateChoice.FAILED.label, "correct", Tone.OVERDUE),
    LotStateChoice.RETIRED: Word(LotStateChoice.RETIRED.label, "closed", Tone.QUIET),
}
EXPIRED = Word(_("expired, still in use"), "suspected", Tone.SUSPECTED)

STANDINGS: Mapping[Standing, Word] = {
    Standing.IN_CONTROL: Word(_("in control"), "done", Tone.GOOD),
    Standing.WARNING: Word(_("warning"), "suspected", Tone.SUSPECTED),
    Standing.REJECTED: Word(_("run rejected"), "correct", Tone.OVERDUE),
    Standing.NO_TARGET: Word(_("no mean and SD set"), "none", Tone.QUIET),
    Standing.LEFT_OUT: Word(_("left out"), "closed", Tone.QUIET),
}
OUTSIDE = Word(_("outside the assay's limits"), "correct", Tone.OVERDUE)
LOW = Word(_("accepted with a warning"), "suspected", Tone.SUSPECTED)
ACCEPTED = Word(_("within the assay's limits"), "done", Tone.GOOD)

# what each rule saw, and what it asks for
RULES: Mapping[Rule, "tuple[_StrPromise, _StrPromise]"] = {
    Rule.ONE_2S: (
        _("One run lies beyond 2 SD."),
        _("The run stands. Look at the control and at the run before; one in twenty does so by chance."),
    ),
    Rule.ONE_3S: (
        _("One run lies beyond 3 SD."),
        _("Reject the run: repeat it with a new aliquot of the control. Look for a pipetting or instrument fault."),
    ),
    Rule.TWO_2S: (
        _("Two runs in a row lie beyond 2 SD on the same side."),
        _("Reject the run: something has shifted. Check lots, standards and the thermal cycler before you repeat."),
    ),
    Rule.R_4S: (
        _("Two runs in a row lie beyond 2 SD on opposite sides."),
        _("Reject the run: it scatters too much. Check pipettes, mixing and the seal of the plate before you repeat."),
    ),
    Rule.FOUR_1S: (
        _("Four runs in a row lie beyond 1 SD on the same side."),
        _("Reject the run: a small shift lasts. Compare with the lot before; recalibrate or make new standards."),
    ),
    Rule.TEN_X: (
        _("Ten runs in a row lie on the same side of the mean."),
        _("Reject the run: the mean no longer fits. Find what changed; set a new mean only once it is explained."),
    ),
}

AGREEMENTS: Mapping[Agreement, Word] = {
    Agreement.AGREES: Word(_("as expected"), "done", Tone.GOOD),
    Agreement.TOO_LOW: Word(_("below the accepted range"), "correct", Tone.OVERDUE),
    Agreement.TOO_HIGH: Word(_("above the accepted range"), "correct", Tone.OVERDUE),
    Agreement.CALL_DIFFERS: Word(_("another call than expected"), "correct", Tone.OVERDUE),
    Agreement.NO_VALUE: Word(_("no level reported, one was expected"), "correct", Tone.OVERDUE),
    Agreement.NO_RANGE: Word(_("no range given: not judged"), "none", Tone.QUIET),
    Agreement.NOT_REPORTED: Word(_("not reported yet"), "pending", Tone.QUIET),
    Agreement.NOT_YET_KNOWN: Word(_("expectation not known yet"), "pending", Tone.QUIET),
}

PLACES = {
    Quantity.POSITIVE_CONTROL_CQ: 2,
    Quantity.SLOPE: 3,
    Quantity.INTERCEPT: 2,
    Quantity.EFFICIENCY_PCT: 1,
    Quantity.R2: 4,
    Quantity.ABL1_LOG10_COPIES: 2,
}  # decimals shown, [DESIGN]
UNITS: Mapping[Quantity, "_StrPromise"] = {
    Quantity.POSITIVE_CONTROL_CQ: _("Cq"),
    Quantity.SLOPE: _("Cq per log₁₀"),
    Quantity.INTERCEPT: _("Cq"),
    Quantity.EFFICIENCY_PCT: _("%"),
    Quantity.R2: _("R²"),
    Quantity.ABL1_LOG10_COPIES: _("log₁₀ copies a well"),
}
DISTANCE_PLACES = 2
BORDERS_SD = tuple(Decimal(sds) for sds in (-3, -2, -1, 0, 1, 2, 3))
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def lot_word(state: str, *, is_expired: bool) -> Word:
    """Return the state of a lot; one past its day and still in use says so."""
    return EXPIRED if is_expired else LOTS[LotStateChoice(state)]


def quantity_name(code: str) -> str:
    """Return what a chart follows."""
    return str(QualityQuantityChoice(code).label)


def unit(code: str) -> str:
    """Return the unit of a chart."""
    return str(UNITS[Quantity(code)])


def value_said(value: Decimal, code: str, borders: Iterable[Decimal] = ()) -> str:
    """Return a value of a chart in its decimals, more where these would reach or cross a border."""
    return fixed(value, PLACES[Quantity(code)], borders)


def point_value_said(point: ReadPoint, code: str) -> str:
    """Return the value of a point, never rounded across a line of its chart."""
    target = point.target
    lines = [target.mean + sds * target.sd for sds in BORDERS_SD] if target else []
    return value_said(point.given.value, code, [*lines, *point.accepted.limits])


def copies_said(value: Decimal) -> str:
    """Return the copies whose log10 is given."""
    return copies(_EXACT.power(Decimal(10), value).quantize(Decimal(1)))


def distance_said(sds: Decimal) -> str:
    """Return a distance from the mean with its sign: `+2.31 SD`, never rounded onto a border of a rule."""
    said = fixed(abs(sds), DISTANCE_PLACES, [abs(border) for border in BORDERS_SD])
    return _now("%(sign)s%(distance)s SD") % {"sign": MINUS if sds < 0 else "+", "distance": said}


def fixed(value: Decimal, places: int, borders: Iterable[Decimal] = ()) -> str:
    """Return a number to so many decimals, zeros kept, with a true minus."""
    shown = rounded(_EXACT.plus(value), places, borders)
    digits = max(places, -int(shown.as_tuple().exponent))
    written = f"{abs(shown):.{digits}f}".replace(".", marks().decimal)
    return f"{MINUS}{written}" if shown < 0 else written


def standing_word(point: ReadPoint, code: str) -> Word:
    """Return how a point stands: by the assay's limits where it breaks them, or where no rule reads the chart."""
    if point.is_outside:
        return OUTSIDE
    if point.is_low:
        return LOW
    if Quantity(code) is Quantity.R2 and point.judgement.standing is Standing.NO_TARGET:
        return ACCEPTED
    return STANDINGS[point.judgement.standing]


def target_said(target: SetTarget, code: str) -> str:
    """Return mean and SD with where they come from."""
    places = PLACES[Quantity(code)]
    shown = {"mean": fixed(target.mean, places), "sd": fixed(target.sd, places + 1), "unit": unit(code)}
    said = _now("mean %(mean)s, SD %(sd)s %(unit)s") % shown
    if not target.points:
        return _now("%(target)s, typed") % {"target": said}
    if target.is_provisional:
        return _now("%(target)s, provisional: from %(n)s points, %(enough)s are needed") % {
            "target": said,
            "n": target.points,
            "enough": MIN_POINTS,
        }
    return _now("%(target)s, from %(n)s points") % {"target": said, "n": target.points}


def proposed_said(found: Estimate | None, code: str) -> str:
    """Return what the points of a lot would set; empty while there are too few."""
    if found is None:
        return ""
    places = PLACES[Quantity(code)]
    shown = {"n": found.points, "mean": fixed(found.mean, places), "sd": fixed(found.sd, places + 1)}
    if found.is_provisional:
        return _now("from the %(n)s points of this lot so far, provisional: mean %(mean)s, SD %(sd)s") % shown
    return _now("from the %(n)s points of this lot: mean %(mean)s, SD %(sd)s") % shown


def line_said(sds: int, value: Decimal, code: str) -> str:
    """Return the name of a line of a chart: `+2 SD 26.70`, `mean 26.40`."""
    shown = value_said(value, code)
    if not sds:
        return _now("mean %(value)s") % {"value": shown}
    return _now("%(sign)s%(sds)s SD %(value)s") % {"sign": MINUS if sds < 0 else "+", "sds": abs(sds), "value": shown}


def no_lot() -> str:
    """Return what stands for a lot that nobody recorded."""
    return _now("lot not recorded")


def held_since(target: SetTarget) -> str:
    """Return since when a target holds and who set it."""
    return _now("from %(day)s, set by %(person)s") % {"day": day(target.valid_from), "person": target.set_by}
