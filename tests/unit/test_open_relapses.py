"""Which relapse is open and untreated: a date of follow-up beside it was made for a patient in remission."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.due_samples import ScheduleRule
from monitoring.queries.gene_findings import genes_on_record
from monitoring.queries.open_relapses import AgreedSample, OpenRelapse, _is_taken, untreated_since
from monitoring.queries.patient_record import Finding
from monitoring.wording import banner_words, open_relapse_words

INDEX = date(2026, 10, 23)


@pytest.mark.parametrize(
    ("confirmed_on", "suspected_on", "treated", "since"),
    [
        (INDEX, None, [], INDEX),
        (None, INDEX, [date(2025, 6, 6)], INDEX),
        (INDEX, None, [date(2025, 6, 6), INDEX], None),
        (INDEX, None, [INDEX + timedelta(days=30)], None),
        (INDEX, INDEX + timedelta(days=60), [INDEX + timedelta(days=30)], INDEX + timedelta(days=60)),
        (None, None, [], None),
    ],
)
def test_what_is_open_and_not_treated_since_its_index(
    confirmed_on: date | None, suspected_on: date | None, treated: list[date], since: date | None
) -> None:
    assert untreated_since(confirmed_on, suspected_on, treated) == since


@given(st.lists(st.dates()), st.dates(), st.dates())
def test_a_treatment_more_never_opens_anything(treated: list[date], confirmed_on: date, more: date) -> None:
    if untreated_since(confirmed_on, None, treated) is None:
        assert untreated_since(confirmed_on, None, [*treated, more]) is None


def test_dates_of_follow_up_alone_are_concerned() -> None:
    concerned = {rule for rule in ScheduleRule if OpenRelapse(INDEX).concerns(rule)}
    assert concerned == {ScheduleRule.FOLLOW_UP, ScheduleRule.AFTER_HSCT}


def test_an_agreed_sample_is_told_until_one_is_taken() -> None:
    agreed_on = datetime(2026, 11, 20, tzinfo=UTC).date()
    agreed = AgreedSample(date(2026, 12, 3), "BOTH")
    assert not _is_taken(agreed, agreed_on, None)
    assert not _is_taken(agreed, agreed_on, agreed_on)
    assert _is_taken(agreed, agreed_on, date(2026, 12, 1))
    assert _is_taken(AgreedSample(agreed_on, "BM"), agreed_on, agreed_on)


def test_what_was_agreed_is_told_with_its_tissue_and_how_it_stands() -> None:
    said = open_relapse_words.agreed_words(date(2026, 12, 3), "BOTH", date(2026, 11, 21))
    assert said == "Agreed when the alert was acknowledged: marrow and blood, 3 Dec 2026, 12 days left."
    assert "No further sample" in open_relapse_words.agreed_words(None, "NONE", date(2026, 11, 21))


def finding(gene: str, on: date, variant: str = "", status: str = "ABSENT") -> Finding:
    return Finding(gene, variant, status, on, None, None, ())


def test_the_last_test_of_a_gene_is_older_where_the_relapse_began_after_it() -> None:
    before, after = date(2025, 6, 4), date(2026, 11, 1)
    rows = [finding("FLT3-ITD", before), finding("IDH1", before), finding("IDH1", after), finding("NPM1", before)]
    genes = genes_on_record(rows, INDEX)
    assert [(one.finding.gene, one.finding.found_on, one.is_older) for one in genes.tested] == [
        ("FLT3-ITD", before, True), ("IDH1", after, False),
    ]  # fmt: skip
    assert genes.never_tested == ("FLT3-TKD", "IDH2")
    assert not any(one.is_older for one in genes_on_record(rows, None).tested)


def test_two_variants_of_one_day_and_other_genes_are_all_told() -> None:
    on = date(2025, 6, 4)
    rows = [
        finding("DNMT3A", on, "R882H", "PRESENT"), finding("DNMT3A", on, "Y735C", "PRESENT"),
        finding("OTHER", on, "WT1 R462W", "PRESENT"), finding("OTHER", on + timedelta(days=9), "PTPN11", "PRESENT"),
    ]  # fmt: skip
    assert [one.finding.variant for one in genes_on_record(rows, None).tested] == [
        "R882H", "Y735C", "PTPN11", "WT1 R462W",
    ]  # fmt: skip


def test_silence_about_gvhd_and_donor_lymphocytes_is_said_and_is_no_absence() -> None:
    assert banner_words.after_transplant_words([], []) == [("GVHD, DLI", "not recorded")]
    assert banner_words.after_transplant_words([date(2026, 8, 1)], []) == [
        ("GVHD", "1 Aug 2026"), ("DLI", "not recorded"),
    ]  # fmt: skip
    assert banner_words.transplant_words(date(2026, 6, 25), "", "") == ("25 Jun 2026, MRD at transplant: not recorded")
