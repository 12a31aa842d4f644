"""Saying what the names of a run stand for: targets by assay, samples by accession number, controls, set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused
from monitoring.actions.runs import WellNotEditable, edited, locked
from monitoring.domain.plate import WellRole
from monitoring.models import Assay, MrdResult, MrdSeries, QpcrRun, RunReaction, RunSample, RunTarget, Sample, User
from monitoring.models.choices import ResultStateChoice as State
from monitoring.models.choices import RunTargetChoice
from monitoring.queries.run_wells import handed_on_samples


@dataclass(frozen=True, slots=True)
class TargetSaid:
    """What a person says of one name of a target; an assay where the kind is ASSAY."""

    kind: RunTargetChoice
    assay_id: int | None = None


class MatchRefused(ActionRefused):
    """A sample name cannot stand for this tube; `run_sample_id` says at which row of the page."""

    def __init__(self, run_sample_id: int, sentence: str) -> None:
        super().__init__(sentence)
        self.run_sample_id = run_sample_id


@transaction.atomic
def say_targets(*, by: User, run: QpcrRun, said: Mapping[str, TargetSaid], revision: int) -> QpcrRun:
    """Settle what each target of a run is; a name of an assay is known the next time."""
    kept = locked(by=by, run=run, revision=revision)
    _check_nothing_handed_on(kept)
    assays = Assay.objects.filter(laboratory_id=kept.laboratory_id, is_active=True).in_bulk(
        [each.assay_id for each in said.values() if each.assay_id]
    )
    _check_targets(kept, said, assays)
    before = dict(RunTarget.objects.filter(run=kept).values_list("target_name", "kind"))
    RunTarget.objects.filter(run=kept).delete()
    RunTarget.objects.bulk_create(
        RunTarget(run=kept, target_name=name, kind=each.kind.value, assay_id=each.assay_id)
        for name, each in said.items()
    )
    for name, each in said.items():
        if each.assay_id:
            _remember(by, name, assays[each.assay_id])
    after = {name: [each.kind.value, each.assay_id] for name, each in said.items()}
    return edited(by=by, run=kept, action="run.say_targets", before=before, after=after)


@transaction.atomic
def match(*, by: User, run: QpcrRun, matches: Mapping[int, int], revision: int, now: datetime) -> QpcrRun:
    """Confirm whose sample each name is, `{run sample: sample}`; one that is refused refuses all."""
    kept = locked(by=by, run=run, revision=revision)
    names = RunSample.objects.select_for_update().filter(run=kept).in_bulk(list(matches))
    tubes = (
        Sample.objects.filter(laboratory_id=kept.laboratory_id)
        .select_related("patient")
        .in_bulk(list(matches.values()))
    )
    for run_sample_id, sample_id in matches.items():
        if run_sample_id not in names or sample_id not in tubes:
            raise MatchRefused(run_sample_id, _("This sample is not one of the laboratory."))
        _match(by, kept, names[run_sample_id], tubes[sample_id], now)
    return kept


@transaction.atomic
def unmatch(*, by: User, run: QpcrRun, run_sample_id: int, revision: int) -> QpcrRun:
    """Take a match back: the name waits in the tray again."""
    kept = locked(by=by, run=run, revision=revision)
    row = _row(kept, run_sample_id)
    before = {"name": row.sample_name, "sample": row.sample_id, "set_aside": row.set_aside_because}
    patient_id = row.patient_id
    _check_own_results(kept, row)
    row.sample, row.patient, row.matched_by, row.matched_at, row.set_aside_because = None, None, None, None, ""
    row.save(update_fields=["sample", "patient", "matched_by", "matched_at", "set_aside_because"])
    after = {"name": row.sample_name, "sample": None}
    return edited(by=by, run=kept, action="run.unmatch", before=before, after=after, patient_id=patient_id)


@transaction.atomic
def set_aside(*, by: User, run: QpcrRun, run_sample_id: int, because: str, revision: int) -> QpcrRun:
    """Say that a name of the file is nobody's sample here, and why."""
    kept = locked(by=by, run=run, revision=revision)
    row = _row(kept, run_sample_id)
    if not because.strip():
        raise MatchRefused(row.pk, _("Say why this name is set aside."))
    if row.sample_id is not None:
        raise MatchRefused(row.pk, _("This name is matched to a sample. Take the match back first."))
    row.set_aside_because = because.strip()
    row.save(update_fields=["set_aside_because"])
    after = {"name": row.sample_name, "set_aside": row.set_aside_because}
    return edited(by=by, run=kept, action="run.set_aside", before=None, after=after, reason=row.set_aside_because)


