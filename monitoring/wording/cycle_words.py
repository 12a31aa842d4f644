"""A venetoclax cycle in words: what was given with it, what happened in it, how the samples responded."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.response import TissueResponse
from monitoring.domain.terms import CycleResponse
from monitoring.models.choices import Cyp3a4Choice, PartnerDrugChoice, SettingChoice
from monitoring.wording import dates, numbers
from monitoring.wording.numbers import NO_BREAK_SPACE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# short names, for a narrow column
PARTNERS: Mapping[str, "_StrPromise"] = {
    PartnerDrugChoice.AZACITIDINE: gettext_lazy("azacitidine"),
    PartnerDrugChoice.LOW_DOSE_CYTARABINE: gettext_lazy("LDAC"),
}
PRODUCTS: Mapping[str, "_StrPromise"] = {
    "RED_CELLS": gettext_lazy("red cells"),
    "PLATELETS": gettext_lazy("platelets"),
}


def partner_words(drug: str, dose_mg_m2: Decimal | None, days: int | None) -> str:
    """Return `azacitidine 75 mg/m², 7 days`; that nothing was given with venetoclax is said too."""
    if not drug:
        return _("no partner drug recorded")
    parts = [str(PARTNERS[drug])]
    if dose_mg_m2 is not None:
        parts[0] += f" {numbers.exact(dose_mg_m2)}{NO_BREAK_SPACE}mg/m²"
    if days is not None:
        parts.append(ngettext("%(count)s day", "%(count)s days", days) % {"count": days})
    return ", ".join(parts)


def inhibitor_words(cyp3a4: str, drug: str) -> str:
    """Return which CYP3A4 inhibitor or inducer was given, by name where it is known."""
    if not cyp3a4:
        return _("no CYP3A4 inhibitor recorded")
    kind = str(Cyp3a4Choice(cyp3a4).label)
    return f"{drug} ({kind})" if drug and drug.casefold() != kind.casefold() else kind


def given_words(given: int | None, planned: int | None) -> str:
    """Return `14 of 21` days; a number that is not on record is a dash."""
    if given is None and planned is None:
        return "–"
    return _("%(given)s of %(planned)s") % {
        "given": "–" if given is None else given,
        "planned": "–" if planned is None else planned,
    }


def circumstances(*, ramp_up: bool | None, tls_prophylaxis: bool | None, g_csf: bool | None, setting: str) -> list[str]:
    """Return what else is on record of a cycle, each in a word or two; what is not recorded is not said."""
    told = []
    if ramp_up is not None:
        told.append(_("with ramp-up") if ramp_up else _("no ramp-up"))
    if tls_prophylaxis:
        told.append(_("TLS prophylaxis"))
    if g_csf:
        told.append(_("G-CSF"))
    if setting:
        told.append(str(SettingChoice(setting).label))
    return told


def hold_words(kind: str, starts_on: date, ends_on: date | None, dose_mg: int | None, because: str) -> str:
    """Return `held 5 to 9 Mar 2026: neutropenia`, or a reduction with its dose."""
    span = (
        _("%(from)s to %(to)s") % {"from": dates.short_day(starts_on), "to": dates.day(ends_on)}
        if ends_on
        else _("from %(day)s") % {"day": dates.day(starts_on)}
    )
    if kind == "HOLD":
        return _("held %(span)s: %(because)s") % {"span": span, "because": because}
    dose = f"{dose_mg}{NO_BREAK_SPACE}mg" if dose_mg else _("dose not recorded")
    return _("reduced to %(dose)s, %(span)s: %(because)s") % {"dose": dose, "span": span, "because": because}


def toxicity_words(term: str, grade: int, starts_on: date, ends_on: date | None) -> str:
    """Return `neutropenia, grade 4, 9 days`; grades by CTCAE 5.0."""
    told = _("%(term)s, grade %(grade)s") % {"term": term, "grade": grade}
    if ends_on is None:
        return told
    days = (ends_on - starts_on).days + 1
    return f"{told}, " + ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def transfusion_words(units_by_product: Mapping[str, int]) -> str:
    """Return `2 red cells, 4 platelets`; empty where none was given."""
    return ", ".join(
        _("%(count)s × %(product)s") % {"count": units, "product": PRODUCTS[product]}
        for product, units in sorted(units_by_product.items(), reverse=True)
    )


def best_words(response: str, cycle: int, days: int) -> str:
    """Return `Negativity, after cycle 2, day 52`: days are counted from day 1 of cycle 1, which is day 0."""
    told = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return _("%(response)s in cycle %(cycle)s, %(days)s after the start") % {
        "response": response, "cycle": cycle, "days": told,
    }  # fmt: skip


def response_detail(response: TissueResponse, decided_by: ClassedResult | None, as_of: date) -> str:
    """Return the sample and the arithmetic behind a response, or why there is none."""
    if decided_by is None:
        return _why_none(response, as_of)
    on = dates.short_day(decided_by.collected_on)
    if response.response is CycleResponse.NEGATIVITY or decided_by.result.pct_abl1 is None:
        limit = decided_by.limit_pct_abl1
        if limit is None:
            return _("%(day)s, limit not known") % {"day": on}
        return _("%(day)s, limit %(limit)s") % {"day": on, "limit": numbers.pct(limit)}
    value = numbers.pct(decided_by.result.pct_abl1)
    if response.reference_pct_abl1 is None or response.log10_reduction is None:
        return _("%(day)s, %(value)s; no value before treatment") % {"day": on, "value": value}
    return _("%(reference)s → %(value)s, %(change)s") % {
        "reference": numbers.pct(response.reference_pct_abl1),
        "value": value,
        "change": numbers.log10_change(-response.log10_reduction),
    }


def _why_none(response: TissueResponse, as_of: date) -> str:
    if response.window_closes_on < response.window_opens_on:
        return _("next treatment came too soon to judge")
    if as_of < response.window_opens_on:
        return _("to be judged from %(day)s") % {"day": dates.day(response.window_opens_on)}
    if as_of <= response.window_closes_on:
        return _("no evaluable sample yet, until %(day)s") % {"day": dates.day(response.window_closes_on)}
    return _("no evaluable sample")
