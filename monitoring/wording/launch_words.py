"""What is said of launches from hospital records: why one is refused, and what their administrators are told."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

# Fixed, as they are registered at hospital records; api/smart answers there.
LAUNCH_PATH, CALLBACK_PATH, KEYS_PATH = "/smart/launch", "/smart/callback", "/smart/jwks.json"


@dataclass(frozen=True, slots=True)
class OurAddresses:
    """What a hospital record is told about us."""

    launch: str
    callback: str
    keys: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a launch does not go on: a title and what can be done."""

    title: str
    text: str


def our_addresses(base: str) -> OurAddresses:
    """Return our addresses as they are known outside; `base` is scheme and host."""
    return OurAddresses(base + LAUNCH_PATH, base + CALLBACK_PATH, base + KEYS_PATH)


def set_up_notes(base: str) -> list[str]:
    """Return what is missing here before any hospital record can launch."""
    notes = []
    if not settings.SMART_KEYS:
        notes.append(_("No signing key is set (MRD_SMART_KEYS_FILE): no hospital record can launch."))
    if not base.startswith("https://"):
        notes.append(_("This service is reached without TLS: browsers then keep no session inside another page."))
    return notes


def refusal(code: str) -> Refusal:
    """Return what a person is told for the code of a refusal; nothing in it tells whether a patient exists."""
    again = _("Close this window and open the page again from the hospital record.")
    operators = _("If it stays so, tell the people who run this service.")
    told = {
        "issuer": (
            _("This hospital record is not registered here"),
            _("Pages are opened for registered hospital records only. An administrator of your centre registers it."),
        ),
        "keys": (
            _("Opening from a hospital record is not set up"),
            _("No signing key is set. Tell the people who run this service."),
        ),
        "record": (_("The hospital record does not answer as it should"), f"{again} {operators}"),
        "denied": (_("The hospital record refused"), f"{again} {operators}"),
        "state": (_("This launch is no longer good"), again),
        "identity": (_("The hospital record did not prove who you are"), f"{again} {operators}"),
        "patient": (
            _("There is no page of this patient for you here"),
            _("The patient in the hospital record could not be matched to one that your centres care for. Search in "
              "MRD review itself if you expect one."),
        ),
    }  # fmt: skip
    return Refusal(*told[code])
