"""Who may do what, at which centre: each rule as a question (`can_`) and as a demand (`check_can_`)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from monitoring.models import (
    ApiClient,
    CareRelation,
    Centre,
    Membership,
    MrdResult,
    Patient,
    ResultContributor,
    SenderProfile,
    User,
)
from monitoring.models.choices import CareRoleChoice, ClientKindChoice
from monitoring.models.choices import RoleChoice as Role
from monitoring.models.periods import holds_now

LABORATORY_ROLES = {Role.LABORATORY_TECHNICIAN, Role.LABORATORY_AUTHORISER}
CHART_ROLES = {Role.CLINICIAN, Role.DATA_MANAGER, Role.AUDITOR}
CARING = {CareRoleChoice.TREATING, CareRoleChoice.REFERRING, CareRoleChoice.TRANSPLANT}
RECORDING_ROLES = {Role.CLINICIAN, Role.DATA_MANAGER}
SETTING_UP_ROLES = {Role.LABORATORY_AUTHORISER, Role.ADMINISTRATOR}


class SamePersonCannotSign(PermissionDenied):
    """The person who entered, edited or submitted a result may not authorise it."""


def memberships_of(user: User) -> list[Membership]:
    """Return the person's memberships that hold today, read once per request."""
    cached: list[Membership] | None = getattr(user, "_memberships_today", None)
    if cached is None:
        cached = list(
            Membership.objects.filter(holds_now(), user=user, user__is_active=True)
            .select_related("centre")
            .order_by("pk")
        )
        user._memberships_today = cached  # type: ignore[attr-defined]
    return cached


def centres_of(user: User) -> list[int]:
    """Return the centres at which the person has any role today."""
    return sorted({membership.centre_id for membership in memberships_of(user)})


def chart_centres_of(user: User) -> list[int]:
    """Return the centres at which the person may open charts of the patients that these care for."""
    return sorted({membership.centre_id for membership in memberships_of(user) if membership.role in CHART_ROLES})


def roles_of(user: User) -> set[str]:
    """Return the person's roles today, at any centre."""
    return {membership.role for membership in memberships_of(user)}


def _has_role_for(user: User, patient_id: int, roles: set[Role]) -> bool:
    centres = [m.centre_id for m in memberships_of(user) if m.role in roles]
    return bool(centres) and _cares(centres, patient_id)


def _cares(centres: list[int], patient_id: int) -> bool:
    """Whether one of the centres cares for the patient; measuring a sample is not caring."""
    here = CareRelation.objects.filter(holds_now(), patient_id=patient_id, centre_id__in=centres)
    return here.filter(role__in=CARING).exists()


def can_read_chart(user: User, patient_id: int) -> bool:
    """Whether the person may open the patient page: a laboratory sees its samples, not the chart."""
    return _has_role_for(user, patient_id, CHART_ROLES)


def can_record(user: User, patient_id: int) -> bool:
    """Whether the person may record treatments, cycles, events, findings and baselines of the patient."""
    return _has_role_for(user, patient_id, RECORDING_ROLES)


def check_can_record(user: User, patient_id: int) -> None:
    """Demand `can_record`."""
    if not can_record(user, patient_id):
        raise PermissionDenied(_("Clinicians and data managers of a centre that cares for this patient record this."))


def can_correct_patient(user: User, patient: Patient) -> bool:
    """Whether the person may correct who the patient is: pseudonym and number are those of the home centre."""
    return patient.centre_id in recording_centres_of(user) and can_record(user, patient.pk)


def check_can_correct_patient(user: User, patient: Patient) -> None:
    """Demand `can_correct_patient`."""
    if not can_correct_patient(user, patient):
        raise PermissionDenied(_("Clinicians and data managers of the patient's home centre correct who it is."))


