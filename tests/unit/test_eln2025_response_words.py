"""The table of responses by ELN 2025 in words: sample, category, why."""

from datetime import timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify
from monitoring.domain.eln2025_response import eln2025_responses
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import RuleSetId
from monitoring.wording.eln2025_response_words import ResponseRow, response_rows
from tests.property.series_to_read import DAY_0, serieses
from tests.spec.verdict_tables import read_series

CBF = "CBFB::MYH11 · baseline 80 · as of d400"


def rows(text: str) -> list[ResponseRow]:
    series, as_of = read_series(text)
    on = as_of or DAY_0 + timedelta(days=400)
    return response_rows(eln2025_responses(series, classify(series, RULESETS[RuleSetId.ELN2025], on), on))


def told(text: str, time_point: str, tissue: str) -> str:
    [row] = [one for one in rows(text) if (one.time_point, one.tissue) == (time_point, tissue)]
    return f"{row.sampled_on} | {row.value} | {row.category.words} | {row.why}".replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("series", "time_point", "tissue", "expected"),
    [
        ("d0 BM ND", "End of treatment", "marrow",
         "6 Jan 2025 | not detected, limit 0.0025 % | Optimal | Not detected with enough ABL1"),
        ("d0 BM 0.0009", "End of treatment", "marrow", "6 Jan 2025 | 0.0009 % | Optimal | 0.0009 % < 0.001 %"),
        ("d0 BM 0.05", "End of treatment", "marrow", "6 Jan 2025 | 0.05 % | Warning | 0.05 % < 0.1 %"),
        ("d0 BM 0.09999", "End of treatment", "marrow", "6 Jan 2025 | 0.09999 % | Warning | 0.09999 % < 0.1 %"),
        ("d0 BM 0.1", "End of treatment", "marrow",
         "6 Jan 2025 | 0.1 % | High risk of treatment failure | 0.1 % ≥ 0.1 %"),
        ("d-90 PB 0.036 C2", "After cycle 2", "blood",
         "8 Oct 2024 | 0.036 % | Warning | 0.036 % ≥ 0.01 %: positive, which at this time is a warning"),
        ("d0 BM 1/3", "End of treatment", "marrow",
         "6 Jan 2025 | indeterminate, no value | Not evaluable | Inert sample, indeterminate"),
        ("d0 BM ND; d90 BM 0.2", "Follow-up", "marrow",
         "6 Apr 2025 | 0.2 % | Level of an MRD relapse | 0.2 % ≥ 0.1 %; whether it is a relapse, the verdict says"),
        (f"d0 BM 0.0801 · {CBF}", "End of treatment", "marrow",
         "6 Jan 2025 | 0.0801 % | High risk of treatment failure | 2.999 log below diagnosis, less than 3"),
        (f"d0 BM 0.08 · {CBF}", "End of treatment", "marrow",
         "6 Jan 2025 | 0.08 % | Optimal | 3.00 log below diagnosis; 3 are asked for"),
        (f"d0 PB 0.2 · {CBF}", "Follow-up", "blood",
         "6 Jan 2025 | 0.2 % | Not evaluable | "  # noqa: ISC004
         "0.1 % or more without a negative before: the guideline names no category"),
    ],
)  # fmt: skip
def test_a_row(series: str, time_point: str, tissue: str, expected: str) -> None:
    assert told(series, time_point, tissue) == expected


def test_transplant_is_told_only_from_one_per_cent_and_only_at_the_end_of_treatment() -> None:
    said = {text: [row.guideline for row in rows(text) if row.guideline] for text in ("d0 BM 0.999", "d0 BM 1")}
    assert said["d0 BM 0.999"] == []
    assert [one.replace("\u00a0", " ") for one in said["d0 BM 1"]] == [
        "From 1 %: alloHSCT urgently indicated if eligible (ELN 2025)."
    ]
    assert not any(row.guideline for row in rows("d0 BM ND; d90 BM 5; d-90 PB 5 C2"))


@given(series=serieses(), days=st.integers(-30, 260), language=st.sampled_from(["en", "fr"]))
def test_every_series_can_be_told(series: Series, days: int, language: str) -> None:
    on = DAY_0 + timedelta(days=days)
    responses = eln2025_responses(series, classify(series, RULESETS[RuleSetId.ELN2025], on), on)
    with translation.override(language):
        for row in response_rows(responses):
            assert row.why
            assert not any(word in f"{row.value} {row.why}" for word in ("None", "%(", "E-"))
