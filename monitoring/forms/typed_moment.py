"""A moment typed by hand or sent by a machine, read in the time zone of the patient's centre."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

MOMENT_SHAPE = _("YYYY-MM-DD HH:MM")
LONGEST = 32  # characters: 2026-03-13T17:00:00.123456+01:00
# A "+" that was not encoded in an address arrives as a space: before an offset it can mean nothing else.
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(?P<offset>Z|[-+ ]\d{2}:\d{2})?",
    re.ASCII,
)


class NotAMoment(Exception):
    """The text is no moment; `why` is an error of the calendar, or none where it is written otherwise."""


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment that a text means, in UTC; without an offset it is of the time zone given.

    Where a clock change makes a local time mean two moments, or none, the later reading is taken: 02:30 on the night
    in which the hour comes twice is the second one, and 02:30 on the night that skips it is 03:30. So nothing that was
    on record before the time that was meant is left out. Raises NotAMoment.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise NotAMoment("form")
    offset = (found["offset"] or "").replace(" ", "+")
    try:
        typed = datetime.fromisoformat(f"{found['day']}T{found['clock']}{offset}")
        if typed.tzinfo is not None:
            return typed.astimezone(UTC)
        return max(typed.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except (ValueError, OverflowError) as error:
        raise NotAMoment("calendar") from error


def write_moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as one types it, so that reading gives the same moment: with its offset only where it must."""
    local = at.astimezone(zone)
    precision = "minutes" if not local.second and not local.microsecond else "auto"
    text = local.replace(tzinfo=None).isoformat(sep=" ", timespec=precision)
    return text if read_moment(text, zone) == at else local.isoformat(sep=" ", timespec=precision)


class MomentField(forms.Field):
    """A moment typed as 2026-03-13 17:00, or sent with its offset from UTC; None where nothing was typed."""

    def __init__(self, *, zone: ZoneInfo | None = None, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "placeholder": MOMENT_SHAPE, "maxlength": LONGEST, "spellcheck": "false"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)
        self.zone = zone

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment in UTC; refused in words."""
        text = str(value or "").strip()
        if not text:
            return None
        if self.zone is None and not _has_offset(text):
            raise ValidationError(
                _now("Write the moment with its offset from UTC, for example 2026-03-13T17:00:00+01:00 or ending in Z.")
            )
        try:
            return read_moment(text, self.zone or ZoneInfo("UTC"))
        except NotAMoment as error:
            sentence = (
                _now("“%(typed)s” is no moment of the calendar.")
                if error.args == ("calendar",)
                else _now("Write the moment as day and time, for example 2026-03-13 17:00: “%(typed)s” is not one.")
            )
            raise ValidationError(sentence % {"typed": text[:LONGEST]}) from error


def _has_offset(text: str) -> bool:
    found = _MOMENT.fullmatch(text)
    return found is None or found["offset"] is not None
