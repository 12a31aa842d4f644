"""The methods of a cohort as a paragraph for a paper: population, response, endpoints, estimators, software, data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from monitoring.domain.classify import ENGINE_VERSION
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.endpoints import Endpoint
from monitoring.domain.cohorts.parts import Comparison, Grouping, Part, PartQuestion
from monitoring.wording import cohort_endpoint_words as ends
from monitoring.wording import cohort_words, dates, states

PRODUCT_VERSION = "0.1.0"  # of pyproject.toml; a test compares


@dataclass(frozen=True, slots=True)
class DataTold:
    """From which state of the data the paragraph speaks."""

    version: int
    revision: int
    considered: int
    included: int
    on: date
    is_synthetic: bool


def paragraphs(definition: CohortDefinition, told: DataTold, questions: Iterable[PartQuestion]) -> list[str]:
    """Return the paragraphs: patients, response, each question of the survival parts, software and data."""
    asked = list(questions)
    survival = [sentence for question in asked for sentence in _of_question(question)]
    return [
        _patients(definition, told),
        _response(),
        " ".join([*dict.fromkeys(survival), _intervals()]),
        _software(definition, told),
    ]


def _patients(definition: CohortDefinition, told: DataTold) -> str:
    said = {
        "definition": " ".join(cohort_words.definition_sentences(definition)),
        "considered": told.considered, "included": told.included,
    }  # fmt: skip
    sentence = _("%(definition)s Of %(considered)s patients considered %(included)s were included.") % said
    return _("Synthetic patients.") + " " + sentence if told.is_synthetic else sentence


def _response() -> str:
    return _(
        "Response was assessed in blood and marrow apart, by the latest evaluable sample from day 21 of a cycle to "
        "day 7 of the next, the start of conditioning or of another treatment, or day 56 at most, against the last "
        "value before cycle 1 day 1: negativity, reduction by 1 log10 or more, progression by 1 log10 or more, "
        "otherwise stable; negativity and reduction are a response. After C1 ± C2 the later of the two cycles that "
        "was evaluated counts (Higué et al., Blood Cancer J 2025;15:141, after Jimenez-Chillon et al., Blood Adv "
        "2024;8:343). Undetected results were never taken as 0; patients without an evaluable sample are in no "
        "percentage."
    )


def _of_question(question: PartQuestion) -> list[str]:
    endpoint, origin = question.endpoint, question.origin
    if endpoint is None or origin is None:
        return []
    return [
        f"{ends.ENDPOINTS[endpoint]}. {ends.DEFINITIONS[endpoint]}.",
        str(ends.BEGINNINGS[origin]),
        _censoring(endpoint),
        _estimator(question),
    ]


def _censoring(endpoint: Endpoint) -> str:
    if endpoint is Endpoint.OS:
        return _("Patients alive were censored at the last contact; transplant did not censor.")
    return _(
        "Patients without an event were censored at the last assessment of the disease, else at the last contact; "
        "transplant did not censor."
    )


def _estimator(question: PartQuestion) -> str:
    if question.part is Part.INCIDENCE:
        return _(
            "Cumulative incidence by Aalen and Johansen (Scand J Stat 1978;5:141) with death as a competing risk; "
            "groups were compared by Gray’s test (Ann Stat 1988;16:1141)."
        )
    if question.part is Part.TRANSPLANT:
        return _transplant(question)
    compared = (
        "" if question.grouping in (None, Grouping.NONE) else " " + _("Groups were compared by the log-rank test.")
    )
    return (
        _(
            "Kaplan-Meier estimates (J Am Stat Assoc 1958;53:457) with 95 % intervals on the log-log scale and "
            "Greenwood’s variance; follow-up by the reverse Kaplan-Meier method (Schemper and Smith, Control Clin "
            "Trials 1996;17:343)."
        )
        + compared
    )


def _transplant(question: PartQuestion) -> str:
    if question.comparison is Comparison.LANDMARK:
        said = _(
            "Transplanted and not transplanted patients were compared from a landmark of %(days)s days (Anderson et "
            "al., J Clin Oncol 1983;1:710)."
        )
        return said % {"days": question.landmark_days or 0}
    if question.comparison is Comparison.SIMON_MAKUCH:
        return _("Transplant was taken as time-dependent (Simon and Makuch, Stat Med 1984;3:35).")
    return _(
        "Patients were split by transplant as if it had been known at the origin: immortal time favours the "
        "transplanted, and the comparison is not valid."
    )


def _intervals() -> str:
    return _(
        "Proportions carry exact 95 % intervals (Clopper and Pearson, Biometrika 1934;26:404). A month is 30.4375 days."
    )


def _software(definition: CohortDefinition, told: DataTold) -> str:
    return _(
        "Computed by MRD monitoring %(product)s, engine %(engine)s, rule set %(ruleset)s, from cohort version "
        "%(version)s, data revision %(revision)s of %(on)s; its estimators agree with R (survival 3.5-3, cmprsk "
        "2.2-11) to 1e-6."
    ) % {
        "product": PRODUCT_VERSION, "engine": ENGINE_VERSION, "version": told.version, "revision": told.revision,
        "ruleset": states.word("ruleset", definition.ruleset).words, "on": dates.day(told.on),
    }  # fmt: skip
