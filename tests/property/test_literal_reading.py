"""The engine says what a slow, literal reading of the rules says, for any series."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.domain.classify import classify_all
from monitoring.domain.series import Series
from monitoring.domain.verdicts import Verdict
from tests.property.literal_reading import read_literally
from tests.property.series_to_read import days, serieses

# This law is the one that counts; it is tried more often than the others.
TIMES_AS_MANY = 4


def told(verdict: Verdict) -> dict[str, object]:
    return {
        "state": verdict.state,
        "samples": [(sample.id, sample.sample_class) for sample in verdict.samples],
        "episodes": [
            (
                each.index, each.relapse_on, each.tissue, each.kind, each.rule, each.status, each.number,
                each.confirmed_by, each.late, each.waived, dict(each.response),
            )
            for each in verdict.episodes
        ],
        "flags": sorted([(flag.code.value, flag.on, flag.result) for flag in verdict.flags], key=str),
    }  # fmt: skip


@settings(max_examples=TIMES_AS_MANY * settings().max_examples)
@given(serieses(), st.none() | days)
def test_engine_and_literal_reading_agree(series: Series, as_of: date | None) -> None:
    for ruleset, verdict in classify_all(series, as_of=as_of).items():
        assert told(verdict) == read_literally(series, ruleset.value, as_of)
