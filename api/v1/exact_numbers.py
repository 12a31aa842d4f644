"""Numbers of a size that a measurement can have: what is longer or larger is refused at its field."""

import re
from decimal import Decimal
from typing import Any

from rest_framework import serializers

BEYOND_EVERY_NUMBER = Decimal(10**12)  # of the columns' own constraints
LOWEST_EXPONENT = -30  # digits after the point: no instrument and no arithmetic of a laboratory has more

# Decimal would read digits of other scripts and underscores as well, and words for what is no number.
WRITTEN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)


class ExactNumberField(serializers.DecimalField):
    """A decimal kept with every digit that was sent, if it is a number that can have been measured."""

    def __init__(self, *, above_zero: bool = False, **kwargs: Any) -> None:
        super().__init__(None, None, **kwargs)
        self.above_zero = above_zero

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Take null for no number where that is allowed; a limit is not taken away by a blank text."""
        if self.above_zero and isinstance(data, str) and not data.strip():
            self.fail("invalid")
        found: tuple[bool, Any] = super().validate_empty_values(data)
        return found

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the number; raises ValidationError for what is no number, too large or too long."""
        if isinstance(data, bool) or (isinstance(data, str) and not WRITTEN.fullmatch(data)):
            self.fail("invalid")
        found = super().to_internal_value(data)
        exponent = found.as_tuple().exponent
        if abs(found) >= BEYOND_EVERY_NUMBER or not isinstance(exponent, int) or exponent < LOWEST_EXPONENT:
            raise serializers.ValidationError("This is no number that can have been measured.")
        if self.above_zero and found <= 0:
            raise serializers.ValidationError("This is above zero.")
        return found
