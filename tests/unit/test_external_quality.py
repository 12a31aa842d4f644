"""A reported sample against what was expected, as a table."""

from decimal import Decimal

import pytest

from monitoring.domain.external_quality import Agreement, Expected, Reported, compare, log10_difference
from monitoring.domain.terms import Call

IN, OUT = Call.DETECTED, Call.NOT_DETECTED


def level(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("expected", "reported", "agreement"),
    [
        ((IN, "0.1", "0.05", "0.2"), (IN, "0.1"), Agreement.AGREES),
        ((IN, "0.1", "0.05", "0.2"), (IN, "0.05"), Agreement.AGREES),
        ((IN, "0.1", "0.05", "0.2"), (IN, "0.2"), Agreement.AGREES),
        ((IN, "0.1", "0.05", "0.2"), (IN, "0.0499"), Agreement.TOO_LOW),
        ((IN, "0.1", "0.05", "0.2"), (IN, "0.2001"), Agreement.TOO_HIGH),
        ((IN, None, "0.05", None), (IN, "900"), Agreement.AGREES),
        ((IN, None, None, "0.2"), (IN, "0.3"), Agreement.TOO_HIGH),
        ((IN, "0.1", "0.05", "0.2"), (IN, None), Agreement.NO_VALUE),
        ((IN, "0.1", None, None), (IN, "0.5"), Agreement.NO_RANGE),
        ((IN, "0.1", "0.05", "0.2"), (OUT, None), Agreement.CALL_DIFFERS),
        ((OUT, None, None, None), (IN, "0.1"), Agreement.CALL_DIFFERS),
        ((OUT, None, None, None), (OUT, None), Agreement.AGREES),
        ((None, None, None, None), (IN, "0.1"), Agreement.NOT_YET_KNOWN),
        ((OUT, None, None, None), (None, None), Agreement.NOT_REPORTED),
    ],
)
def test_a_report_against_its_expectation(
    expected: tuple[Call | None, str | None, str | None, str | None],
    reported: tuple[Call | None, str | None],
    agreement: Agreement,
) -> None:
    call, pct, low, high = expected
    found = compare(Expected(call, level(pct), level(low), level(high)), Reported(reported[0], level(reported[1])))
    assert found is agreement


def test_the_difference_is_one_of_log10_and_positive_where_too_much_was_reported() -> None:
    assert log10_difference(Expected(IN, Decimal("0.1")), Reported(IN, Decimal(1))) == 1
    assert log10_difference(Expected(IN), Reported(IN, Decimal(1))) is None
