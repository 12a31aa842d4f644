"""What an e-mail about alerts says: how many wait and where, in the reader's language, and nothing about a patient."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.urgency import Urgency
from monitoring.models.choices import AlertStepChoice as Step


@dataclass(frozen=True, slots=True)
class Told:
    """One step of an alert as a message tells it; `is_given` where it was handed or passed on to the reader."""

    step: str
    urgency: int
    centre: str
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text of an e-mail."""

    subject: str
    text: str


def letter(told: Sequence[Told], public_url: str, language: str) -> Letter:
    """Write the e-mail about one step, or about many at once."""
    with translation.override(language):
        sentence = _sentence(told[0]) if len(told) == 1 else _many(told)
        return Letter(_("MRD review: a message for you"), "\n\n".join([sentence, *_feet(public_url)]) + "\n")


def silence_letter(
    sender: str, hours: int, centre: str, public_url: str, language: str, *, is_machine: bool = False
) -> Letter:
    """Write the e-mail about a sender, or a machine, from which nothing came for too long."""
    with translation.override(language):
        said = {"sender": sender, "hours": hours, "centre": centre}
        sentence = _("No message came from %(sender)s at %(centre)s for more than %(hours)s hours.") % said
        address = f"{public_url}/exchange/"
        where = _("Messages: %(address)s")
        if is_machine:
            sentence = _("No result came from %(sender)s at %(centre)s for more than %(hours)s hours.") % said
            address, where = f"{public_url}/machines/", _("Machines: %(address)s")
        asking = _("Please ask the laboratory whether its system still sends. This is told once for each silence.")
        place = [where % {"address": address}] if public_url else []
        closing = _("This message names no patient, on purpose. Please do not reply to it.")
        parts = [sentence, asking, *place, closing]
        return Letter(_("MRD review: no results received"), "\n\n".join(parts) + "\n")


def _sentence(told: Told) -> str:
    said = {"urgency": told.urgency, "centre": told.centre}
    if told.step == Step.RETRACTED:
        return _("An alert of urgency %(urgency)s at %(centre)s was taken back.") % said
    if told.step == Step.HANDED_OVER and told.is_given:
        return _("An alert of urgency %(urgency)s at %(centre)s was handed over to you.") % said
    if told.step == Step.ESCALATED and told.is_given:
        return (
            _("An alert of urgency %(urgency)s at %(centre)s was not answered in time. It has been passed on to you.")
            % said
        )
    return _("An alert of urgency %(urgency)s waits at %(centre)s.") % said


def _many(told: Sequence[Told]) -> str:
    centres = sorted({each.centre for each in told})
    said = {"n": len(told), "centres": ", ".join(centres)}
    sentence = (
        ngettext(
            "There is news of %(n)s alert at %(centres)s.", "There is news of %(n)s alerts at %(centres)s.", len(told)
        )
        % said
    )
    urgent = sum(each.urgency == Urgency.FIRST for each in told)
    if urgent:
        of_these = ngettext("Of these, %(n)s is of urgency 1.", "Of these, %(n)s are of urgency 1.", urgent)
        sentence = f"{sentence} {of_these % {'n': urgent}}"
    return sentence


def _feet(public_url: str) -> list[str]:
    closing = _("This message names no patient, on purpose. Please do not reply to it.")
    if not public_url:
        return [_("Open the worklist."), closing]
    return [
        _("Open the worklist: %(address)s") % {"address": f"{public_url}/"},
        closing,
        _("What you are written, and when: %(address)s") % {"address": f"{public_url}/me/notifications/"},
    ]
