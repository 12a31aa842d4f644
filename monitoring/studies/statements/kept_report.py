"""A study as its page tells it: computed whole from the stored records, kept while these and the day stay the same.

Kept in the memory of the process: a report takes a fifth of a second, and is small.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from django.db.models import Count, Max
from django.utils import timezone

from monitoring import scope
from monitoring.domain.cohorts.part_response import ResponseAnswer, response_answer
from monitoring.models import AnalysisChange, Centre
from monitoring.queries import analysis_edition, analysis_rows
from monitoring.studies.statements import record_groups
from monitoring.studies.statements.record_groups import RecordGroup, group_of
from monitoring.studies.statements.records import NotLoaded, StudyPatient, read, rows_of
from monitoring.studies.statements.report import STUDIES, Study, judged
from monitoring.studies.statements.statement import Finding, StatementVerdict
from monitoring.studies.statements.study_curves import CurveFound, curves_of
from monitoring.studies.statements.tiong2020_records import CaseRow, FollowUpReadings, case_rows, follow_up_readings

# What a statement may be: these four are counted, rules and what is not printed are told beside.
CHECKABLE = (
    StatementVerdict.DIFFERS,
    StatementVerdict.EQUAL_BY_ONE_READING,
    StatementVerdict.NO_INPUT_PUBLISHED,
    StatementVerdict.EQUAL,
)
SYNTHETIC = frozenset({"filo2025"})  # constructed to match; the others are published cases


@dataclass(frozen=True, slots=True)
class StudyReport:
    """What the records of a study give. `groups`: by id of a statement, from which records it was computed."""

    study: Study
    found: tuple[Finding, ...]
    groups: Mapping[str, RecordGroup]
    curves: tuple[CurveFound, ...]
    patients: int
    cases: tuple[CaseRow, ...]
    follow_up: tuple[FollowUpReadings, ...]
    response: ResponseAnswer | None
    computed_at: datetime

    @property
    def counts(self) -> Mapping[StatementVerdict, int]:
        """How many statements have each verdict."""
        return Counter(each.verdict for each in self.found)

    @property
    def checkable(self) -> int:
        """How many statements can be checked, or could if their input were published."""
        return sum(self.counts[verdict] for verdict in CHECKABLE)


@dataclass(frozen=True, slots=True)
class _State:
    """What a report depends on: the analysis set, the changes that wait to be taken up into it, rules and day."""

    centre_id: int
    revision: int
    cared_for: int
    changes: int
    last_change: int | None
    edition: str
    day: date


_kept: dict[str, tuple[_State, StudyReport]] = {}


def read_report(study: Study, *, now: datetime, anew: bool = False) -> StudyReport:
    """Return the report of a study, kept or computed now; raises NotLoaded. `anew`: computed in any case."""
    state = _state(study, now)
    if not anew and study.name in _kept and _kept[study.name][0] == state:
        return _kept[study.name][1]
    report = _compute(study, now)
    _kept[study.name] = (state, report)
    return report


def forget() -> None:
    """Keep nothing any more."""
    _kept.clear()


def _state(study: Study, now: datetime) -> _State:
    centre = Centre.objects.filter(code=study.centre_code, is_synthetic=True).first()
    if centre is None:
        raise NotLoaded(study.name)
    with scope.centres_only([centre.pk]):
        data = analysis_rows.data_state(study.ruleset)
        waiting = AnalysisChange.objects.filter(patient__centre=centre).aggregate(n=Count("pk"), last=Max("pk"))
    day = timezone.localdate(now, centre.zone)
    edition = analysis_edition.edition_of(study.ruleset)
    return _State(centre.pk, data.revision, data.patients, waiting["n"], waiting["last"], edition, day)


def _compute(study: Study, now: datetime) -> StudyReport:
    patients = read(study.centre_code, study.ruleset, now=now)
    found = tuple(judged(study, patients))
    groups = _GROUPS[study.name](patients)
    told = {each.statement.id: group for each in found if (group := group_of(each, groups)) is not None}
    is_tiong = study is STUDIES["tiong2020"]
    return StudyReport(
        study=study,
        found=found,
        groups=told,
        curves=curves_of(study.name, patients, [each.statement for each in found]),
        patients=len(patients),
        cases=case_rows(patients) if is_tiong else (),
        follow_up=follow_up_readings(patients) if is_tiong else (),
        response=None if is_tiong else response_answer(rows_of(patients)),
        computed_at=now,
    )


Groups: TypeAlias = Callable[[Sequence[StudyPatient]], Mapping[str, RecordGroup]]
_GROUPS: Mapping[str, Groups] = {"tiong2020": record_groups.tiong_groups, "filo2025": record_groups.filo_groups}
