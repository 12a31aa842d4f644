"""The same samples by every rule set: the reason of each, and why another one differs."""

from monitoring.domain.classify import classify_all
from monitoring.domain.terms import RuleSetId
from monitoring.wording.account import Account
from monitoring.wording.rule_sets_beside import because, disagreements, in_few_words
from tests.spec.verdict_tables import DAY_0, read_series


def accounts(text: str) -> dict[RuleSetId, Account]:
    series, as_of = read_series(text)
    verdicts = classify_all(series, as_of=as_of)
    return {ruleset: Account(series, verdict, as_of or DAY_0) for ruleset, verdict in verdicts.items()}


def differing(text: str, own: RuleSetId = RuleSetId.ELN2021) -> dict[str, str]:
    beside = accounts(text)
    others = [account for ruleset, account in beside.items() if ruleset is not own]
    return {one.ruleset.value: one.told.replace("\u00a0", " ") for one in disagreements(beside[own], others)}


def reasons(text: str, ruleset: RuleSetId) -> list[str]:
    return [line.replace("\u00a0", " ") for line in because(accounts(text)[ruleset])]


def test_rule_sets_that_agree_are_not_named() -> None:
    assert differing("d0 BM ND; d180 BM 0.2; d201 BM 0.5 · as of d201") == {}


def test_eln_2025_asks_for_a_level() -> None:
    assert differing("d0 BM ND; d90 BM 0.02; d104 BM 0.03 · as of d104") == {
        "ELN2025": "It calls no relapse: low level. It calls a relapse only at 0.1 % of ABL1 or more in marrow, "
        "0.01 % or more in blood."
    }


def test_eln_2025_asks_for_one_level_in_a_cbf_marker() -> None:
    told = differing("d0 PB ND; d180 PB 0.03; d200 PB 0.06 · CBFB::MYH11 · baseline 80 · as of d200")
    assert told["ELN2025"].endswith("It calls a relapse only at 0.1 % of ABL1 or more.")


def test_one_sample_suffices_for_some() -> None:
    told = differing("d0 BM ND; d120 BM 15 · as of d120")
    assert told["ELN2025"].endswith("At 1 % of ABL1 or more it needs no second sample.")
    assert told["TIONG2020"].endswith("At 1 % of diagnosis or more it needs no second sample.")


def test_eln_2021_always_waits_for_a_second_sample() -> None:
    told = differing("d0 BM ND; d120 BM 15 · as of d120", own=RuleSetId.ELN2025)
    assert told["ELN2021"].endswith("It always waits for a second sample.")


def test_eln_2021_counts_every_level() -> None:
    told = differing("d0 BM ND; d90 BM 0.02; d104 BM 0.03 · as of d104", own=RuleSetId.ELN2025)
    assert told["ELN2021"].endswith("detected after a negative, or risen tenfold, is enough.")


def test_eln_2022_wants_the_same_tissue_and_tiong_2020_the_marrow() -> None:
    told = differing("d0 BM ND; d150 PB 0.01; d160 BM 0.08 · as of d160")
    assert told["ELN2022"].endswith("It wants the confirming sample from the same tissue.")
    assert told["TIONG2020"].endswith("It reads marrow alone.")


def test_another_relapse_date_is_a_difference() -> None:
    told = differing("d0 BM ND; d180 BM 0.02; d201 BM 0.15; d215 BM 0.4 · as of d215")
    assert told["ELN2025"].startswith("It calls a confirmed relapse, from 26 July 2025 in marrow.")


def test_another_class_without_relapse_is_no_difference() -> None:
    assert differing("d0 BM 1.99; d28 BM 1.5 · as of d28") == {}


def test_the_reason_of_an_episode() -> None:
    told = reasons("d0 BM ND; d180 BM 0.02; d201 BM 0.15 · as of d215", RuleSetId.ELN2021)
    assert told == ["conversion in marrow on 5 Jul 2025", "confirmed in marrow, day 21"]


def test_the_reason_of_a_rise_tells_the_fold() -> None:
    told = reasons("d0 BM 0.02; d90 BM 0.3 · as of d91", RuleSetId.ELN2021)
    assert told == ["rise in marrow on 6 Apr 2025, 15-fold", "waits for a second sample"]


def test_the_reason_of_a_class_is_a_comparison() -> None:
    series = "d0 BM 0.058; d1 PB 0.0064 · as of d90"
    assert reasons(series, RuleSetId.ELN2025) == ["marrow 0.058 % < 0.1 %", "blood 0.0064 % < 0.01 %"]
    assert reasons("d0 BM 5 · as of d0", RuleSetId.ELN2021) == ["marrow 5 % ≥ 2 %"]
    assert reasons("d0 BM 0.0004 · as of d0", RuleSetId.ELN2025) == ["marrow 0.0004 % < 0.001 %"]
    assert reasons("d0 BM 0.05 · as of d0", RuleSetId.TIONG2020) == ["marrow 4.30 log below diagnosis"]
    assert reasons("d0 BM 5 · no baseline · as of d0", RuleSetId.TIONG2020) == [
        "marrow detected; no level at diagnosis"
    ]


def test_a_rounded_number_never_crosses_the_border_it_is_compared_with() -> None:
    assert reasons("d0 BM 1.9999 · as of d0", RuleSetId.ELN2021) == ["marrow 1.9999 % < 2 %"]


def test_a_verdict_in_few_words() -> None:
    beside = accounts("d0 BM 0.02; d90 BM 0.2; d111 BM 0.3 · as of d111")
    assert [in_few_words(account)[0] for account in beside.values()] == ["Relapse", "Relapse", "Relapse", "Progression"]
