"""What an address of a cohort asks: which version, and of a part which question."""

from django.http import Http404

from monitoring.domain.cohorts.parts import NotAQuestion, PartQuestion
from monitoring.forms.cohort_questions import asked_of
from monitoring.models import CohortVersion
from monitoring.queries import cohort_answers
from monitoring.queries.cohorts import CohortLine
from monitoring.views.signed_in import SignedInRequest

NO_QUESTION = frozenset({"version", "kind", "without_dates"})


def version_of(request: SignedInRequest, line: CohortLine) -> CohortVersion:
    """Return the version that was asked for, by default the one in force; 404 for none that there is."""
    asked = request.GET.get("version", "")
    wanted = next((each for each in line.versions if str(each.number) == asked), None if asked else line.latest)
    if wanted is None:
        raise Http404
    return cohort_answers.version_row(wanted.version_id)


def question_of(request: SignedInRequest, part: str) -> PartQuestion:
    """Return the question to a part; 404 for one that it does not answer."""
    try:
        return asked_of(part, {name: request.GET[name] for name in request.GET if name not in NO_QUESTION})
    except NotAQuestion as error:
        raise Http404 from error
