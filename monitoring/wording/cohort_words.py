"""A cohort in words: its definition as one would say it, and the flow of patients that came of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.cohorts.definition import CohortDefinition, Criterion, Regimen, Transplanted
from monitoring.domain.cohorts.flow import Flow, FlowStep, Untreated
from monitoring.domain.cohorts.parts import Part
from monitoring.domain.cohorts.patient import FailureKind
from monitoring.domain.response import FirstLineResponse
from monitoring.wording import dates, states

FAILURES: Mapping[FailureKind, Promise] = {
    FailureKind.PERSISTENCE: gettext_lazy("molecular persistence"),
    FailureKind.RELAPSE: gettext_lazy("molecular relapse"),
    FailureKind.PROGRESSION: gettext_lazy("molecular progression"),
}
REGIMENS: Mapping[Regimen, Promise] = {
    Regimen.VEN_AZA: gettext_lazy("venetoclax with azacitidine"),
    Regimen.VEN_LDAC: gettext_lazy("venetoclax with low-dose cytarabine"),
    Regimen.VEN_ALONE: gettext_lazy("venetoclax alone"),
    Regimen.OTHER: gettext_lazy("another regimen"),
}
FIRST_LINE: Mapping[FirstLineResponse, Promise] = {
    FirstLineResponse.CR_MRD: gettext_lazy("CR, MRD negative"),
    FirstLineResponse.CR_MRD_LL: gettext_lazy("CR, MRD at low level"),
    FirstLineResponse.NOT_REACHED: gettext_lazy("neither reached"),
    FirstLineResponse.NOT_EVALUATED: gettext_lazy("not evaluated"),
}
CRITERIA: Mapping[Criterion, Promise] = {
    Criterion.NO_PREEMPTIVE_TREATMENT: gettext_lazy("no pre-emptive treatment"),
    Criterion.ANOTHER_TREATMENT_FIRST: gettext_lazy("another treatment first"),
    Criterion.ANOTHER_REGIMEN: gettext_lazy("another regimen"),
    Criterion.STARTED_OUTSIDE: gettext_lazy("cycle 1 outside the dates"),
    Criterion.HSCT_BEFORE: gettext_lazy("transplanted before"),
    Criterion.FIRST_LINE_RESPONSE: gettext_lazy("another best response to first line"),
    Criterion.AGE: gettext_lazy("age outside the limits"),
    Criterion.GENES: gettext_lazy("other mutations at diagnosis"),
    Criterion.TRANSPLANT: gettext_lazy("transplant after"),
    Criterion.RESEARCH_REFUSED: gettext_lazy("consent to research withdrawn"),
}
PARTS: Mapping[Part, Promise] = {
    Part.FLOW: gettext_lazy("Patients"),
    Part.RESPONSE: gettext_lazy("Response after C1 ± C2"),
    Part.DEPTH: gettext_lazy("Depth of response by cycle"),
    Part.WATERFALL: gettext_lazy("Change after C1 ± C2"),
    Part.ENDPOINTS: gettext_lazy("Endpoints"),
    Part.SURVIVAL: gettext_lazy("Survival"),
    Part.INCIDENCE: gettext_lazy("Cumulative incidence of relapse"),
    Part.TRANSPLANT: gettext_lazy("Transplanted and not transplanted"),
    Part.TIMES: gettext_lazy("Times and treatment"),
    Part.SWIMMER: gettext_lazy("Course of each patient"),
    Part.TRAJECTORIES: gettext_lazy("Curves of all patients"),
    Part.TOXICITY: gettext_lazy("Toxicity"),
    Part.MUTATIONS: gettext_lazy("Mutations gained and lost"),
    Part.KINETICS: gettext_lazy("Doubling times"),
}
STEPS: Mapping[str, Promise] = {
    "": gettext_lazy("waits for the worker"),
    "REFRESHING": gettext_lazy("taking up changed records"),
    "READING": gettext_lazy("reading the patients"),
    "COMPUTING": gettext_lazy("computing"),
    "WRITING": gettext_lazy("writing the file"),
}
# Definitions to start from, by the name of the study that asked so (domain.cohorts.published).
STARTS: Mapping[str, Promise] = {
    "filo2025": gettext_lazy("FILO 2025: VEN-AZA for molecular relapse"),
    "tiong2020-persistence": gettext_lazy("Tiong 2020, cohort 1: persistence"),
    "tiong2020-relapse": gettext_lazy("Tiong 2020, cohort 2: relapse or progression"),
}
UNTREATED: Mapping[str, Promise] = {
    Untreated.HAEMATOLOGICAL_RELAPSE: gettext_lazy("haematological relapse"),
    Untreated.TRANSPLANTED: gettext_lazy("transplanted"),
    Untreated.DIED: gettext_lazy("died"),
    Untreated.WATCHED: gettext_lazy("watched"),
}


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One line of the flow: how many are taken off, and the reason with its parts in words."""

    patients: int
    words: str
    parts: str


def definition_sentences(definition: CohortDefinition) -> list[str]:
    """Return a definition as sentences: who, which failure, which treatment, what else."""
    said = [_who(definition), _failure(definition), *(say(definition) for say in _FURTHER)]
    return [sentence for sentence in said if sentence]


def considered_words(definition: CohortDefinition) -> str:
    """Return what the head of the flow counts: marker, failure and its dates."""
    failure = _failure(definition) or _("with or without a molecular failure")
    said = failure[:1].lower() + failure[1:].rstrip(".")
    return _("%(markers)s: %(failure)s") % {"markers": _markers(definition), "failure": said}


