"""From which of the stored records each sentence of a study is computed, with how many they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitoring.domain.cohorts.response_table import ResponseGroup, before_transplant, response_table
from monitoring.domain.terms import Tissue
from monitoring.studies.filo2025 import NAME
from monitoring.studies.statements.filo2025 import TOTAL
from monitoring.studies.statements.filo2025_groups import Groups
from monitoring.studies.statements.records import StudyPatient, rows_of
from monitoring.studies.statements.statement import Finding, Kind, read_statements
from monitoring.studies.statements.tiong2020 import CASE_10, Cases

BLOOD = Tissue.PERIPHERAL_BLOOD


class GroupCode(StrEnum):
    """A group of stored records, in the words of the papers."""

    ALL = "ALL"
    COHORT_1 = "COHORT_1"
    COHORT_2 = "COHORT_2"
    RESPONDERS = "RESPONDERS"
    RESPONDERS_2 = "RESPONDERS_2"
    CASE_10 = "CASE_10"
    EVALUATED_BLOOD = "EVALUATED_BLOOD"
    EVALUATED_MARROW = "EVALUATED_MARROW"
    BLOOD_BEFORE_HSCT = "BLOOD_BEFORE_HSCT"
    TRANSPLANTED = "TRANSPLANTED"
    NOT_TRANSPLANTED = "NOT_TRANSPLANTED"
    QUOTED = "QUOTED"


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """So many records; none where a sentence only recomputes counts that the paper quotes of another study."""

    code: GroupCode
    patients: int


def group_of(found: Finding, groups: Mapping[str, RecordGroup]) -> RecordGroup | None:
    """Return from which records a sentence was computed; None where nothing was computed."""
    if found.computed is None or found.statement.kind is Kind.RULE:
        return None
    if not found.statement.is_of_records:
        return RecordGroup(GroupCode.QUOTED, 0)
    by_id = groups.get(found.statement.id)
    return by_id or groups.get(found.statement.where) or groups[""]


def tiong_groups(patients: Sequence[StudyPatient]) -> Mapping[str, RecordGroup]:
    """Return the groups by number of the sentence, else by place in the paper, else everyone."""
    cases = Cases(patients)
    one, two = RecordGroup(GroupCode.COHORT_1, len(cases.one)), RecordGroup(GroupCode.COHORT_2, len(cases.two))
    six = RecordGroup(GroupCode.RESPONDERS_2, len(cases.responders_two))
    eleven = RecordGroup(GroupCode.RESPONDERS, len(cases.responders))
    ten = RecordGroup(GroupCode.CASE_10, sum(each.number == CASE_10 for each in patients))
    numbered = {**dict.fromkeys((31, 32, 33, 35, 49), two), 34: one, 23: ten,
                **dict.fromkeys((24, 26, 27), six), **dict.fromkeys((29, 30), eleven)}  # fmt: skip
    return {
        "": RecordGroup(GroupCode.ALL, len(patients)), "Results, cohort 1": one, "Results, cohort 2": two,
        **{f"tiong2020-{number:03}": group for number, group in numbered.items()},
    }  # fmt: skip


def filo_groups(patients: Sequence[StudyPatient]) -> Mapping[str, RecordGroup]:
    """Return the groups by number of the sentence, else everyone; cells of Table 1: those evaluated in the tissue."""
    groups, cell = Groups(rows_of(patients)), _of_table_1(patients)
    transplanted = RecordGroup(GroupCode.TRANSPLANTED, len(groups.hsct))
    without = RecordGroup(GroupCode.NOT_TRANSPLANTED, len(groups.no_hsct))
    before = RecordGroup(GroupCode.BLOOD_BEFORE_HSCT, before_transplant(groups.hsct)[BLOOD].evaluated)
    numbered = {**dict.fromkeys((53, 54), cell("ALL BM STABLE")), 73: before,
                **dict.fromkeys((74, 75, 76, 84, 85, 86, 91, 96), transplanted),
                **dict.fromkeys((77, 78, 79, 87, 88, 89, 92), without)}  # fmt: skip
    return {
        "": RecordGroup(GroupCode.ALL, len(patients)),
        **{each.id: cell(each.asks) for each in read_statements(NAME) if each.asks},
        **{f"{NAME}-{number:03}": group for number, group in numbered.items()},
    }


def _of_table_1(patients: Sequence[StudyPatient]) -> Callable[[str], RecordGroup]:
    """By which records a cell "GROUP TISSUE RESPONSE" is computed."""
    columns = {column.group: column for column in response_table(rows_of(patients))}

    def cell(asks: str) -> RecordGroup:
        group, tissue, wanted = asks.split()
        column = columns[ResponseGroup(group)]
        if wanted == TOTAL:
            return RecordGroup(GroupCode.ALL, column.patients)
        code = GroupCode.EVALUATED_BLOOD if Tissue(tissue) is BLOOD else GroupCode.EVALUATED_MARROW
        return RecordGroup(code, column.tissues[Tissue(tissue)].evaluated)

    return cell
