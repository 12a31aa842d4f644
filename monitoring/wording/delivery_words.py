"""What became of a message, in words: events, reasons, where codes are stored."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.models.choices import AlertStepChoice, NotificationStateChoice

REASONS = {
    "NO_MAIL_SERVER": gettext_lazy("No mail server is set."),
    "NO_ADDRESS": gettext_lazy("This person has no e-mail address on record."),
    "ANSWERED": gettext_lazy("The alert had been answered before."),
    "LATER_STEP": gettext_lazy("A later message about the same alert tells it."),
    "ENDPOINT_OFF": gettext_lazy("The endpoint is switched off."),
    "ADDRESS_REFUSED": gettext_lazy("The address is not known, or lies where webhooks may not go."),
    "UNCERTAIN": gettext_lazy("It was begun several times and never finished: it may have arrived."),
    "HTTP 410": gettext_lazy("The endpoint answered that it is gone (410), and was switched off."),
    "timeout": gettext_lazy("No answer within 10 seconds."),
}


# Dropped is a word of the table: to its reader the message was not sent, for the reason beside it.
STATES = {**dict(NotificationStateChoice.choices), NotificationStateChoice.DROPPED.value: gettext_lazy("not sent")}


def state_words(state: str) -> str:
    """Say what became of a message."""
    return str(STATES[state])


def reason_words(why: str) -> str:
    """Say why a message was not sent; what a server said of itself is shown as it came."""
    return str(REASONS[why]) if why in REASONS else why


def event_words(kind: str, urgency: int) -> str:
    """Say what a message is about."""
    return _("Alert %(step)s, urgency %(urgency)s") % {"step": AlertStepChoice(kind).label, "urgency": urgency}