@transaction.atomic
def declare(*, by: User, run: QpcrRun, run_sample_id: int, role: WellRole, revision: int) -> QpcrRun:
    """Say that a name stands for a control, or for a sample after all."""
    kept = locked(by=by, run=run, revision=revision)
    _check_nothing_handed_on(kept)
    row = _row(kept, run_sample_id)
    if role is WellRole.STANDARD:
        raise MatchRefused(row.pk, _("Standards are told by the file."))
    if row.sample_id is not None:
        raise MatchRefused(row.pk, _("This name is matched to a sample. Take the match back first."))
    before = {"name": row.sample_name, "role": row.role}
    row.role, row.set_aside_because = role.value, ""
    row.save(update_fields=["role", "set_aside_because"])
    return edited(by=by, run=kept, action="run.declare", before=before, after={**before, "role": role.value})


def _match(by: User, run: QpcrRun, row: RunSample, tube: Sample, now: datetime) -> None:
    if row.sample_id == tube.pk:
        return
    _check_own_results(run, row)
    _check_tube(run, row, tube)
    before = {"name": row.sample_name, "sample": row.sample_id}
    row.sample, row.patient, row.matched_by, row.matched_at = tube, tube.patient, by, now
    row.role, row.set_aside_because = WellRole.SAMPLE.value, ""
    row.save(update_fields=["sample", "patient", "matched_by", "matched_at", "role", "set_aside_because"])
    after = {"name": row.sample_name, "sample": tube.pk, "accession_number": tube.accession_number}
    edited(by=by, run=run, action="run.match", before=before, after=after, patient_id=tube.patient_id)


def _check_tube(run: QpcrRun, row: RunSample, tube: Sample) -> None:
    """A tube needs a followed marker that was measured in it; two names of it may not measure the same target."""
    measured = _targets_of(run, row.sample_name)
    wanted = set(
        RunTarget.objects.filter(run=run, target_name__in=measured, assay__isnull=False).values_list(
            "assay__marker", flat=True
        )
    )
    followed = set(MrdSeries.objects.filter(patient_id=tube.patient_id).values_list("marker", flat=True))
    if wanted and not wanted & followed:
        sentence = _("%(markers)s was measured in these wells; in %(patient)s it is not followed. Check the tube.")
        values = {"markers": ", ".join(sorted(wanted)), "patient": tube.patient.pseudonym}
        raise MatchRefused(row.pk, sentence % values)
    for other in RunSample.objects.filter(run=run, sample=tube).exclude(pk=row.pk):
        if measured & _targets_of(run, other.sample_name):
            sentence = _("Sample %(number)s is “%(name)s” of this run already, measured for the same target.")
            raise MatchRefused(row.pk, sentence % {"number": tube.accession_number, "name": other.sample_name})


def _targets_of(run: QpcrRun, sample_name: str) -> set[str]:
    return set(
        RunReaction.objects.filter(run=run, sample_name=sample_name, role=WellRole.SAMPLE.value).values_list(
            "target_name", flat=True
        )
    )


def _check_own_results(run: QpcrRun, row: RunSample) -> None:
    if row.sample_id is None:
        return
    if MrdResult.objects.filter(run=run, sample_id=row.sample_id).exclude(state=State.WITHDRAWN).exists():
        sentence = _("A result of this match was written. Withdraw it before the match is changed.")
        raise MatchRefused(row.pk, sentence)


def _check_nothing_handed_on(run: QpcrRun) -> None:
    if handed_on_samples(run):
        raise WellNotEditable(_("Results of this run were submitted or signed: targets and controls stay as they are."))


def _check_targets(run: QpcrRun, said: Mapping[str, TargetSaid], assays: Mapping[int, Assay]) -> None:
    names = set(RunReaction.objects.filter(run=run).values_list("target_name", flat=True))
    if set(said) - names:
        raise ActionRefused(_("One of these targets is not in the file."))
    if any(each.kind is RunTargetChoice.ASSAY and each.assay_id not in assays for each in said.values()):
        raise ActionRefused(_("Choose an assay of this laboratory that is in use."))
    chosen = [each.assay_id for each in said.values() if each.assay_id]
    if len(set(chosen)) < len(chosen):
        raise ActionRefused(_("Two targets are the same assay. A sample would have two results of it."))
    if [each.kind for each in said.values()].count(RunTargetChoice.CONTROL_GENE) > 1:
        raise ActionRefused(_("Two targets are the control gene. Say of one that it is not used."))


def _remember(by: User, name: str, assay: Assay) -> None:
    """Know this name the next time; no setting of the assay changes."""
    if name in assay.target_names:
        return
    before = {"target_names": list(assay.target_names)}
    assay.target_names = [*assay.target_names, name]
    assay.save(update_fields=["target_names"])
    audit.record(
        action="assay.know_target", by=by, subject=assay, before=before, after={"target_names": assay.target_names}
    )


def _row(run: QpcrRun, run_sample_id: int) -> RunSample:
    row = RunSample.objects.select_for_update().filter(run=run, pk=run_sample_id).first()
    if row is None:
        raise ActionRefused(_("This name is not part of the run."))
    return row