def can_end_care(user: User, relation: CareRelation) -> bool:
    """Whether the person may end a centre's care: whoever records there, or at the patient's home centre."""
    if not can_record(user, relation.patient_id):
        return False
    return bool(recording_centres_of(user) & {relation.centre_id, relation.patient.centre_id})


def check_can_end_care(user: User, relation: CareRelation) -> None:
    """Demand `can_end_care`."""
    if not can_end_care(user, relation):
        raise PermissionDenied(_("The home centre of the patient ends this, or the centre whose care it is."))


def recording_centres_of(user: User) -> set[int]:
    """Return the centres at which the person records for patients."""
    return {m.centre_id for m in memberships_of(user) if m.role in RECORDING_ROLES}


def can_acknowledge(user: User, patient_id: int) -> bool:
    """Whether the person may acknowledge an alert of the patient."""
    return _has_role_for(user, patient_id, {Role.CLINICIAN})


def check_can_acknowledge(user: User, patient_id: int) -> None:
    """Demand `can_acknowledge`."""
    if not can_acknowledge(user, patient_id):
        raise PermissionDenied(_("Only a clinician of a centre that cares for this patient acknowledges its alerts."))


def can_set_up_centre(user: User, centre: Centre) -> bool:
    """Whether the person decides how this centre answers alerts: its administrator, or the clinician who leads it."""
    roles = {m.role for m in memberships_of(user) if m.centre_id == centre.pk}
    return Role.ADMINISTRATOR in roles or (Role.CLINICIAN in roles and centre.lead_id == user.pk)


def check_can_set_up_centre(user: User, centre: Centre) -> None:
    """Demand `can_set_up_centre`."""
    if not can_set_up_centre(user, centre):
        raise PermissionDenied(_("The lead of this centre or its administrator decides this."))


def _works_in_laboratory(user: User, centre_id: int, roles: set[Role]) -> bool:
    return any(m.centre_id == centre_id and m.role in roles for m in memberships_of(user))


def can_enter_result(user: User, laboratory_centre_id: int) -> bool:
    """Whether the person may enter results for a laboratory run by this centre."""
    return _works_in_laboratory(user, laboratory_centre_id, LABORATORY_ROLES)


def check_can_enter_result(user: User, laboratory_centre_id: int) -> None:
    """Demand `can_enter_result`."""
    if not can_enter_result(user, laboratory_centre_id):
        raise PermissionDenied(_("Only staff of the measuring laboratory enter its results."))


def can_authorise_result(user: User, result: MrdResult) -> bool:
    """Whether the person may authorise this version: an authoriser of its laboratory who had no hand in it."""
    return _is_authoriser(user, result) and not _contributed(user, result)


def check_can_authorise_result(user: User, result: MrdResult) -> None:
    """Demand `can_authorise_result`, saying which half of it failed."""
    if not _is_authoriser(user, result):
        raise PermissionDenied(_("Only an authoriser of the measuring laboratory signs its results."))
    if _contributed(user, result):
        raise SamePersonCannotSign(
            _("You entered, edited or submitted this result. A second person has to authorise it.")
        )


def check_can_withdraw_result(user: User, result: MrdResult) -> None:
    """Demand an authoriser of the laboratory that measured: taking a result back needs no third person."""
    if not _is_authoriser(user, result):
        raise PermissionDenied(_("Only an authoriser of the measuring laboratory withdraws its results."))


def _is_authoriser(user: User, result: MrdResult) -> bool:
    centre_id = result.assay.laboratory.centre_id
    return _works_in_laboratory(user, centre_id, {Role.LABORATORY_AUTHORISER})


def _contributed(user: User, result: MrdResult) -> bool:
    return ResultContributor.objects.filter(result=result, user=user).exists()


def can_sign_correction(user: User, laboratory_centre_id: int, proposed_by_id: int) -> bool:
    """Whether the person may sign what another proposed to correct a sample to: an authoriser of its laboratory."""
    return user.pk != proposed_by_id and _works_in_laboratory(user, laboratory_centre_id, {Role.LABORATORY_AUTHORISER})


