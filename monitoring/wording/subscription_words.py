"""How a subscription stands, in words, where codes are stored."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from monitoring.wording.delivery_words import reason_words

STATUSES = {
    "requested": pgettext_lazy("subscription", "waits for the handshake"),
    "active": pgettext_lazy("subscription", "active"),
    "error": pgettext_lazy("subscription", "in error: nothing is sent"),
    "off": pgettext_lazy("subscription", "off"),
}
CONTENTS = {
    "empty": gettext_lazy("without content"),
    "id-only": gettext_lazy("with the address of the alert"),
    "full-resource": gettext_lazy("with the whole alert"),
}
REASONS = {
    "ENDED": gettext_lazy("Its time is over."),
    "CLIENT_REVOKED": gettext_lazy("The machine was revoked."),
    "HEADERS_LOST": gettext_lazy("Its headers cannot be read any more: the machine has to tell them anew."),
    "HTTP 410": gettext_lazy("The receiver answered that it is gone (410)."),
    "timeout": gettext_lazy("No answer in time."),
}


def status_words(status: str) -> str:
    """Say how a subscription stands."""
    return str(STATUSES[status])


def content_words(payload: str) -> str:
    """Say what its messages hold."""
    return str(CONTENTS[payload])


def why_words(why: str) -> str:
    """Say what went wrong last; what a server said of itself is shown as it came."""
    return str(REASONS[why]) if why in REASONS else reason_words(why)
