"""Our copy of Table I of Tiong 2020, and the story that the constructed days tell by the study's own rules."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from statistics import median

import pytest

from monitoring.domain.classify import classify
from monitoring.domain.results import Result
from monitoring.domain.rulesets.tiong2020 import TIONG2020
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, EpisodeKind, EpisodeStatus, FlagCode, Marker, Tissue
from monitoring.domain.units import Scale, from_pct_abl1, to_pct_abl1
from monitoring.domain.verdicts import Verdict
from monitoring.studies.tiong2020 import DAYS_PER_MONTH, Block, Case, Cohort, NotAsPrinted, RfsMark, read_cases
from monitoring.studies.tiong2020_timeline import ABL1_COPIES, BASELINE_PCT_ABL1, construct

TODAY = date(2026, 11, 20)
CASES = {case.number: case for case in read_cases()}
PERSISTENT = {1, 2, 3, 4, 5}
RELAPSED = {6, 7, 8, 9, 10, 11, 12}

# case, age, sex, cycles, going on, level before venetoclax (% of diagnosis), best response, RFS in months
PRINTED = """
 1  71 M  16 -   0.0039  MRD_Neg  31.3
 2  79 F   3 +   0.0038  MRD_Neg   7.8
 3  67 F   4 -   0.0039  MRD_Neg  22.2
 4  59 F   4 -   0.0010  MRD_Neg  20.0
 5  62 M  10 +   0.0093  MRD_Neg  11.7
 6  81 M   4 +   0.0090  MRD_Neg  11.8
 7  41 F   2 -   0.0168  MRD_Neg   4.9
 8  29 M   2 +   0.0206  MRD_Neg   3.6
 9  52 M   2 -  14.1264  MRD_Neg  12.4
10  35 F   2 -  10.8569  2.4916    5.6
11  51 M   1 -   0.0168  MRD_Neg  10.8
12  69 M   7 +   1.4518  MRD_Neg   5.9
"""


def series_of(case: Case) -> Series:
    timeline = construct(case, TODAY)
    hsct_before = timeline.intervention.starts_on if case.number == 8 and timeline.intervention else None
    transplants = [on for on in (hsct_before, timeline.hsct_on) if on]
    starts = [timeline.venetoclax.starts_on]
    if timeline.intervention and not hsct_before:
        starts.append(timeline.intervention.starts_on)
    return Series(
        id=str(case.number),
        marker=Marker.NPM1,
        results=tuple(
            Result(
                str(place), sample.collected_on, Tissue.BONE_MARROW, sample.call,
                None if sample.pct_baseline is None
                else to_pct_abl1(sample.pct_baseline, Scale.PCT_BASELINE, BASELINE_PCT_ABL1),
                ABL1_COPIES,
            )
            for place, sample in enumerate(timeline.samples)
        ),
        baseline_pct_abl1={Tissue.BONE_MARROW: BASELINE_PCT_ABL1},
        end_of_treatment=timeline.first_line.ends_on,
        treatment_starts=tuple(sorted(starts)),
        course_starts=tuple(CourseBegin(on, CourseStart.HSCT) for on in transplants),
    )  # fmt: skip


def verdict_of(case: Case) -> Verdict:
    return classify(series_of(case), TIONG2020, TODAY)


@pytest.mark.parametrize("line", PRINTED.strip().splitlines(), ids=lambda line: f"case {line.split()[0]}")
def test_facts_are_those_of_the_table(line: str) -> None:
    number, age, sex, cycles, going_on, level, best, rfs = line.split()
    case = CASES[int(number)]
    assert (case.age, case.sex, case.cycles) == (int(age), sex, int(cycles))
    assert case.is_ongoing is (going_on == "+")
    assert str(case.pre_venetoclax_pct_baseline) == level
    assert case.best_response.replace(" ", "_") == best
    assert case.rfs_months == Decimal(rfs)


def test_twelve_cases_in_two_cohorts() -> None:
    assert {n for n, case in CASES.items() if case.cohort is Cohort.MOLECULAR_PERSISTENCE} == PERSISTENT
    assert set(CASES) == PERSISTENT | RELAPSED


def test_medians_of_the_levels_before_venetoclax() -> None:
    """The paper's text prints 0.0208 for cohort 2; the seven values of its own table give 0.0206."""
    assert median(CASES[n].pre_venetoclax_pct_baseline for n in RELAPSED) == Decimal("0.0206")
    assert median(CASES[n].pre_venetoclax_pct_baseline for n in PERSISTENT) == Decimal("0.0039")


def test_sums_of_the_table() -> None:
    assert median(case.age for case in CASES.values()) == 60.5
    assert sum(case.cycles for case in CASES.values()) == 57
    assert sum(case.rfs_months for case in CASES.values()) == Decimal("148.0")
    assert sum(case.best_response_call is Call.NOT_DETECTED for case in CASES.values()) == 11


