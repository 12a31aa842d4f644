"""Laws of reading what people type."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from monitoring.domain.typed_numbers import TypedNumberRefused, parse_copies, parse_cq, parse_percentage


def read(parse: Callable[[str], Decimal | None], text: str) -> Decimal | str | None:
    try:
        return parse(text)
    except TypedNumberRefused as refused:
        return refused.problem.value


@given(st.text(max_size=30))
@example("1" * 24)
def test_any_text_is_read_or_refused_with_a_code(text: str) -> None:
    for parse in (parse_percentage, parse_copies):
        outcome = read(parse, text)
        assert isinstance(outcome, str) or (outcome is not None and outcome.is_finite())


@given(st.text(alphabet="0123456789.,", max_size=12))
def test_point_and_comma_are_interchangeable(text: str) -> None:
    swapped = text.translate(str.maketrans(".,", ",."))
    for parse in (parse_percentage, parse_copies, parse_cq):
        assert read(parse, text) == read(parse, swapped)


@given(st.integers(0, 10**10))
def test_whole_copies_are_read_as_typed(copies: int) -> None:
    assert parse_copies(str(copies)) == copies


@given(st.integers(1000, 10**9), st.sampled_from([",", ".", " ", "'", "\u00a0", "_"]))
def test_grouped_copies_are_never_read(copies: int, separator: str) -> None:
    assert isinstance(read(parse_copies, f"{copies:,}".replace(",", separator)), str)