def check_can_sign_correction(user: User, laboratory_centre_id: int, proposed_by_id: int) -> None:
    """Demand `can_sign_correction`, saying which half of it failed."""
    if not _works_in_laboratory(user, laboratory_centre_id, {Role.LABORATORY_AUTHORISER}):
        raise PermissionDenied(_("Only an authoriser of the measuring laboratory signs a correction of its samples."))
    if user.pk == proposed_by_id:
        raise SamePersonCannotSign(_("You proposed this correction. A second person has to sign it."))


def can_set_up_laboratory(user: User, laboratory_centre_id: int) -> bool:
    """Whether the person decides how this laboratory measures: assays, targets of charts, bridges."""
    return _works_in_laboratory(user, laboratory_centre_id, SETTING_UP_ROLES)


def check_can_set_up_laboratory(user: User, laboratory_centre_id: int) -> None:
    """Demand `can_set_up_laboratory`."""
    if not can_set_up_laboratory(user, laboratory_centre_id):
        raise PermissionDenied(_("An authoriser or administrator of the laboratory decides this."))


def check_can_keep_quality(user: User, laboratory_centre_id: int) -> None:
    """Demand someone of the laboratory: lots, points of charts and external rounds are kept by all who work there."""
    if not can_enter_result(user, laboratory_centre_id) and not can_set_up_laboratory(user, laboratory_centre_id):
        raise PermissionDenied(_("Only the people of the laboratory keep its quality records."))


def can_set_patient_intervals(user: User, patient_id: int) -> bool:
    """Whether the person may set sampling intervals of the patient apart: a clinician of a centre that cares."""
    return _has_role_for(user, patient_id, {Role.CLINICIAN})


def check_can_set_patient_intervals(user: User, patient_id: int) -> None:
    """Demand `can_set_patient_intervals`."""
    if not can_set_patient_intervals(user, patient_id):
        raise PermissionDenied(_("A clinician of a centre that cares for this patient sets its sampling intervals."))


def can_propose_ruleset(user: User, centre_id: int) -> bool:
    """Whether the person may have another alerting rule set compared: a clinician or administrator of the centre."""
    wanted = {Role.CLINICIAN, Role.ADMINISTRATOR}
    return any(m.centre_id == centre_id and m.role in wanted for m in memberships_of(user))


def check_can_propose_ruleset(user: User, centre_id: int) -> None:
    """Demand `can_propose_ruleset`."""
    if not can_propose_ruleset(user, centre_id):
        raise PermissionDenied(_("A clinician or the administrator of the centre asks for another rule set."))


def can_sign_rules(user: User, centre_id: int | None) -> bool:
    """Whether the person may sign a change of rules: a clinician of the centre; of any centre where it is for all."""
    return any(m.role == Role.CLINICIAN and centre_id in {None, m.centre_id} for m in memberships_of(user))


def check_can_sign_rules(user: User, centre_id: int | None) -> None:
    """Demand `can_sign_rules`."""
    if not can_sign_rules(user, centre_id):
        raise PermissionDenied(_("A change of rules is signed by a clinician."))


def can_read_due(user: User, centre_id: int) -> bool:
    """Whether the person may read what is due at a centre: whoever opens its charts."""
    return any(m.centre_id == centre_id and m.role in CHART_ROLES for m in memberships_of(user))


def check_can_read_due(user: User, centre_id: int) -> None:
    """Demand `can_read_due`."""
    if not can_read_due(user, centre_id):
        raise PermissionDenied(_("Clinicians, data managers and auditors of the centre read what is due there."))


def can_keep_clients(user: User, centre_id: int) -> bool:
    """Whether the person decides which machines act at this centre."""
    return any(m.centre_id == centre_id and m.role == Role.ADMINISTRATOR for m in memberships_of(user))


