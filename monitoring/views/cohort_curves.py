"""What the components of response, survival, incidence and transplant are given: figures in both sizes, words, tables.

The names of the contexts are those that the templates of the same part read under `figure`.
"""

from typing import Any

from monitoring.charts.cohort_axes_svg import NARROW, WIDE
from monitoring.charts.cohort_curve_svg import curve_svg
from monitoring.charts.cohort_figure import CurveFigure
from monitoring.charts.cohort_incidence_svg import incidence_figures
from monitoring.charts.cohort_ink_svg import Ink
from monitoring.charts.cohort_survival_svg import survival_figure
from monitoring.charts.cohort_transplant_svg import transplant_figure
from monitoring.domain.cohorts.part_incidence import IncidenceAnswer
from monitoring.domain.cohorts.part_response import ResponseAnswer
from monitoring.domain.cohorts.part_survival import SurvivalAnswer
from monitoring.domain.cohorts.part_transplant import TransplantAnswer
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.wording import (
    cohort_incidence_words,
    cohort_response_words,
    cohort_survival_words,
    cohort_transplant_words,
)
from monitoring.wording.cohort_choices import choices
from monitoring.wording.cohort_curve_words import Picture
from monitoring.wording.cohort_endpoint_words import CAUSES, ENDPOINTS


def response(_question: PartQuestion, answer: ResponseAnswer) -> dict[str, Any]:
    """Return the response tables."""
    return {
        "lead": cohort_response_words.lead(answer),
        "table": cohort_response_words.table(answer),
        "before_transplant": cohort_response_words.before_transplant(answer),
        "note": cohort_response_words.note(answer),
    }


def survival(question: PartQuestion, answer: SurvivalAnswer) -> dict[str, Any]:
    """Return the survival curves."""
    words = cohort_survival_words.words_of(question, answer)
    endpoint, _origin = cohort_survival_words.asked(question)
    return {
        "options": choices(question),
        "name": ENDPOINTS[endpoint],
        "lead": cohort_survival_words.lead(question, answer),
        "pictures": [_picture("", survival_figure(answer, words))] if answer.groups else [],
        "caption": cohort_survival_words.caption(question, answer),
        "tables": cohort_survival_words.tables(question, answer) if answer.groups else [],
        "has_several": len(answer.groups) > 1,
    }


def incidence(question: PartQuestion, answer: IncidenceAnswer) -> dict[str, Any]:
    """Return the curves of incidence: one figure, or where groups are compared one for each cause."""
    words = cohort_incidence_words.words_of(question, answer)
    figures = incidence_figures(answer, words)
    return {
        "options": choices(question),
        "pictures": [_picture(str(CAUSES[cause]) if cause else "", figure) for cause, figure in figures],
        "has_patients": bool(answer.groups),
        "caption": cohort_incidence_words.caption(question, answer),
        "tables": cohort_incidence_words.tables(question, answer) if answer.groups else [],
        "has_several": True,
    }


def transplant(question: PartQuestion, answer: TransplantAnswer) -> dict[str, Any]:
    """Return both curves, with the warning that stands above those of a naive split."""
    words = cohort_transplant_words.words_of(question, answer)
    way, days = cohort_transplant_words.way_of(question), question.landmark_days or 0
    figure = transplant_figure(answer, way, days, words)
    return {
        "options": choices(question),
        "warning": cohort_transplant_words.warning(answer),
        "nothing": cohort_transplant_words.nothing(answer),
        "pictures": [_picture("", figure)] if answer.curves else [],
        "caption": cohort_transplant_words.caption(question, answer),
        "tables": cohort_transplant_words.tables(question, answer) if answer.curves else [],
        "has_several": True,
    }


def _picture(title: str, figure: CurveFigure) -> Picture:
    return Picture(title, curve_svg(figure, WIDE, Ink.PAGE), curve_svg(figure, NARROW, Ink.PAGE))
