"""What a session in the window of a hospital record holds: which patients were opened in it, and by whose launch.

The record signs a person in; nothing of its tokens is kept. Each patient that was launched may be looked at, no other.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from monitoring.models import LaunchPerson

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING_LASTS = timedelta(minutes=10)
MOST_PATIENTS = 50  # opened in one session; the earliest is then to be launched again
_LAUNCHED, _PENDING = "launched", "launch_pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """A launch that waits for the person's own password; no patient where none was found."""

    issuer_id: int
    subject: str
    fhir_user: str
    patient_id: int | None
    alert_id: int | None


def keep_pending(session: SessionBase, pending: Pending, now: datetime) -> None:
    """Keep a launch until its person has signed in."""
    session[_PENDING] = {**asdict(pending), "until": (now + PENDING_LASTS).timestamp()}


def pending_in(session: SessionBase, now: datetime) -> Pending | None:
    """Return the launch that waits, unless it waited too long."""
    kept = session.get(_PENDING)
    if kept is None or kept["until"] < now.timestamp():
        return None
    return Pending(**{name: value for name, value in kept.items() if name != "until"})


def sign_in(request: HttpRequest, person: LaunchPerson, patient_id: int) -> None:
    """Begin the session of a linked person, or go on with it, and let it show this patient."""
    request.session.pop(_PENDING, None)
    login(request, person.user, backend=BACKEND)
    launched = {key: value for key, value in request.session.get(_LAUNCHED, {}).items() if key != str(patient_id)}
    kept = list(launched.items())[-(MOST_PATIENTS - 1) :]
    request.session[_LAUNCHED] = {**dict(kept), str(patient_id): person.pk}


def launched_by(session: SessionBase, patient_id: int) -> int | None:
    """Return by whose link a patient was opened in this session; None where it was not."""
    found: int | None = session.get(_LAUNCHED, {}).get(str(patient_id))
    return found