def check_can_keep_tokens(user: User, person: User) -> None:
    """Demand that the person administers a centre at which the other has a role: tokens are ended there."""
    if not any(can_keep_clients(user, each.centre_id) for each in memberships_of(person)):
        raise PermissionDenied(_("An administrator of the centre decides which scripts act there."))


def check_can_keep_clients(user: User, centre_id: int) -> None:
    """Demand `can_keep_clients`."""
    if not can_keep_clients(user, centre_id):
        raise PermissionDenied(_("An administrator of the centre decides which machines act there."))


def can_send_results(user: User, laboratory_id: int) -> bool:
    """Whether this is a machine, or the account of a listed sender, of a laboratory that answers for its results."""
    if not user.is_active:
        return False
    machine = ApiClient.objects.filter(
        user=user, kind=ClientKindChoice.LABORATORY, laboratory_id=laboratory_id, revoked_at__isnull=True
    )
    sender = SenderProfile.objects.filter(user=user, laboratory_id=laboratory_id, is_active=True)
    return machine.exists() or sender.exists()


def check_can_send_results(user: User, laboratory_id: int) -> None:
    """Demand `can_send_results`."""
    if not can_send_results(user, laboratory_id):
        raise PermissionDenied(_("Only a registered system of the laboratory sends results that are signed there."))


def can_keep_messages(user: User, centre_id: int | None) -> bool:
    """Whether the person looks after the messages of laboratory systems: an authoriser or administrator there."""
    return centre_id is not None and can_set_up_laboratory(user, centre_id)


def check_can_keep_messages(user: User, centre_id: int | None) -> None:
    """Demand `can_keep_messages`."""
    if not can_keep_messages(user, centre_id):
        raise PermissionDenied(_("An authoriser or administrator of the laboratory looks after its messages."))


def can_read_cohorts(user: User, centre_id: int) -> bool:
    """Whether the person may read the cohorts of a centre, single patients included: whoever opens its charts."""
    return any(m.centre_id == centre_id and m.role in CHART_ROLES for m in memberships_of(user))


def check_can_read_cohorts(user: User, centre_id: int) -> None:
    """Demand `can_read_cohorts`."""
    if not can_read_cohorts(user, centre_id):
        raise PermissionDenied(_("Clinicians, data managers and auditors of the centre read its cohorts."))


def can_define_cohorts(user: User, centre_id: int) -> bool:
    """Whether the person may define cohorts at a centre."""
    return any(m.centre_id == centre_id and m.role in RECORDING_ROLES for m in memberships_of(user))


def check_can_define_cohorts(user: User, centre_id: int) -> None:
    """Demand `can_define_cohorts`."""
    if not can_define_cohorts(user, centre_id):
        raise PermissionDenied(_("Clinicians and data managers of the centre define its cohorts."))


def can_keep_people(user: User, centre_id: int) -> bool:
    """Whether the person decides who has which role at this centre."""
    return any(m.centre_id == centre_id and m.role == Role.ADMINISTRATOR for m in memberships_of(user))


def check_can_keep_people(user: User, centre_id: int) -> None:
    """Demand `can_keep_people`."""
    if not can_keep_people(user, centre_id):
        raise PermissionDenied(_("An administrator of the centre decides who has which role there."))


def centres_kept_by(user: User) -> list[int]:
    """Return the centres whose people the person looks after."""
    return sorted({m.centre_id for m in memberships_of(user) if m.role == Role.ADMINISTRATOR})


def audits_of(user: User) -> list[Membership]:
    """Return the person's roles as auditor; who administers a centre does not thereby read its patients' trail."""
    return [membership for membership in memberships_of(user) if membership.role == Role.AUDITOR]


def can_audit(user: User, patient_id: int) -> bool:
    """Whether the person may read who did what to the patient: an auditor of a centre that cares."""
    return _has_role_for(user, patient_id, {Role.AUDITOR})
