"""Text that is text: a number in its place is a mistake of the sender, and is refused at its field."""

from typing import Any

from rest_framework import serializers


class TextField(serializers.CharField):
    """A text; numbers are not turned into one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; raises ValidationError for anything else."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)
