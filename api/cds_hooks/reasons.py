"""Why a card may be put aside: the codes that cards offer, published at /fhir/CodeSystem/override."""

from django.utils.translation import gettext_noop

SYSTEM_PATH = "/fhir/CodeSystem/override"
REASONS = {
    "already-known": gettext_noop("Already known"),
    "not-mine": gettext_noop("Another clinician looks after this"),
    "not-relevant": gettext_noop("Not relevant at present"),
}
