"""Nothing is lost between a series or a verdict and its JSON."""

import json
from datetime import date
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify_all
from monitoring.domain.series import Series
from monitoring.domain.verdicts import Verdict
from monitoring.domain.wire import (
    AskedSeries,
    MalformedSeries,
    classify_lines,
    series_from_line,
    series_to_dict,
    verdict_from_dict,
    verdict_to_dict,
    verdicts_to_texts,
)
from tests.property.series_to_read import days, serieses

as_ofs = st.none() | days
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
SERIES_KEYS = ("id", "marker", "baseline", "end_of_treatment", "treatment_starts", "course_starts", "death_on", "as_of")
RESULT_KEYS = (
    "id", "collected_on", "tissue", "call", "pct_abl1", "abl1_copies", "lod_pct_abl1", "loq_pct_abl1", "assay_key",
    "timepoint",
)  # fmt: skip


@given(serieses(), as_ofs)
def test_a_series_comes_back_from_its_line(series: Series, as_of: date | None) -> None:
    asked = AskedSeries("series", series, as_of)
    line = json.dumps(series_to_dict(asked))
    assert series_to_dict(series_from_line(line)) == series_to_dict(asked)


@given(serieses(), as_ofs)
def test_a_verdict_comes_back_from_its_json(series: Series, as_of: date | None) -> None:
    for verdict in classify_all(series, as_of=as_of).values():
        assert verdict_from_dict(json.loads(json.dumps(verdict_to_dict(verdict)))) == verdict


@given(serieses(), as_ofs)
def test_the_stored_text_is_the_json_of_the_whole_verdict(series: Series, as_of: date | None) -> None:
    verdicts = classify_all(series, as_of=as_of).values()
    for verdict, text in zip(verdicts, verdicts_to_texts(verdicts), strict=True):
        assert json.loads(text) == verdict_to_dict(verdict)


@given(serieses(), as_ofs)
def test_the_answer_to_a_line_is_the_verdict(series: Series, as_of: date | None) -> None:
    line = json.dumps(series_to_dict(AskedSeries("series", series, as_of)))
    [answer] = classify_lines([line])
    read = series_from_line(line).series
    verdicts = {id_.value: answered(each) for id_, each in classify_all(read, as_of=as_of).items()}
    assert json.loads(answer.text) == {"id": "series", "verdicts": verdicts}


def answered(verdict: Verdict) -> object:
    """The whole verdict without the keys that the answer was never promised to have."""
    told = json.loads(json.dumps(verdict_to_dict(verdict)))
    del told["ruleset"]
    for flag in told["flags"]:
        del flag["tissue"], flag["because"]
    return told


@given(serieses(), st.sampled_from(SERIES_KEYS + RESULT_KEYS), json_values)
def test_whatever_stands_in_a_field_is_read_or_refused_with_a_sentence(series: Series, key: str, value: object) -> None:
    asked = series_to_dict(AskedSeries("series", series, None))
    results = cast("list[dict[str, object]]", asked["results"])
    holders = results[:1] if key in RESULT_KEYS and key != "id" else [asked]
    for holder in holders:
        holder[key] = value
    [answer] = classify_lines([json.dumps(asked)])
    told = json.loads(answer.text)
    assert answer.malformed == ("error" in told)
    assert not answer.malformed or told["error"].endswith(".")


@given(st.text(max_size=60))
def test_no_text_is_answered_with_a_traceback(text: str) -> None:
    for answer in classify_lines([text]):
        assert json.loads(answer.text).keys() <= {"id", "error", "verdicts"}


@given(json_values)
def test_json_that_is_no_series_is_refused_with_a_sentence(value: object) -> None:
    with pytest.raises(MalformedSeries, match=r"\.$"):
        series_from_line(json.dumps(value))
