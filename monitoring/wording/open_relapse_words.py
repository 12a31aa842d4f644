"""What is said beside a date of the follow-up interval while a relapse is open and untreated."""

from datetime import date

from django.utils.translation import gettext as _

from monitoring.wording import dates, states

BOTH = "BOTH"  # tissues, as an acknowledgement records them


def not_made_for_it() -> str:
    """Return that the date is that of a follow-up without relapse."""
    return _("This follow-up interval was not made for an open relapse.")


def agreed_tissue(tissue: str) -> str:
    """Return of what the sample is that was agreed: `marrow and blood`."""
    return _("marrow and blood") if tissue == BOTH else str(states.word("tissue", tissue).words)


def agreed_words(on: date | None, tissue: str, today: date) -> str:
    """Return what was agreed, with how it stands today; `on` None: that no sample is planned."""
    if on is None:
        return _("No further sample was agreed when the alert was acknowledged.")
    told = {"tissues": agreed_tissue(tissue), "day": dates.day(on), "countdown": dates.countdown(on, today)}
    return _("Agreed when the alert was acknowledged: %(tissues)s, %(day)s, %(countdown)s.") % told
