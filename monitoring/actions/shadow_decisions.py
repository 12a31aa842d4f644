"""A change of rules is signed or refused by a second person; only a signature changes anything (docs/adr/0009).

This is the only way in which the rule set that raises alerts is changed at a centre, and in which editions are signed.
"""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.actions.shadow_runs import WAS
from monitoring.domain.editions import editions_of_code
from monitoring.models import Centre, ShadowRun, SignedEdition, User

SIGNED_WITHIN = timedelta(days=7)  # of the comparison: the record moves on, [DESIGN]
SIGNED, REFUSED = "SIGNED", "REFUSED"


@transaction.atomic
def sign(*, by: User, run_id: int, comment: str, now: datetime) -> ShadowRun:
    """Sign a comparison as the second person: the rule set of the centre changes, or its editions may raise alerts."""
    run = _open_run(by, run_id, comment)
    if run.started_by_id == by.pk:
        raise PermissionDenied(_("You asked for this comparison. A second person signs it."))
    if run.finished_at is None or now - run.finished_at > SIGNED_WITHIN:
        raise ActionRefused(_("This comparison is older than 7 days. Ask for a new one and look at that."))
    if run.centre_id is None:
        _sign_editions(by, run)
    else:
        _change_ruleset(by, run, run.centre_id)
    return _decided(by, run, SIGNED, comment, now)


@transaction.atomic
def refuse(*, by: User, run_id: int, comment: str, now: datetime) -> ShadowRun:
    """Refuse a change of rules: everything stays as it is."""
    return _decided(by, _open_run(by, run_id, comment), REFUSED, comment, now)


def _open_run(by: User, run_id: int, comment: str) -> ShadowRun:
    """The run, locked: finished, and not yet decided on."""
    run = ShadowRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    permissions.check_can_sign_rules(by, run.centre_id)
    if run.decision:
        raise StaleVersion(_("Somebody else has signed or refused this change meanwhile."))
    if run.finished_at is None:
        raise ActionRefused(_("The comparison is not finished."))
    if not comment.strip():
        raise ActionRefused(_("Say what the decision rests on."))
    return run


def _change_ruleset(by: User, run: ShadowRun, centre_id: int) -> None:
    """Let the rule set of the run raise the alerts; the database asks for every verdict of the centre."""
    centre = Centre.objects.select_for_update(of=("self",)).get(pk=centre_id)
    compared = {name: version for name, version in run.editions.items() if name != WAS}
    if centre.alerting_ruleset != run.editions[WAS] or compared != editions_of_code():
        raise StaleVersion(_("The rules have changed since this comparison. Ask for a new one."))
    before = {"alerting_ruleset": centre.alerting_ruleset}
    centre.alerting_ruleset = run.alerting_ruleset
    centre.save(update_fields=["alerting_ruleset"])
    audit.record(
        action="centre.alerting_ruleset", by=by, subject=centre, before=before,
        after={"alerting_ruleset": centre.alerting_ruleset}, reason=f"comparison {run.pk}",
    )  # fmt: skip
    transaction.on_commit(lambda: enqueue.send("sweep_recompute_requests"))


def _sign_editions(by: User, run: ShadowRun) -> None:
    for name, version in sorted(run.editions.items()):
        row, is_new = SignedEdition.objects.get_or_create(name=name, version=version, defaults={"run": run})
        if is_new:
            audit.record(action="edition.sign", by=by, subject=row, after=audit.snapshot(row))


def _decided(by: User, run: ShadowRun, decision: str, comment: str, now: datetime) -> ShadowRun:
    before = audit.snapshot(run)
    run.decision, run.decided_by, run.decided_at, run.comment = decision, by, now, comment.strip()
    run.save(update_fields=["decision", "decided_by", "decided_at", "comment"])
    audit.record(
        action=f"rules.{decision.lower()}", by=by, subject=run, before=before, after=audit.snapshot(run),
        reason=comment.strip()[:500],
    )  # fmt: skip
    return run
