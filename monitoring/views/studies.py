"""The published studies: each checkable statement as printed and as the stored records give it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.domain.cohorts.parts import Part, PartQuestion
from monitoring.queries import care
from monitoring.reports.spreadsheets import Cell
from monitoring.studies.statements import kept_report, report
from monitoring.studies.statements.kept_report import CHECKABLE, StudyReport
from monitoring.studies.statements.records import NotLoaded
from monitoring.studies.statements.report import STUDIES, Study
from monitoring.studies.statements.statement import Finding, StatementVerdict
from monitoring.studies.statements.study_curves import CurveFound, PrintedPoint
from monitoring.studies.statements.tiong2020_records import FollowUpReadings
from monitoring.views import cohort_parts, exported
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import cohort_numbers, study_words
from monitoring.wording.words import Word

SHOWN = (*CHECKABLE, StatementVerdict.RULE)  # what needs reading first


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What a study is, in words."""

    name: str
    title: str
    paper: str
    records: str
    scale: str
    about: str
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement in words: where it stands, both values, from which records, why."""

    id: str
    statement: str
    where: str
    printed: str
    computed: str
    group: str
    why: str


@dataclass(frozen=True, slots=True)
class PointLine:
    """One time at which the paper prints a value of a curve, in words; what is printed stands apart from ours."""

    months: str
    computed: str
    at_risk: int
    printed: str


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """One median follow-up in its three readings, in words."""

    patients: int
    months: str
    plain: str
    alive: str
    reverse: str
    factors: str


@dataclass(frozen=True, slots=True)
class VerdictGroup:
    """The statements of one verdict, with the code as an anchor."""

    code: str
    word: Word
    lines: list[StatementLine]


@login_required
@require_GET
def study_list(request: SignedInRequest) -> HttpResponse:
    """List the studies: what each is, whether it is loaded, how many statements are equal."""
    _check_reads(request)
    lines = [(_facts(each), _report(each)) for each in STUDIES.values()]
    shown = [(facts, found, _lead(found) if found else "") for facts, found in lines]
    return render(request, "studies.html", {"lines": shown, "is_synthetic": True})


@login_required
@require_GET
def study(request: SignedInRequest, name: str) -> HttpResponse:
    """Show one study whole; `curve` names the curve, `recompute` has it computed anew."""
    _check_reads(request)
    one = _study(name)
    found = _report(one, anew="recompute" in request.GET)
    context: dict[str, Any] = {
        "facts": _facts(one), "studies": [_facts(each) for each in STUDIES.values()], "is_synthetic": True,
    }  # fmt: skip
    if found is None:
        return render(request, "study.html", context)
    return render(request, "study.html", {**context, "report": found, **_shown(request, found)})


@login_required
@require_GET
def study_statements(request: SignedInRequest, name: str, kind: str) -> HttpResponse:
    """Give the statements as a file: the same rows as `manage.py report_study`."""
    _check_reads(request)
    one = _study(name)
    found = _report(one)
    if found is None:
        raise Http404
    file_name = f"{one.name}-synthetic-statements" if _facts(one).is_synthetic else f"{one.name}-statements"
    if kind == "json":
        answer = HttpResponse(report.as_json(found.found), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="{file_name}.json"'
        return answer
    exported.check_kind(kind)
    rows = report.as_rows(found.found)
    return exported.table(
        kind=kind, name=file_name, title=one.title, header=list(rows[0]), now=timezone.now(),
        rows=[[_cell(value) for value in row.values()] for row in rows],
    )  # fmt: skip


def report_seen(request: SignedInRequest, name: str) -> StudyReport | None:
    """Return the report of a study that the person may read; None where it is not loaded."""
    _check_reads(request)
    return _report(_study(name))


def _check_reads(request: SignedInRequest) -> None:
    """Published facts and counts: for everyone who opens charts, of whichever centre."""
    if not permissions.chart_centres_of(request.user):
        raise PermissionDenied(_("Published studies are read by clinicians, data managers and auditors."))


def _study(name: str) -> Study:
    if name not in STUDIES:
        raise Http404
    return STUDIES[name]


def _report(one: Study, *, anew: bool = False) -> StudyReport | None:
    try:
        return kept_report.read_report(one, now=timezone.now(), anew=anew)
    except NotLoaded:
        return None


def _facts(one: Study) -> StudyFacts:
    name = one.name
    return StudyFacts(
        name=name,
        title=str(study_words.TITLES[name]),
        paper=study_words.PAPERS[name],
        records=str(study_words.RECORDS[name]),
        scale=str(study_words.SCALES[name]),
        about=str(study_words.ABOUT[name]),
        is_synthetic=name in kept_report.SYNTHETIC,
    )


def _lead(found: StudyReport) -> str:
    counts = {verdict.value: number for verdict, number in found.counts.items()}
    return study_words.lead(found.study.name, counts, found.checkable)


def _shown(request: SignedInRequest, found: StudyReport) -> dict[str, Any]:
    curve = _curve(request, found)
    drawn = cohort_parts.draw(curve.curve.question, curve.answer)
    groups = [group for verdict in SHOWN if (group := _group(found, verdict)).lines]
    unprinted = [_line(found, each) for each in found.found if each.verdict is StatementVerdict.NOT_PRINTED]
    return {
        "lead": _lead(found), "groups": groups, "unprinted": unprinted,
        "checked": [group for group in groups if group.code != StatementVerdict.RULE],
        "rules": found.counts.get(StatementVerdict.RULE, 0),
        "curves": [(each.curve.key, study_words.CURVE_LINKS[each.curve.key]) for each in found.curves],
        "points": [_point(each) for each in curve.points],
        "follow_up": [_follow_up(each) for each in found.follow_up],
        "curve_records": study_words.group(found.study.name, "ALL", curve.patients),
        "curve": curve, "curve_title": study_words.CURVES[curve.curve.key], "figure": drawn.context,
        "curve_note": study_words.CURVE_NOTES[found.study.name],
        "readable": _readable(request, (case.patient_id for case in found.cases)),
        "response": _response(found),
    }  # fmt: skip


def _curve(request: SignedInRequest, found: StudyReport) -> CurveFound:
    wanted = request.GET.get("curve", found.curves[0].curve.key)
    one = next((each for each in found.curves if each.curve.key == wanted), None)
    if one is None:
        raise Http404
    return one


def _point(point: PrintedPoint) -> PointLine:
    share = cohort_numbers.NOTHING
    if point.estimate is not None:
        share = cohort_numbers.estimate_words(point.estimate, point.low, point.high)
    return PointLine(study_words.value(point.months, ""), share, point.at_risk, study_words.value(point.printed, ""))


def _follow_up(found: FollowUpReadings) -> FollowUpLine:
    return FollowUpLine(
        found.patients,
        study_words.months_each(found.months),
        study_words.value(found.plain, ""),
        study_words.value(found.alive, ""),
        study_words.value(found.reverse, ""),
        study_words.factors(found.factors, found.product),
    )


def _response(found: StudyReport) -> Mapping[str, Any] | None:
    if found.response is None:
        return None
    return cohort_parts.draw(PartQuestion(Part.RESPONSE), found.response).context


def _readable(request: SignedInRequest, patient_ids: Iterable[int]) -> frozenset[int]:
    return care.charts_among(patient_ids, permissions.chart_centres_of(request.user))


def _group(found: StudyReport, verdict: StatementVerdict) -> VerdictGroup:
    lines = [_line(found, each) for each in found.found if each.verdict is verdict]
    return VerdictGroup(verdict.value, study_words.VERDICTS[verdict], lines)


def _line(found: StudyReport, one: Finding) -> StatementLine:
    name, told, group = found.study.name, one.statement, found.groups.get(one.statement.id)
    return StatementLine(
        id=told.id,
        statement=study_words.statement(told.id, told.asks),
        where=study_words.told(told.where),
        printed=study_words.value(told.printed, told.id),
        computed=study_words.value(one.computed, told.id),
        group=study_words.group(name, group.code, group.patients) if group else "",
        why=study_words.why(one.why, told.why, found.study.remark),
    )


def _cell(value: Any) -> Cell:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