def flow_lines(flow: Flow) -> list[FlowLine]:
    """Return the steps of a flow in words."""
    return [FlowLine(step.patients, str(CRITERIA[step.criterion]), _parts(step)) for step in flow.steps]


def either(words: Iterable[object]) -> str:
    """Return words as alternatives: `a`, `a or b`, `a, b or c`."""
    return _joined([str(word) for word in words], _(" or "))


def every(words: Iterable[object]) -> str:
    """Return words that go together: `a`, `a and b`, `a, b and c`."""
    return _joined([str(word) for word in words], _(" and "))


def _joined(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + last + words[-1] if words else ""


def _markers(definition: CohortDefinition) -> str:
    return either(sorted(definition.markers)) if definition.markers else _("any marker")


def _who(definition: CohortDefinition) -> str:
    said = _("Patients followed for %(markers)s.") % {"markers": _markers(definition)}
    low, high = definition.age_from, definition.age_until
    if low is not None and high is not None:
        said = _("Patients of %(low)s to %(high)s years followed for %(markers)s.") % {
            "low": low, "high": high, "markers": _markers(definition),
        }  # fmt: skip
    elif low is not None:
        said = _("Patients of %(low)s years or more followed for %(markers)s.") % {
            "low": low, "markers": _markers(definition),
        }  # fmt: skip
    elif high is not None:
        said = _("Patients of at most %(high)s years followed for %(markers)s.") % {
            "high": high, "markers": _markers(definition),
        }  # fmt: skip
    return said


def _failure(definition: CohortDefinition) -> str:
    dated = _period(definition.failed_from, definition.failed_until)
    if not definition.failures:
        return _("With or without a molecular failure %(dated)s.") % {"dated": dated} if dated else ""
    kinds = either(FAILURES[kind] for kind in FailureKind if kind in definition.failures)
    said = {
        "kinds": kinds[:1].upper() + kinds[1:],
        "ruleset": states.word("ruleset", definition.ruleset).words,
        "dated": dated,
    }
    return _("%(kinds)s by %(ruleset)s %(dated)s.") % said if dated else _("%(kinds)s by %(ruleset)s.") % said


def _period(first: date | None, last: date | None) -> str:
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": dates.day(first), "last": dates.day(last)}
    if first:
        return _("since %(first)s") % {"first": dates.day(first)}
    return _("until %(last)s") % {"last": dates.day(last)} if last else ""


def _treatment(definition: CohortDefinition) -> str:
    period = _period(definition.started_from, definition.started_until)
    if not definition.regimens and not period:
        return ""
    regimens = either(REGIMENS[each] for each in Regimen if each in definition.regimens) or _("pre-emptive treatment")
    said = {"regimens": regimens, "period": period}
    return _("Treated with %(regimens)s %(period)s.") % said if period else _("Treated with %(regimens)s.") % said


def _first_treatment(definition: CohortDefinition) -> str:
    return _("No other treatment of the failure first.") if definition.first_treatment_only else ""


def _first_line(definition: CohortDefinition) -> str:
    if not definition.first_line:
        return ""
    words = either(FIRST_LINE[each] for each in FirstLineResponse if each in definition.first_line)
    return _("Best response to first line: %(words)s.") % {"words": words}


def _hsct(definition: CohortDefinition) -> str:
    return _("Not transplanted before.") if definition.no_hsct_before else ""


def _after(definition: CohortDefinition) -> str:
    words = {
        Transplanted.ALL: "",
        Transplanted.YES: _("Transplanted afterwards."),
        Transplanted.NO: _("Not transplanted afterwards."),
    }
    return words[definition.transplanted]


def _genes(definition: CohortDefinition) -> str:
    said = []
    if definition.genes:
        said.append(_("with %(genes)s") % {"genes": every(sorted(definition.genes))})
    if definition.genes_any:
        said.append(_("with %(genes)s") % {"genes": either(sorted(definition.genes_any))})
    if definition.genes_without:
        said.append(_("without %(genes)s") % {"genes": either(sorted(definition.genes_without))})
    return _("Mutations at diagnosis: %(said)s.") % {"said": ", ".join(said)} if said else ""


def _centres(definition: CohortDefinition) -> str:
    return (
        _("Home centre: %(centres)s.") % {"centres": either(sorted(definition.centres))} if definition.centres else ""
    )


_FURTHER: tuple[Callable[[CohortDefinition], str], ...] = (
    _treatment, _first_treatment, _first_line, _hsct, _after, _genes, _centres,
)  # fmt: skip


def _parts(step: FlowStep) -> str:
    return ", ".join(f"{count} {_part(step.criterion, part)}" for part, count in step.parts)


def _part(criterion: Criterion, part: str) -> str:
    if criterion is Criterion.NO_PREEMPTIVE_TREATMENT:
        return str(UNTREATED[part])
    if criterion is Criterion.ANOTHER_REGIMEN:
        return str(REGIMENS[Regimen(part)])
    if criterion is Criterion.FIRST_LINE_RESPONSE:
        return str(FIRST_LINE[FirstLineResponse(part)])
    return part


def patients_words(number: int) -> str:
    """Return `1 patient`, `38 patients`."""
    return ngettext("%(n)s patient", "%(n)s patients", number) % {"n": number}
