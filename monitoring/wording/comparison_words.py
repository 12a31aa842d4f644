"""The words of a comparison: from which day months are counted, what a cohort's level is, why there is no band."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.charts.marks import LOQ, Mark, Shape
from monitoring.domain.cohort_band import LEAST_PATIENTS, BandMonth, Quantile
from monitoring.domain.common_origin import Origin
from monitoring.wording.numbers import marks, pct

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ORIGIN_NAMES: Mapping[str, "_StrPromise"] = {
    Origin.RELAPSE.value: gettext_lazy("the relapse date"),
    Origin.CYCLE_1.value: gettext_lazy("day 1 of venetoclax cycle 1"),
    Origin.END_OF_TREATMENT.value: gettext_lazy("the end of treatment"),
    Origin.DIAGNOSIS.value: gettext_lazy("diagnosis"),
}


def months_words(months: float) -> str:
    """Return months from the origin with one decimal, in the reader's notation."""
    written = format(Decimal(format(months, ".1f")) + 0, "f")
    return written.replace("-", "−").replace(".", marks().decimal)


def without_origin(pseudonym: str, origin: Origin) -> str:
    """Return why the curve of a patient cannot be laid on this axis."""
    return {
        Origin.RELAPSE: _("%(patient)s has no molecular relapse by the rule set that raises alerts."),
        Origin.CYCLE_1: _("%(patient)s has no first venetoclax cycle on record."),
        Origin.END_OF_TREATMENT: _("%(patient)s has no end of treatment on record."),
        Origin.DIAGNOSIS: _("%(patient)s has no day of diagnosis on record."),
    }[origin] % {"patient": pseudonym}


def quantile_words(quantile: Quantile) -> str:
    """Return `0.018 %`, or `below 0.0032 %` where only the limits of the samples bound it."""
    level = pct(quantile.pct_abl1)
    return _("below %(level)s") % {"level": level} if quantile.is_below else level


def mark_words(mark: Mark) -> str:
    """Return what stands in the table for a sample: its level, its limit, or that it has none."""
    if mark.height_pct_abl1 is None:
        return _("no value")
    level = pct(mark.height_pct_abl1)
    if mark.shape is Shape.DETECTED:
        return level
    if mark.height_is == LOQ:
        return _("detected, below %(level)s") % {"level": level}
    if mark.shape is Shape.LIMITED:
        return _("limited negative, limit %(level)s") % {"level": level}
    return _("not detected, limit %(level)s") % {"level": level}


def too_small(most: int, origin: Origin) -> str:
    """Return why there is no band."""
    text = ngettext(
        "No band: at most %(n)s other patient has a sample in one month from %(origin)s; a band needs %(least)s.",
        "No band: at most %(n)s other patients have a sample in one month from %(origin)s; a band needs %(least)s.",
        most,
    )
    return text % {"n": most, "origin": ORIGIN_NAMES[origin.value], "least": LEAST_PATIENTS}


def band_words(patients: int, months: Sequence[BandMonth], origin: Origin) -> str:
    """Return what the band is made of."""
    undetected = sum(month.median.is_below for month in months)
    said = ngettext(
        "Cohort of %(n)s other patient whose chart you may read: median and quartiles by month from %(origin)s.",
        "Cohort of %(n)s other patients whose charts you may read: median and quartiles by month from %(origin)s.",
        patients,
    ) % {"n": patients, "origin": ORIGIN_NAMES[origin.value]}
    if not undetected:
        return said
    below = ngettext(
        "In %(n)s month the median lies below the limits of the samples: an open triangle, no number.",
        "In %(n)s months the median lies below the limits of the samples: open triangles, no numbers.",
        undetected,
    ) % {"n": undetected}
    return f"{said} {below}"
