"""Taking a step with an alert: which form it needs, which action it is, and what came of the attempt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from monitoring import permissions
from monitoring.actions import acknowledging, handing_over, resolving
from monitoring.actions.handing_over import NotToThisPerson
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.forms.acknowledging import AcknowledgeForm
from monitoring.forms.alert_turns import FormOfSeenAlert, HandOverForm, ResolveForm
from monitoring.models import Alert, User
from monitoring.queries import clinicians, people
from monitoring.views.alert_story import Desk
from monitoring.views.signed_in import SignedInRequest


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that a person may take: its form, how it is done, the words on the page and after it is done."""

    name: str
    form: Callable[[Any, int, Desk], FormOfSeenAlert]
    do: Callable[[User, Alert, Any, datetime], object]
    title: Any
    done: Any


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it: `stale` where the page was out of date; neither done nor stale: the form says what is wrong."""

    form: FormOfSeenAlert
    is_done: bool = False
    stale: StaleVersion | None = None


def desk_of(request: SignedInRequest, patient_id: int) -> Desk | None:
    """Return who may act on the alerts of a patient, with the colleagues; None where this person may not."""
    if not permissions.can_acknowledge(request.user, patient_id):
        return None
    return Desk(request.user.pk, clinicians.of_patient(patient_id))


def attempt(request: SignedInRequest, turn: Turn, alert: Alert, desk: Desk, now: datetime) -> Attempt:
    """Take a step as the form says it, or say why not."""
    form = turn.form(request.POST, alert.pk, desk)
    if not form.is_valid():
        return Attempt(form)
    try:
        turn.do(request.user, alert, form, now)
    except StaleVersion as refused:
        return Attempt(form, stale=refused)
    except ActionRefused as refused:
        form.add_error(_field_of(refused), str(refused))
        return Attempt(form)
    return Attempt(form, is_done=True)


def typed_in(form: FormOfSeenAlert) -> list[tuple[str, str]]:
    """Return what was typed, in words, to be copied where it cannot be sent any more."""
    typed = []
    for field in form.visible_fields():
        value = field.value()
        choices = {str(code): str(words) for code, words in getattr(field.field, "choices", ())}
        if value:
            typed.append((str(field.label), choices.get(str(value), str(value))))
    return typed


def seen_now(form: FormOfSeenAlert, initial: Mapping[str, Any]) -> QueryDict:
    """Return what was typed, with the hidden fields of the alert as it stands now."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    for name, value in initial.items():
        data[name] = str(value)
    return data


def _field_of(refused: ActionRefused) -> str:
    if isinstance(refused, ImpossibleDate):
        return refused.field
    return "to" if isinstance(refused, NotToThisPerson) else "comment"


def _acknowledge(by: User, alert: Alert, form: AcknowledgeForm, now: datetime) -> object:
    return acknowledging.acknowledge(by=by, alert=alert, seen=form.seen, decision=form.decision, now=now)


def _hand_over(by: User, alert: Alert, form: HandOverForm, now: datetime) -> object:
    to = people.person(form.cleaned_data["to"])
    comment = form.cleaned_data["comment"]
    return handing_over.hand_over(by=by, alert=alert, seen=form.seen, to=to, comment=comment, now=now)


def _resolve(by: User, alert: Alert, form: ResolveForm, now: datetime) -> object:
    return resolving.resolve(by=by, alert=alert, seen=form.seen, comment=form.cleaned_data["comment"], now=now)


ACKNOWLEDGE = Turn(
    "acknowledge",
    lambda data, alert_id, _desk: AcknowledgeForm(data, alert_id=alert_id),
    _acknowledge,
    _("Acknowledge"),
    _("The alert is acknowledged; your decision stands in the timeline."),
)
HAND_OVER = Turn(
    "hand-over",
    lambda data, alert_id, desk: HandOverForm(data, alert_id=alert_id, clinicians=desk.colleagues),
    _hand_over,
    _("Hand over"),
    _("The alert is handed over. The day by which it is to be acknowledged stays."),
)
RESOLVE = Turn(
    "resolve",
    lambda data, alert_id, _desk: ResolveForm(data, alert_id=alert_id),
    _resolve,
    _("Resolve"),
    _("The alert is resolved. It opens again when new evidence comes."),
)