def test_verbatim_texts_are_kept() -> None:
    assert CASES[1].regimen == "VEN-AZA (x6) VEN (x10)"
    assert CASES[1].prior_chemotherapy == ("DA3+10", "DA3+8", "IDAC", "FLAG-Ida")
    assert CASES[1].prior_mrd_intervention == "GO+Aza"
    assert CASES[4].mutations == ("IDH2 R140",)
    assert CASES[5].karyotype == "+21"
    assert CASES[6].hsct_in_text == "unfit for HSCT"
    assert CASES[7].status == "deceased (non-relapse mortality)"
    assert CASES[8].prior_mrd_intervention == "HSCT + DLI"
    assert CASES[12].prior_mrd_intervention == "Ven-MCL1i"


def test_partner_drug_is_given_in_the_printed_blocks_only() -> None:
    assert CASES[1].blocks == (Block("AZA", 6), Block("", 10))
    assert CASES[12].blocks == (Block("LDAC", 7),)


def test_one_relapsed_and_one_died() -> None:
    marks = {n: case.rfs_mark for n, case in CASES.items() if case.rfs_mark is not RfsMark.CENSORED}
    assert marks == {7: RfsMark.DIED, 10: RfsMark.RELAPSED}


def test_courses_of_prior_chemotherapy_are_counted() -> None:
    assert {n: CASES[n].first_line_cycles for n in (1, 3, 5, 7, 10)} == {1: 4, 3: 3, 5: 1, 7: 4, 10: 4}


def test_unreadable_regimen_is_refused() -> None:
    with pytest.raises(NotAsPrinted):
        _ = replace(CASES[1], regimen="venetoclax").blocks
    with pytest.raises(NotAsPrinted):
        _ = replace(CASES[1], rfs="31.3").rfs_months


@pytest.mark.parametrize("number", CASES)
def test_constructed_days_give_the_printed_survival(number: int) -> None:
    timeline = construct(CASES[number], TODAY)
    days = (timeline.last_contact_on - timeline.venetoclax.starts_on).days
    assert round(Decimal(days) / DAYS_PER_MONTH, 1) == CASES[number].rfs_months


@pytest.mark.parametrize("number", CASES)
def test_last_contact_lies_shortly_before_today_and_all_else_before_it(number: int) -> None:
    timeline = construct(CASES[number], TODAY)
    assert 0 < (TODAY - timeline.last_contact_on).days <= 31
    days = [timeline.born_on, timeline.diagnosed_on, timeline.first_line.starts_on]
    days += [sample.collected_on for sample in timeline.samples] + [timeline.last_contact_on]
    assert days == sorted(days)


def test_only_persistence_of_cohort_1_is_flagged() -> None:
    flagged = {n for n, c in CASES.items() if FlagCode.PERSISTENCE in {f.code for f in verdict_of(c).flags}}
    assert flagged == PERSISTENT
    assert all(not verdict_of(CASES[n]).episodes for n in PERSISTENT)


def test_cohort_2_relapses_once_each_and_one_sample_sufficed_for_9_10_and_12_only() -> None:
    episodes = {n: verdict_of(CASES[n]).episodes for n in RELAPSED}
    assert all(len(found) == 1 for found in episodes.values())
    assert {found[0].kind for found in episodes.values()} == {EpisodeKind.MOLECULAR_RELAPSE}
    assert {n for n, found in episodes.items() if found[0].waived} == {9, 10, 12}
    assert not any(found[0].late for found in episodes.values())


def test_all_of_cohort_2_respond_but_case_10() -> None:
    states = {n: verdict_of(CASES[n]).episodes[0].status for n in RELAPSED}
    assert states.pop(10) is EpisodeStatus.CONFIRMED
    assert set(states.values()) == {EpisodeStatus.RESPONDED}


def test_case_9_is_in_per_cent_of_diagnosis_never_of_abl1() -> None:
    (printed,) = (sample for sample in construct(CASES[9], TODAY).samples if sample.call is Call.DETECTED)
    assert printed.pct_baseline == Decimal("14.1264")
    pct_abl1 = to_pct_abl1(printed.pct_baseline, Scale.PCT_BASELINE, BASELINE_PCT_ABL1)
    assert pct_abl1 == Decimal("141.264")
    assert from_pct_abl1(pct_abl1, Scale.PCT_BASELINE, BASELINE_PCT_ABL1) == Decimal("14.1264")


def test_constructed_sensitivity_is_the_papers_median() -> None:
    """One copy of ABL1_COPIES, relative to the diagnosis level: 2 x 10^-6."""
    one_copy_pct_abl1 = Decimal(100) / ABL1_COPIES
    assert one_copy_pct_abl1 / BASELINE_PCT_ABL1 == Decimal("2e-6")
