"""What can be chosen in a part of a cohort's page, as links that carry the whole question, one answer changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.endpoints import Endpoint, Origin
from monitoring.domain.cohorts.parts import Comparison, Grouping, Part, PartQuestion
from monitoring.wording.cohort_endpoint_words import GROUPINGS, ORIGINS, SIGNS

LANDMARKS = (90, 180, 365)  # days from the origin; [DESIGN] three, six and twelve months
SURVIVAL_ENDPOINTS = (
    Endpoint.RFS_MRD, Endpoint.RFS, Endpoint.OS, Endpoint.RFS_ANY_MOLECULAR, Endpoint.TREATMENT_FREE,
)  # fmt: skip
# with more than one kind of first event
INCIDENCE_ENDPOINTS = (Endpoint.RFS_MRD, Endpoint.RFS, Endpoint.RFS_ANY_MOLECULAR)
TRANSPLANT_ENDPOINTS = (Endpoint.OS, Endpoint.RFS, Endpoint.RFS_MRD)
ORIGINS_BEFORE_HSCT = (Origin.MOLECULAR_RELAPSE, Origin.MOLECULAR_FAILURE, Origin.CYCLE_1)
WAYS: Mapping[Comparison, Promise] = {
    Comparison.LANDMARK: gettext_lazy("Landmark"),
    Comparison.SIMON_MAKUCH: gettext_lazy("Simon-Makuch"),
    Comparison.NAIVE: gettext_lazy("Naive split"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its words (`below` is set below the line), whether it is the one shown, and the query of its link."""

    words: str
    below: str
    is_chosen: bool
    query: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers of one option."""

    name: str
    choices: tuple[Choice, ...]


def choices(question: PartQuestion) -> list[Choices]:
    """Return the options of a part, in the order of its head line."""
    if question.part is Part.SURVIVAL:
        found = [_endpoints(question, SURVIVAL_ENDPOINTS), _origins(question, Origin), _groupings(question)]
    elif question.part is Part.INCIDENCE:
        found = [_endpoints(question, INCIDENCE_ENDPOINTS), _origins(question, Origin), _groupings(question)]
    elif question.part is Part.TRANSPLANT:
        found = [_endpoints(question, TRANSPLANT_ENDPOINTS), _origins(question, ORIGINS_BEFORE_HSCT), _ways(question)]
        found += [] if question.comparison is Comparison.NAIVE else [_landmarks(question)]
    else:
        return []
    return found if question.grouping is Grouping.CENTRE else [*found, _whose(question)]


def _endpoints(question: PartQuestion, offered: Iterable[Endpoint]) -> Choices:
    return Choices(_("Endpoint"), tuple(_endpoint(question, each) for each in offered))


def _endpoint(question: PartQuestion, endpoint: Endpoint) -> Choice:
    """Treatment-free survival begins with the end of treatment, the others with the relapse unless said otherwise."""
    origin = question.origin
    if endpoint is Endpoint.TREATMENT_FREE:
        origin = Origin.END_OF_TREATMENT
    elif question.endpoint is Endpoint.TREATMENT_FREE:
        origin = Origin.MOLECULAR_RELAPSE
    sign = SIGNS[endpoint]
    query = _query(replace(question, endpoint=endpoint, origin=origin))
    return Choice(str(sign.name), str(sign.below), question.endpoint is endpoint, query)


def _origins(question: PartQuestion, offered: Iterable[Origin]) -> Choices:
    found = (
        Choice(str(ORIGINS[each]), "", question.origin is each, _query(replace(question, origin=each)))
        for each in offered
    )
    return Choices(_("Origin"), tuple(found))


def _groupings(question: PartQuestion) -> Choices:
    found = (
        Choice(str(GROUPINGS[each]), "", question.grouping is each, _query(replace(question, grouping=each)))
        for each in Grouping
        if not (question.pooled and each is Grouping.CENTRE)  # counted together is not centre by centre
    )
    return Choices(_("Groups"), tuple(found))


def _ways(question: PartQuestion) -> Choices:
    found = (
        Choice(str(WAYS[each]), "", question.comparison is each, _query(replace(question, comparison=each)))
        for each in Comparison
    )
    return Choices(_("Comparison"), tuple(found))


def _landmarks(question: PartQuestion) -> Choices:
    offered, name = sorted({*LANDMARKS, question.landmark_days or 0}), _("Landmark")
    if question.comparison is Comparison.SIMON_MAKUCH:
        offered, name = sorted({0, *offered}), _("Curves drawn from")
    found = (
        Choice(_day(each), "", question.landmark_days == each, _query(replace(question, landmark_days=each)))
        for each in offered
    )
    return Choices(name, tuple(found))


def _whose(question: PartQuestion) -> Choices:
    """The own centre alone, or counted together with the others: one by one they are never shown."""
    offered = ((False, _("Own centre")), (True, _("With other centres")))
    found = (
        Choice(words, "", question.pooled is pooled, _query(replace(question, pooled=pooled)))
        for pooled, words in offered
    )
    return Choices(_("Whose patients"), tuple(found))


def _day(days: int) -> str:
    return _("Day %(days)s") % {"days": days} if days else _("From the origin")


def _query(question: PartQuestion) -> str:
    values: dict[str, Any] = parts.said(question)
    return urlencode({name: "yes" if value is True else value for name, value in values.items()})
