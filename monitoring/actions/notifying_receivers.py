"""Who is told of a step of an alert: the responsible clinicians, whom it was given to, the systems of the centres."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from monitoring.actions.notifying_hours import QuietHours
from monitoring.domain.urgency import Urgency
from monitoring.models import AlertChange, CareRelation, Membership, NotificationPreference, User, WebhookEndpoint
from monitoring.models.choices import RoleChoice as Role
from monitoring.models.periods import holds_now
from monitoring.permissions import CARING, CHART_ROLES

PASSES_QUIET_HOURS = Urgency.FIRST
LEAST_URGENT_TOLD = Urgency.THIRD  # the fourth is shown on the patient page and told to nobody


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to be told by e-mail; the defaults hold where nothing was chosen."""

    email_up_to_urgency: int = 2
    only_my_patients: bool = False
    quiet: QuietHours = field(default_factory=QuietHours)


@dataclass
class Surroundings:
    """The centres, people and endpoints around some steps, read in a fixed number of queries."""

    caring: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    people: dict[int, dict[int, User]] = field(default_factory=lambda: defaultdict(dict))
    clinicians: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    wanted: dict[int, Wanted] = field(default_factory=dict)
    endpoints: dict[int, list[WebhookEndpoint]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, changes: Iterable[AlertChange]) -> "Surroundings":
        """Read what is around these steps."""
        found = cls()
        current = holds_now()
        cared = CareRelation.objects.filter(current, patient_id__in={c.patient_id for c in changes}, role__in=CARING)
        for patient_id, centre_id in cared.values_list("patient_id", "centre_id"):
            found.caring[patient_id].add(centre_id)
        centres = {centre_id for each in found.caring.values() for centre_id in each}
        found._read_people(
            Membership.objects.filter(current, centre_id__in=centres, role__in=CHART_ROLES, user__is_active=True)
        )
        for endpoint in WebhookEndpoint.objects.filter(centre_id__in=centres, is_active=True).order_by("pk"):
            found.endpoints[endpoint.centre_id].append(endpoint)
        return found

    def _read_people(self, memberships: QuerySet[Membership]) -> None:
        for member in memberships.select_related("user").order_by("pk"):
            self.people[member.centre_id][member.user_id] = member.user
            if member.role == Role.CLINICIAN:
                self.clinicians[member.centre_id].add(member.user_id)
        people = {user_id for users in self.people.values() for user_id in users}
        for row in NotificationPreference.objects.filter(user_id__in=people):
            quiet = QuietHours(row.quiet_from, row.quiet_until, row.quiet_weekends)
            self.wanted[row.user_id] = Wanted(row.email_up_to_urgency, row.only_my_patients, quiet)

    def wants(self, user_id: int) -> Wanted:
        """Return what a person wants to be told."""
        return self.wanted.get(user_id, Wanted())


def people_told(change: AlertChange, around: Surroundings, left_out: Collection[int]) -> Iterator[User]:
    """Name who is written to about one step, by their preferences, but for the people of the centres left out.

    Nobody is told of what they did themselves. Where no clinician is named the patient is everybody's.
    """
    centres = around.caring[change.patient_id] - set(left_out)
    people = {pk: user for centre in centres for pk, user in around.people[centre].items()}
    clinicians = {pk for centre in centres for pk in around.clinicians[centre]}
    patient = change.alert.patient
    named = {pk for pk in (patient.clinician_id, patient.second_clinician_id) if pk in clinicians}
    given_to = {pk for pk in (change.to_id,) if pk in people}
    for pk in sorted((named or _everybody(clinicians, around)) | given_to):
        wanted = min(around.wants(pk).email_up_to_urgency, LEAST_URGENT_TOLD)
        if pk != change.by_id and change.alert.urgency <= wanted:
            yield people[pk]


def _everybody(clinicians: set[int], around: Surroundings) -> set[int]:
    """Those who want to hear of patients that are not theirs; all, rather than nobody."""
    return {pk for pk in clinicians if not around.wants(pk).only_my_patients} or clinicians


def endpoints_told(change: AlertChange, around: Surroundings, left_out: Collection[int]) -> Iterator[WebhookEndpoint]:
    """Name the endpoints of the caring centres, whatever the urgency: a machine has no quiet hours."""
    for centre in sorted(around.caring[change.patient_id] - set(left_out)):
        yield from around.endpoints[centre]


def not_before(change: AlertChange, user: User, around: Surroundings, *, now: datetime) -> datetime:
    """Return when a person may be written to: at once at the first urgency, else when their quiet hours are over."""
    if change.alert.urgency <= PASSES_QUIET_HOURS:
        return now
    return around.wants(user.pk).quiet.end_of(now, change.alert.patient.centre.zone)
