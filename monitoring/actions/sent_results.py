"""Results that a laboratory signed in its own house and sends: taken in as they are, with who answers for them.

They arrive signed (`authorisation_basis` is `SENDING_LABORATORY`), a correction is a new version, a retraction a
withdrawal. What arrives this way is computed with the same functions as what is typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, results
from monitoring.actions.refusals import ActionRefused
from monitoring.domain.readings import ReportedReading
from monitoring.models import Assay, MrdResult, MrdSeries, Sample, User
from monitoring.models.choices import AuthorisationBasisChoice
from monitoring.models.choices import ResultStateChoice as State


@dataclass(frozen=True, slots=True)
class SentResult:
    """What a sender says of one sample."""

    series: MrdSeries
    sample: Sample
    assay: Assay
    reading: ReportedReading
    comment: str = ""


class OpenVersion(ActionRefused):
    """Somebody here is working on a version of this result."""


class SignedHere(ActionRefused):
    """Two people signed this result here."""


@transaction.atomic
def take(*, by: User, sent: SentResult, now: datetime, reason: str = "") -> MrdResult:
    """Take a final, corrected or amended result in; the version that counted until now is superseded."""
    permissions.check_can_send_results(by, sent.assay.laboratory_id)
    same = MrdResult.objects.select_for_update(no_key=True).filter(
        sample=sent.sample, assay=sent.assay, determination=1
    )
    versions = list(same.order_by("version"))
    if any(each.state in (State.DRAFT, State.SUBMITTED) for each in versions):
        raise OpenVersion(_("A version of this result is being written here; it is signed or discarded first."))
    check_is_the_senders_own(versions)
    results.supersede_versions([each for each in versions if each.state == State.AUTHORISED], by=by, now=now)
    taken = results.unsigned_version(
        by=by, series=sent.series, sample=sent.sample, assay=sent.assay, reading=sent.reading,
        version=versions[-1].version + 1 if versions else 1, comment=sent.comment, reason=reason,
    )  # fmt: skip
    taken.state = State.AUTHORISED
    taken.submitted_by = taken.authorised_by = by
    taken.submitted_at = taken.authorised_at = now
    taken.authorisation_basis = AuthorisationBasisChoice.SENDING_LABORATORY
    taken.save(force_insert=True)
    audit.record(
        action="result.sent", by=by, subject=taken, patient_id=taken.patient_id, after=audit.snapshot(taken),
        reason=reason,
    )  # fmt: skip
    results.recompute_now(taken, now)
    return taken


def check_is_the_senders_own(versions: Sequence[MrdResult]) -> None:
    """Refuse what would run over what two people signed here, by raising SignedHere: they amend it."""
    if any(
        each.state == State.AUTHORISED and each.authorisation_basis == AuthorisationBasisChoice.TWO_PEOPLE
        for each in versions
    ):
        raise SignedHere(_("This result was signed by two people here; they amend it."))


@transaction.atomic
def retract(*, by: User, result: MrdResult, reason: str, now: datetime) -> MrdResult:
    """Take back a result that this laboratory sent: it leaves its series and stays on record with the reason."""
    permissions.check_can_send_results(by, result.assay.laboratory_id)
    current = MrdResult.objects.select_for_update(no_key=True).get(pk=result.pk)
    if current.authorisation_basis != AuthorisationBasisChoice.SENDING_LABORATORY:
        raise ActionRefused(_("This result was signed by two people here; they withdraw it."))
    return results.withdrawn(current, by=by, reason=reason or _("retracted by the sender"), now=now)
