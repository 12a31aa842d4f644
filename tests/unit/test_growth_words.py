"""The numbers under the curve, in words: each with its samples, or with the reason why it cannot be told."""

import pytest
from django.utils import translation

from monitoring.domain.growth_in_episode import growth_of
from monitoring.domain.kinetics import NotEstimableBecause
from monitoring.domain.series import Series
from monitoring.wording.growth_words import KeyNumber, _why, key_numbers
from tests.unit.growing_series import FALL, PB, RISE, account, on, sample, series, verdict

TREATED = 105


def told(of: Series, day: int) -> dict[str, KeyNumber]:
    found = key_numbers(account(of, day), growth_of(of, verdict(of, day), on(day)))
    return {one.name: KeyNumber(one.name, plain(one.value), plain(one.beside)) for one in map(named_plainly, found)}


def named_plainly(one: KeyNumber) -> KeyNumber:
    return KeyNumber(plain(one.name), one.value, one.beside)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_doubling_time_names_interval_published_median_and_samples() -> None:
    number = told(series(*RISE), 110)["Doubling time, marrow"]
    assert number.value.endswith(" days")
    interval, median, samples = number.beside.split("; ")
    assert interval.startswith("95 % ")
    assert median == "published median 11"
    assert samples == "4 samples, 1 by limit, 5 Jan 2026 to 17 Apr 2026"


def test_the_forecast_tells_both_levels_and_that_it_is_no_alert() -> None:
    numbers = told(series(*RISE), 110)
    assert numbers["10 % of ABL1 about"].beside.startswith("95 % from ")
    for name in ("1 % of ABL1 about", "10 % of ABL1 about"):
        assert numbers[name].beside.endswith("an estimate, never an alert")


def test_a_level_whose_interval_begins_in_the_past_may_be_reached_already() -> None:
    day_of_lower_bound = told(series(*RISE), 110)["1 % of ABL1 about"].beside
    assert day_of_lower_bound.startswith("may be reached already: 95 % from 17 Apr 2026 to ")
    assert told(series(*RISE), 102)["1 % of ABL1 about"].beside.startswith("95 % from 17 Apr 2026 to ")


def test_treatment_takes_the_forecast_away_and_says_so() -> None:
    numbers = told(series(*RISE, *FALL, treatment_starts=(on(TREATED),)), 135)
    assert numbers["Forecast"] == KeyNumber("Forecast", "not made", "pre-emptive treatment began on 20 Apr 2026")
    assert "1 % of ABL1 about" not in numbers


def test_the_lowest_value_before_is_named_with_its_day() -> None:
    number = told(series(sample(0, "0.01"), sample(60, "0.02"), sample(81, "0.3")), 90)["From the lowest value, marrow"]
    assert number.value == "+1.48 log"
    assert number.beside == "0.3 %, 27 Mar 2026, against 0.01 %, 5 Jan 2026"


def test_the_change_since_the_index_names_both_samples_and_is_told_once() -> None:
    numbers = told(series(*RISE), 110)
    since = numbers["Since index, marrow"]
    assert since.value == "15-fold"
    assert since.beside == "+1.18 log in 42 days; 0.3 %, 17 Apr 2026, against 0.02 %, 6 Mar 2026"
    assert "From the lowest value, marrow" not in numbers


def test_the_fall_since_treatment_names_both_samples() -> None:
    treated = series(*RISE, *FALL, treatment_starts=(on(TREATED),))
    partly = told(treated, 160)["Below pre-treatment, marrow"]
    assert partly == KeyNumber(partly.name, "1.44 log", "0.011 %, 12 Jun 2026, against 0.3 %, 17 Apr 2026")
    whole = told(treated, 190)["Below pre-treatment, marrow"]
    assert whole == KeyNumber(
        whole.name, "at least 2.08 log", "limit 0.0025 %, 10 Jul 2026, against 0.3 %, 17 Apr 2026"
    )


def test_a_halving_time_has_its_interval_and_its_samples() -> None:
    number = told(series(*RISE, *FALL, treatment_starts=(on(TREATED),)), 190)["Halving time, marrow"]
    assert number.value.endswith(" days")
    assert number.beside.startswith("95 % ")
    assert number.beside.endswith("4 samples, 1 by limit, 17 Apr 2026 to 10 Jul 2026")


def test_a_level_that_grows_in_spite_of_treatment_has_a_doubling_time() -> None:
    growing = (sample(130, "1.2"), sample(151, "4.5"), sample(172, "16"))
    numbers = told(series(*RISE, *growing, treatment_starts=(on(TREATED),)), 180)
    assert "published median 11" in numbers["Doubling time under treatment, marrow"].beside
    assert "Halving time, marrow" not in numbers


def test_what_cannot_be_estimated_says_why() -> None:
    few = told(series(sample(0), sample(60, "0.02")), 61)["Doubling time, marrow"]
    assert few.value == "not estimable"
    assert few.beside == "fewer than three samples of one assay since then; from 5 Jan 2026 on; published median 11"
    flat = told(series(sample(0), sample(60, "0.004"), sample(81, "0.0035"), sample(102, "0.005")), 110)
    assert flat["Doubling time, marrow"].value == "not estimable"
    assert flat["Doubling time, marrow"].beside.startswith("the interval does not exclude a stable level; ")
    no_value = told(series(sample(130, "0.06"), treatment_starts=(on(TREATED),)), 140)
    assert no_value["Below pre-treatment, marrow"].beside == "no value before treatment, or no limit since"


def test_blood_and_marrow_are_never_mixed() -> None:
    numbers = told(series(*RISE, sample(103, "0.03", PB)), 110)
    assert "4 samples" in numbers["Doubling time, marrow"].beside
    assert "From the lowest value, blood" not in numbers


def test_a_series_without_samples_has_no_numbers() -> None:
    assert told(series(), 10) == {}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("because", list(NotEstimableBecause))
def test_every_reason_has_words(because: NotEstimableBecause, language: str) -> None:
    with translation.override(language):
        assert _why(because)
        assert "%(" not in _why(because)


def test_a_level_beyond_the_forecast_says_how_far_that_is() -> None:
    assert _why(NotEstimableBecause.TOO_FAR_AHEAD) == "more than 180 days ahead"
