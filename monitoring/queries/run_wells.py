"""Which wells of a run may still be left out or taken in again."""

from monitoring.models import MrdResult, QpcrRun, RunReaction, RunSample
from monitoring.models.choices import ResultStateChoice as State
from monitoring.models.choices import RunStateChoice, WellRoleChoice

HANDED_ON = (State.SUBMITTED, State.AUTHORISED, State.SUPERSEDED)


def handed_on_samples(run: QpcrRun) -> set[int]:
    """Return the samples of which a result of this run was submitted or signed."""
    return set(MrdResult.objects.filter(run=run, state__in=HANDED_ON).values_list("sample_id", flat=True))


def editable_wells(run: QpcrRun) -> set[int]:
    """Return the reactions that may be left out: all before submission, then those of samples that came back.

    Standards and controls stand behind every result: they are fixed while one of them is submitted or signed.
    """
    if run.state == RunStateChoice.DISCARDED:
        return set()
    reactions = RunReaction.objects.filter(run=run)
    closed = handed_on_samples(run)
    if not closed:
        return set(reactions.values_list("pk", flat=True))
    open_names = (
        RunSample.objects.filter(run=run, role=WellRoleChoice.SAMPLE)
        .exclude(sample_id__in=closed)
        .values_list("sample_name", flat=True)
    )
    own = reactions.filter(role=WellRoleChoice.SAMPLE, sample_name__in=list(open_names))
    return set(own.values_list("pk", flat=True))
