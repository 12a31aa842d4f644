"""What a change to the inputs of a series changes in its verdicts: every rule set now and then, by the one engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from monitoring.domain.classify import classify_all
from monitoring.domain.series import Series
from monitoring.domain.terms import RuleSetId, Timepoint, Tissue
from monitoring.domain.treatment_lines import Line, end_of_first_line, starts_of_courses
from monitoring.domain.verdict_change import VerdictChange, change_between
from monitoring.domain.verdicts import Verdict
from monitoring.models import MrdSeries
from monitoring.queries.series_inputs import SeriesInputs, read_current


@dataclass(frozen=True, slots=True)
class VerdictEffect:
    """One marker by one rule set: its verdict now, what it would be, and how many samples change their class."""

    marker: str
    ruleset: RuleSetId
    raises_alerts: bool
    now: Verdict
    then: Verdict
    change: VerdictChange
    reclassed: int

    @property
    def is_none(self) -> bool:
        """Whether everything stays as it is."""
        return self.change.is_none and not self.reclassed


def of_level_at_diagnosis(
    series_id: int, tissue: Tissue, pct_abl1: Decimal | None, *, now: datetime
) -> tuple[VerdictEffect, ...]:
    """Return what another level at diagnosis would change today; None for no level."""
    [inputs] = read_current([series_id])
    levels = {each: value for each, value in inputs.series.baseline_pct_abl1.items() if each is not tissue}
    if pct_abl1 is not None:
        levels[tissue] = pct_abl1
    return _effects(inputs, replace(inputs.series, baseline_pct_abl1=levels), now)


def of_lines(patient_id: int, lines: Sequence[Line], *, now: datetime) -> tuple[VerdictEffect, ...]:
    """Return what these lines of treatment, in the place of those on record, would change today, marker by marker."""
    followed = MrdSeries.objects.filter(patient_id=patient_id).order_by("pk").values_list("pk", flat=True)
    end, starts = end_of_first_line(lines), starts_of_courses(lines)
    return tuple(
        effect
        for inputs in read_current(followed)
        for effect in _effects(inputs, replace(inputs.series, end_of_treatment=end, treatment_starts=starts), now)
    )


def of_sample_facts(
    results: Mapping[int, int], *, tissue: Tissue, collected_on: date, timepoint: Timepoint | None, now: datetime
) -> tuple[VerdictEffect, ...]:
    """Return what other facts of one sample would change today; `results` are its current ones with their series."""
    of_sample = {str(pk) for pk in results}
    found: list[VerdictEffect] = []
    for inputs in read_current(sorted(set(results.values()))):
        then = (
            replace(each, tissue=tissue, collected_on=collected_on, timepoint=timepoint)
            if each.id in of_sample
            else each
            for each in inputs.series.results
        )
        # in the order in which the database will give them: by day, then by number
        in_order = tuple(sorted(then, key=lambda each: (each.collected_on, int(each.id))))
        found.extend(_effects(inputs, replace(inputs.series, results=in_order), now))
    return tuple(found)


def _effects(inputs: SeriesInputs, then: Series, now: datetime) -> tuple[VerdictEffect, ...]:
    """The rule set that raises alerts stands first."""
    today = inputs.today(now)
    before, after = classify_all(inputs.series, as_of=today), classify_all(then, as_of=today)
    found = [
        VerdictEffect(
            marker=inputs.series.marker.value,
            ruleset=ruleset,
            raises_alerts=ruleset.value == inputs.alerting_ruleset,
            now=verdict,
            then=after[ruleset],
            change=change_between(verdict, after[ruleset]),
            reclassed=_reclassed(verdict, after[ruleset]),
        )
        for ruleset, verdict in before.items()
    ]
    return tuple(sorted(found, key=lambda effect: not effect.raises_alerts))


def _reclassed(before: Verdict, after: Verdict) -> int:
    was = {sample.id: sample.sample_class for sample in before.samples}
    return sum(sample.sample_class != was.get(sample.id) for sample in after.samples)
