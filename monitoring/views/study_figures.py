"""A curve of a published study as a file: SVG, PNG or PDF; of the synthetic cohort it says so on its face."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring.charts.cohort_ink_svg import FAMILY
from monitoring.charts.xml_text import escape
from monitoring.reports import cohort_figures
from monitoring.reports.cohort_figures import FigureSheet
from monitoring.studies.statements.kept_report import SYNTHETIC, StudyReport
from monitoring.studies.statements.study_curves import CurveFound
from monitoring.views import studies
from monitoring.views.cohort_figures import TYPES
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import dates, study_words

FOOT = 4  # px between the label and the lower edge of the picture


@login_required
@require_GET
def figure(request: SignedInRequest, name: str, curve: str, kind: str) -> HttpResponse:
    """Give one curve of a study with its caption and from which records it was made."""
    found = studies.report_seen(request, name)
    one = next((each for each in found.curves if each.curve.key == curve), None) if found else None
    if found is None or one is None or kind not in TYPES:
        raise Http404
    content = cohort_figures.file_of(_sheet(found, one), kind, timezone.now())
    if kind == "svg" and name in SYNTHETIC:
        content = _labelled(content.decode(), str(study_words.SYNTHETIC)).encode()
    answer = HttpResponse(content, content_type=TYPES[kind])
    mark = "-synthetic" if name in SYNTHETIC else ""
    answer["Content-Disposition"] = f'attachment; filename="{name}{mark}-{curve}.{kind}"'
    return answer


def _sheet(found: StudyReport, one: CurveFound) -> FigureSheet:
    name, question = found.study.name, one.curve.question
    made = _("%(at)s, by the code that serves every cohort") % {
        "at": dates.moment(timezone.localtime(found.computed_at))
    }
    records = f"{study_words.PAPERS[name]}. {study_words.RECORDS[name]}. {made}."
    return FigureSheet(
        title=str(study_words.CURVES[one.curve.key]),
        pictures=cohort_figures.pictures(question, one.answer),
        caption=cohort_figures.caption(question, one.answer),
        origin=[str(study_words.CURVE_NOTES[name]), records],
    )


def _labelled(svg: str, label: str) -> str:
    """A picture that can be cut out of its page says on its face what it is not."""
    _width, height = cohort_figures.size_of(svg)
    words = f'<text x="0" y="{height - FOOT:.0f}" font-family="{FAMILY}" font-size="12">{escape(label)}</text>'
    return f"{svg.removesuffix('</svg>')}{words}</svg>"
