"""The samples of one marker for the sheet: every authorised result with its limit, class, and who authorised it."""

from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.terms import Call, SampleClass
from monitoring.models.choices import ScaleChoice
from monitoring.queries.sample_rows import BaselineRow, CourseRows, SampleRow, SamplesTable
from monitoring.reports.sheet import CourseOfSamples, Said, SampleLine
from monitoring.reports.verdict_part import said
from monitoring.wording import dates, numbers, states, timeline_words
from monitoring.wording.phrases import AFTER_COURSE_START
from monitoring.wording.sample_correction_words import corrected_said

INERT = frozenset(
    {SampleClass.NOT_EVALUABLE, SampleClass.LIMITED_NEGATIVE, SampleClass.INDETERMINATE, SampleClass.IGNORED}
)
DASH = "–"


def courses(
    table: SamplesTable, remarks: Mapping[str, Sequence[str]], deciding: Collection[str]
) -> list[CourseOfSamples]:
    """Return the samples, newest first, course by course, diagnosis last."""
    found = [
        CourseOfSamples(_title(course), [_line(row, remarks.get(row.result_id, ()), deciding) for row in course.rows])
        for course in table.courses
    ]
    if table.baselines:
        found.append(CourseOfSamples(_("Diagnosis"), [_baseline(row) for row in table.baselines]))
    return found


def note(table: SamplesTable) -> str:
    """Return how many results there are, in which unit, and how they were authorised."""
    told = [ngettext("%(n)s result", "%(n)s results", table.count) % {"n": table.count}, _("newest first")]
    if table.has_sent_results:
        told.append(_("each authorised by two people or, where said, by the sending laboratory"))
    elif table.count:
        told.append(_("each authorised by two people"))
    sentence = ", ".join(told) + "; " + _("% of ABL1")
    if table.waiting:
        more = ngettext(
            "%(n)s more is entered and not yet authorised: it counts nowhere.",
            "%(n)s more are entered and not yet authorised: they count nowhere.",
            table.waiting,
        )
        sentence += ". " + more % {"n": table.waiting}
    return sentence


def _title(course: CourseRows) -> str:
    name = _("Course %(number)s") % {"number": course.number}
    if course.begun_by is None or course.begun_on is None:
        return f"{name}, {_('from diagnosis')}"
    return f"{name}, {AFTER_COURSE_START[course.begun_by]}, {dates.day(course.begun_on)}"


def _line(row: SampleRow, remarks: Sequence[str], deciding: Collection[str]) -> SampleLine:
    class_word = states.word("class", row.sample_class)
    return SampleLine(
        on=dates.day(row.collected_on),
        tissue=_tissue(row.tissue),
        level=_level(row),
        limit=DASH if row.limit_pct_abl1 is None else numbers.level_number(row.limit_pct_abl1),
        copies=DASH if row.abl1_copies is None else numbers.copies(row.abl1_copies),
        sample_class=said(str(class_word.words), class_word),
        below_diagnosis="" if row.log10_below_diagnosis is None else numbers.log10_reduction(row.log10_below_diagnosis),
        remark="; ".join([*remarks, *_of_record(row)]),
        authorised=_authorised(row),
        decides=row.result_id in deciding,
        is_inert=row.sample_class in INERT,
    )


def _tissue(code: str) -> Said:
    word = states.word("tissue", code)
    return Said(str(word.words), word.icon, code.lower())


def _level(row: SampleRow) -> str:
    if row.pct_abl1 is not None:
        return numbers.level_number(row.pct_abl1)
    if row.call == Call.DETECTED:
        return _("below quantification")
    return _("not detected") if row.call == Call.NOT_DETECTED else _("no value")


def _of_record(row: SampleRow) -> list[str]:
    """What was typed where that was not % of ABL1, which version it is, what was constructed, what was remarked."""
    told = []
    if row.entered_value is not None and row.pct_abl1 is not None:
        typed = f"{numbers.exact(row.entered_value)} {ScaleChoice(row.entered_scale).label}"
        told.append(_("entered as %(typed)s") % {"typed": typed})
    if row.version > 1:
        told.append(_("version %(version)s") % {"version": row.version})
    told += [corrected_said(each) for each in row.corrections]
    if row.constructed:
        told.append(timeline_words.constructed_words(row.constructed))
    return [*told, f"“{row.comment}”"] if row.comment else told


def _authorised(row: SampleRow) -> str:
    who = _("%(who)s, for the sending laboratory") % {"who": row.authorised_by} if row.by_sender else row.authorised_by
    if row.authorised_at is None:
        return who
    return f"{who}, {dates.day(timezone.localtime(row.authorised_at).date())}"


def _baseline(row: BaselineRow) -> SampleLine:
    constructed = [timeline_words.constructed_words(row.constructed)] if row.constructed else []
    return SampleLine(
        on=dates.day(row.collected_on),
        tissue=_tissue(row.tissue),
        level=numbers.level_number(row.pct_abl1),
        limit="",
        copies="" if row.abl1_copies is None else numbers.copies(row.abl1_copies),
        sample_class=Said(_("Diagnosis")),
        below_diagnosis="",
        remark=", ".join([_("baseline"), *constructed]),
        authorised="",
        decides=False,
        is_inert=False,
    )
