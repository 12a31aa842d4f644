"""What has to hold of every result that goes out as an Observation and comes back."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.fhir import documents, sent_observations
from api.fhir.refusals import FhirRefused
from api.fhir.shown_observations import Level, ShownResult, observation
from monitoring.domain.sample_classes import class_of_measurement
from monitoring.domain.terms import Call, Marker, Tissue

BASE = "https://mrd.example.org"
NUMBERS = st.decimals(min_value="0.0001", max_value="99999", places=4)
COPIES = st.one_of(st.integers(0, 200_000).map(Decimal), st.sampled_from([Decimal(999), Decimal(1000), Decimal(9999)]))


@st.composite
def levels(draw: st.DrawFn) -> Level:
    call = draw(st.sampled_from(list(Call)))
    return Level(
        call=call,
        pct_abl1=draw(st.one_of(st.none(), NUMBERS)) if call is Call.DETECTED else None,
        target_copies=draw(st.one_of(st.none(), COPIES)),
        abl1_copies=draw(st.one_of(st.none(), COPIES)),
        lod_pct_abl1=draw(st.one_of(st.none(), NUMBERS, st.just(Decimal("0.01")))),
        loq_pct_abl1=draw(st.one_of(st.none(), NUMBERS)),
    )


def shown(level: Level, marker: Marker = Marker.NPM1, tissue: Tissue = Tissue.BONE_MARROW) -> dict[str, Any]:
    result = ShownResult(
        number=12, version=1, changed_at="2026-03-02T10:14:00Z", status="final", identifiers=[("urn:lab", "7")],
        marker=marker, tissue=tissue, assay="NPM1 mut A / ABL1 4", laboratory="Northfield laboratory", patient=3,
        sample=4, collected="2026-03-01", issued="2026-03-02T10:14:00Z", level=level, comment="",
    )  # fmt: skip
    return documents.read(documents.write(observation(BASE, result)))


def class_of(level: Any) -> object:
    value = level.pct_abl1 if hasattr(level, "pct_abl1") else level.value
    lod = level.lod_pct_abl1
    return class_of_measurement(level.call, level.abl1_copies, value, lod)


@given(levels(), st.sampled_from(list(Marker)), st.sampled_from(list(Tissue)))
def test_a_result_that_goes_out_comes_back_with_its_call_its_class_and_its_limits(
    level: Level, marker: Marker, tissue: Tissue
) -> None:
    sent = sent_observations.read(shown(level, marker, tissue))
    sent_observations.check_tissue(sent, tissue)
    assert sent.marker is marker
    assert sent.measured is not None
    assert sent.measured.call is level.call
    assert class_of(sent.measured) is class_of(level)
    assert (sent.measured.lod_pct_abl1, sent.measured.loq_pct_abl1) == (level.lod_pct_abl1, level.loq_pct_abl1)
    if level.pct_abl1 is not None and sent.measured.value is not None:
        assert str(sent.measured.value) == format(level.pct_abl1, "f")


@given(levels())
def test_no_observation_breaks_the_invariants_of_r4(level: Level) -> None:
    told = shown(level)
    assert ("valueQuantity" in told) != ("dataAbsentReason" in told)  # obs-6
    value = told.get("valueQuantity")
    if value is not None:
        assert value["value"] > 0
        assert value.get("comparator", "<") == "<"
        assert ("comparator" in value) == (level.pct_abl1 is None)
    negative = any(word["coding"][0]["code"] == "ND" for word in told.get("interpretation", []))
    assert not negative or str(class_of(level)) == "NEGATIVE"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)
       | st.dictionaries(st.text(), inner), max_leaves=20))  # fmt: skip
def test_whatever_stands_in_an_element_is_refused_in_words(junk: Any) -> None:
    whole = shown(Level(Call.DETECTED, Decimal("0.85"), None, None, None, None))
    for name in [*whole, "status"]:
        if name in {"resourceType", "meta", "id"} or whole[name] == junk:
            continue
        refused: FhirRefused | None = None
        try:
            sent_observations.read({**whole, name: junk})
        except FhirRefused as error:
            refused = error
        assert refused is None or (refused.status in {400, 422} and refused.issues[0].text)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_every_digit_of_a_decimal_survives(number: Decimal) -> None:
    text = format(number, "f")
    if len(text) > 60 or ("." in text and number != 0 and abs(number.adjusted()) > 40):
        return
    assert f'"value":{text}' in documents.write({"value": number})


@pytest.mark.parametrize("text", ['{"resourceType":"X","a":' + "[" * 5000, '{"resourceType":"X","v":NaN}',
    '{"resourceType":"X","v":1e999999}', '{"resourceType":"X","a":1,"a":2}', '{"resourceType":"X","a":"\\u0000"}',
    '{"resourceType":"X","a":"\\ud800"}', "[]", "", "\x00", '{"resourceType":7}', "{" * 10, '"x"', "null",
    '{"resourceType":"X","a":' + "[" * 70 + "]" * 70 + "}", '{"resourceType":"X","v":' + "1" * 61 + "}"])  # fmt: skip
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(FhirRefused) as refused:
        documents.read(text)
    assert refused.value.status == 400
