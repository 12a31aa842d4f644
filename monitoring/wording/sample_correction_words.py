"""What is corrected of a sample with signed results: from what to what, by whose signature."""

from datetime import date, datetime
from typing import Protocol

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.models.choices import TimepointChoice
from monitoring.wording import dates
from monitoring.wording.states import word


class SampleFacts(Protocol):
    """What a sample is for the rules."""

    @property
    def tissue(self) -> str: ...
    @property
    def collected_on(self) -> date: ...
    @property
    def timepoint(self) -> str: ...


class Correction(Protocol):
    """A correction with the facts before and after."""

    @property
    def was(self) -> SampleFacts: ...
    @property
    def becomes(self) -> SampleFacts: ...
    @property
    def signed_by(self) -> str: ...
    @property
    def signed_at(self) -> datetime | None: ...


def changes_said(correction: Correction) -> str:
    """Return what changes, fact by fact: 'material from marrow to blood'."""
    was, becomes = correction.was, correction.becomes
    said = [
        (_("material from %(was)s to %(becomes)s"), _tissue(was), _tissue(becomes)),
        (_("day of collection from %(was)s to %(becomes)s"), *map(dates.day, (was.collected_on, becomes.collected_on))),
        (_("time point from “%(was)s” to “%(becomes)s”"), _timepoint(was), _timepoint(becomes)),
    ]  # fmt: skip
    found = [sentence % {"was": old, "becomes": new} for sentence, old, new in said if old != new]
    return pgettext("between two parts of a sentence", "; ").join(found)


def corrected_said(correction: Correction) -> str:
    """Return what a signed correction did, when and by whose signature."""
    if correction.signed_at is None:
        return changes_said(correction)
    return _("corrected: %(what)s, on %(day)s, signed by %(person)s") % {
        "what": changes_said(correction),
        "day": dates.day(localtime(correction.signed_at).date()),
        "person": correction.signed_by,
    }  # fmt: skip


def _tissue(facts: SampleFacts) -> str:
    return str(word("tissue", facts.tissue).words)


def _timepoint(facts: SampleFacts) -> str:
    return str(TimepointChoice(facts.timepoint).label)
