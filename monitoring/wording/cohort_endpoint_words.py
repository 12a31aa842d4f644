"""Endpoints and origins of a cohort in words: what counts as the event, from when, who is censored, who is left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy

from monitoring.domain.cohorts.endpoints import Endpoint, Event, Origin, OutReason
from monitoring.domain.cohorts.grouping import EVERYBODY, Unknown
from monitoring.domain.cohorts.part_survival import EventCount, LeftOut
from monitoring.domain.cohorts.parts import Grouping
from monitoring.domain.cohorts.response_table import ResponseGroup
from monitoring.domain.survival.exposures import EXPOSED, UNEXPOSED
from monitoring.wording import cohort_numbers, cohort_words, states


@dataclass(frozen=True, slots=True)
class Sign:
    """The short name of an endpoint: RFS, with MRD set below it."""

    name: str | Promise
    below: str | Promise = ""

    @property
    def plain(self) -> str:
        """The name where nothing can be set below a line."""
        return f"{self.name} ({self.below})" if self.below else str(self.name)


SIGNS: Mapping[Endpoint, Sign] = {
    Endpoint.OS: Sign(pgettext_lazy("endpoint", "OS")),
    Endpoint.RFS: Sign(pgettext_lazy("endpoint", "RFS")),
    Endpoint.RFS_MRD: Sign(pgettext_lazy("endpoint", "RFS"), "MRD"),
    Endpoint.RFS_ANY_MOLECULAR: Sign(pgettext_lazy("endpoint", "RFS"), pgettext_lazy("endpoint", "any MRD")),
    Endpoint.TREATMENT_FREE: Sign(pgettext_lazy("endpoint", "Treatment-free")),
}
ENDPOINTS: Mapping[Endpoint, Promise] = {
    Endpoint.OS: gettext_lazy("Overall survival"),
    Endpoint.RFS: gettext_lazy("Relapse-free survival"),
    Endpoint.RFS_MRD: gettext_lazy("Relapse-free survival, second molecular relapse counted"),
    Endpoint.RFS_ANY_MOLECULAR: gettext_lazy("Relapse-free survival, every molecular relapse counted"),
    Endpoint.TREATMENT_FREE: gettext_lazy("Treatment-free survival"),
}
DEFINITIONS: Mapping[Endpoint, Promise] = {
    Endpoint.OS: gettext_lazy("Event: death from any cause"),
    Endpoint.RFS: gettext_lazy("Event: haematological relapse or death"),
    Endpoint.RFS_MRD: gettext_lazy(
        "Event: haematological relapse, second molecular relapse after negativity or reduction, or death"
    ),
    Endpoint.RFS_ANY_MOLECULAR: gettext_lazy(
        "Event: haematological relapse, the first molecular relapse after the origin, or death"
    ),
    Endpoint.TREATMENT_FREE: gettext_lazy(
        "Event: the next treatment (conditioning for transplant is one), second molecular relapse after negativity or "
        "reduction, haematological relapse, or death"
    ),
}
ALIVE: Mapping[Endpoint, Promise] = {
    Endpoint.OS: gettext_lazy("were alive"),
    Endpoint.RFS: gettext_lazy("were alive without haematological relapse"),
    Endpoint.RFS_MRD: gettext_lazy("were alive without any further relapse"),
    Endpoint.RFS_ANY_MOLECULAR: gettext_lazy("were alive without any molecular or haematological relapse"),
    Endpoint.TREATMENT_FREE: gettext_lazy("were alive without further treatment or relapse"),
}
ORIGINS: Mapping[Origin, Promise] = {
    Origin.MOLECULAR_RELAPSE: pgettext_lazy("origin", "Molecular relapse"),
    Origin.MOLECULAR_FAILURE: pgettext_lazy("origin", "Molecular failure"),
    Origin.CYCLE_1: pgettext_lazy("origin", "C1 day 1"),
    Origin.HSCT: pgettext_lazy("origin", "HSCT"),
    Origin.FIRST_REMISSION: pgettext_lazy("origin", "First remission"),
    Origin.END_OF_TREATMENT: pgettext_lazy("origin", "End of venetoclax"),
}
SINCE: Mapping[Origin, Promise] = {
    Origin.MOLECULAR_RELAPSE: gettext_lazy("months since molecular relapse"),
    Origin.MOLECULAR_FAILURE: gettext_lazy("months since molecular failure"),
    Origin.CYCLE_1: gettext_lazy("months since C1 day 1"),
    Origin.HSCT: gettext_lazy("months since HSCT"),
    Origin.FIRST_REMISSION: gettext_lazy("months since first remission"),
    Origin.END_OF_TREATMENT: gettext_lazy("months since the end of venetoclax"),
}
AFTER: Mapping[Origin, Promise] = {
    Origin.MOLECULAR_RELAPSE: gettext_lazy("after molecular relapse"),
    Origin.MOLECULAR_FAILURE: gettext_lazy("after molecular failure"),
    Origin.CYCLE_1: gettext_lazy("after C1 day 1"),
    Origin.HSCT: gettext_lazy("after HSCT"),
    Origin.FIRST_REMISSION: gettext_lazy("after first remission"),
    Origin.END_OF_TREATMENT: gettext_lazy("after the end of venetoclax"),
}
BEGINNINGS: Mapping[Origin, Promise] = {
    Origin.MOLECULAR_RELAPSE: gettext_lazy("Origin: day of the index sample of the molecular relapse or progression."),
    Origin.MOLECULAR_FAILURE: gettext_lazy("Origin: day of the molecular failure (persistence, relapse, progression)."),
    Origin.CYCLE_1: gettext_lazy("Origin: day 1 of cycle 1."),
    Origin.HSCT: gettext_lazy("Origin: first transplant after the failure."),
    Origin.FIRST_REMISSION: gettext_lazy("Origin: first haematological remission."),
    Origin.END_OF_TREATMENT: gettext_lazy("Origin: last day of venetoclax."),
}
EVENTS: Mapping[Event, Promise] = {
    Event.MOLECULAR_RELAPSE: ngettext_lazy("%(n)s molecular relapse", "%(n)s molecular relapses", "n"),
    Event.HAEMATOLOGICAL_RELAPSE: ngettext_lazy("%(n)s haematological relapse", "%(n)s haematological relapses", "n"),
    Event.NEXT_TREATMENT: ngettext_lazy("%(n)s next treatment", "%(n)s next treatments", "n"),
    Event.DEATH: ngettext_lazy("%(n)s death", "%(n)s deaths", "n"),
}
CAUSES: Mapping[Event, Promise] = {
    Event.MOLECULAR_RELAPSE: pgettext_lazy("cause", "Molecular relapse"),
    Event.HAEMATOLOGICAL_RELAPSE: pgettext_lazy("cause", "Haematological relapse"),
    Event.NEXT_TREATMENT: pgettext_lazy("cause", "Next treatment"),
    Event.DEATH: pgettext_lazy("cause", "Death"),
}
OUT: Mapping[OutReason, Promise] = {
    OutReason.NO_ORIGIN: ngettext_lazy("%(n)s has no such day of origin", "%(n)s have no such day of origin", "n"),
    OutReason.NO_FOLLOW_UP: ngettext_lazy("%(n)s was never heard of again", "%(n)s were never heard of again", "n"),
    OutReason.ENDED_BEFORE: ngettext_lazy(
        "%(n)s was last assessed before it", "%(n)s were last assessed before it", "n"
    ),
}
GROUPINGS: Mapping[Grouping, Promise] = {
    Grouping.NONE: pgettext_lazy("grouping", "All"),
    Grouping.SIGNALLING: gettext_lazy("By co-mutation"),
    Grouping.FIRST_LINE_RESPONSE: gettext_lazy("By first-line response"),
    Grouping.FAILURE: gettext_lazy("By failure"),
    Grouping.MARKER: gettext_lazy("By marker"),
    Grouping.CENTRE: gettext_lazy("By centre"),
}
GROUPS: Mapping[str, Promise] = {
    EVERYBODY: pgettext_lazy("group of patients", "All"),
    ResponseGroup.SIGNALLING: gettext_lazy("FLT3-ITD or N/KRAS"),
    ResponseGroup.NO_SIGNALLING: gettext_lazy("neither FLT3-ITD nor N/KRAS"),
    Unknown.NOT_KNOWN: gettext_lazy("not known"),
    UNEXPOSED: gettext_lazy("not transplanted"),
    EXPOSED: gettext_lazy("transplanted"),
    **{str(code): words for code, words in cohort_words.FAILURES.items()},
    **{str(code): words for code, words in cohort_words.FIRST_LINE.items()},
}


def group_names(names: Iterable[str], grouping: Grouping | None) -> dict[str, str]:
    """Return the words of groups; a centre is called as it calls itself."""
    if grouping is Grouping.CENTRE:
        return {name: name for name in names}
    if grouping is Grouping.MARKER:
        return {name: str(states.word("marker", name).words) for name in names}
    return {name: str(GROUPS[name]) for name in names}


def event_sentence(endpoint: Endpoint, events: Iterable[EventCount]) -> str:
    """Return what counts as the event, and which came first how often."""
    found = list(events)
    total = sum(each.patients for each in found)
    said = {"definition": DEFINITIONS[endpoint], "events": events_words(total)}
    if endpoint is Endpoint.OS or total == 0:
        return _("%(definition)s; %(events)s.") % said
    ordered = sorted(found, key=lambda each: list(EVENTS).index(each.event))
    said["first"] = ", ".join(EVENTS[each.event] % {"n": each.patients} for each in ordered)
    return _("%(definition)s; %(events)s, what came first: %(first)s.") % said


def events_words(number: int) -> str:
    """Return `no event`, `1 event`, `18 events`."""
    if number == 0:
        return _("no event")
    return ngettext("%(n)s event", "%(n)s events", number) % {"n": cohort_numbers.count(number)}


def censoring_sentence(endpoint: Endpoint, *, has_ticks: bool = True, tells_hsct: bool = True) -> str:
    """Return when a patient without an event is censored, and by which mark."""
    if endpoint is Endpoint.OS:
        censored = _("at the last contact")
    else:
        censored = _("at the last assessment of the disease, else at the last contact")
    said = _("Censored (ticks) %(when)s") if has_ticks else _("Censored %(when)s")
    sentence = said % {"when": censored}
    if endpoint is Endpoint.TREATMENT_FREE or not tells_hsct:
        return f"{sentence}."
    return _("%(censored)s; HSCT does not censor.") % {"censored": sentence}


def left_out_sentence(left_out: Iterable[LeftOut], in_no_group: int = 0) -> str:
    """Return who of the cohort is not in the figure and why; empty where everybody is."""
    reasons = [OUT[each.reason] % {"n": each.patients} for each in left_out]
    if in_no_group:
        reasons.append(
            ngettext("%(n)s belongs to none of the groups", "%(n)s belong to none of the groups", in_no_group)
            % {"n": in_no_group}
        )
    return _("Not in the figure: %(reasons)s.") % {"reasons": ", ".join(reasons)} if reasons else ""


def too_small_sentence(patients: int, least: int) -> str:
    """Return that pooled groups are not shown below the least number; empty where none is."""
    if not patients:
        return ""
    return _("Groups with fewer than %(least)s patients of other centres are not shown.") % {"least": least}
