"""JSON whose numbers keep their digits: 0.10 arrives as the decimal 0.10, never as a binary fraction."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MAX_DIGITS = 60
HALF_OF_A_PAIR = "\\ud"  # as JSON writes it


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise ParseError(f"A number has more than {MAX_DIGITS} digits.")
    return Decimal(text)


def _refuse(word: str) -> Any:
    raise ParseError(f"{word} is not a number.")


def _check_characters(text: str, found: Any) -> None:
    """Half of a pair of surrogates is no character: nothing could keep it or send it back. Raises ValueError."""
    if HALF_OF_A_PAIR in text.lower():
        json.dumps(found, ensure_ascii=False, default=str).encode()


class ExactJSONParser(JSONParser):
    """Parse JSON with exact decimals; NaN and Infinity are refused."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the document; raises ParseError with a sentence."""
        try:
            text = stream.read().decode("utf-8")
            found: dict[str, Any] = json.loads(text, parse_float=_decimal, parse_constant=_refuse)
            _check_characters(text, found)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"This is not JSON: {error}") from error
        return found
