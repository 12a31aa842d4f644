"""What signing a result would change: the verdict of every rule set now and with it, by the one rule engine."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitoring import scope
from monitoring.domain.classify import classify, classify_all
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, RuleSetId, SampleClass, Timepoint, Tissue
from monitoring.domain.verdict_change import Change, ChangeKind, VerdictChange, change_between, with_result
from monitoring.domain.verdicts import Flag, Verdict
from monitoring.models import MrdResult
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.series_inputs import SeriesInputs, read_current

FINGERPRINT_LENGTH = 16  # hexadecimal digits; told apart are the few effects of one result


@dataclass(frozen=True, slots=True)
class RuleSetEffect:
    """One rule set: its verdict now, with the result, and what lies between; `sample_class` is the result's own."""

    ruleset: RuleSetId
    raises_alerts: bool
    now: Verdict
    then: Verdict
    change: VerdictChange
    sample_class: SampleClass | None
    flags: tuple[Flag, ...]

    @property
    def keeps_state(self) -> bool:
        """Whether state and episodes stay what they are; alerts may still be raised or retracted."""
        return all(each.flag is not None for each in self.change.changes)


@dataclass(frozen=True, slots=True)
class SigningEffect:
    """What one result changes; the rule set that raises alerts stands first."""

    rulesets: tuple[RuleSetEffect, ...]

    @property
    def alerting(self) -> RuleSetEffect:
        """The rule set that the centre chose to raise alerts."""
        return self.rulesets[0]

    @property
    def changes_verdict(self) -> bool:
        """Whether state, episodes or alerts change under any rule set: such a result is signed alone."""
        return any(not each.change.is_none for each in self.rulesets)

    @property
    def leading(self) -> RuleSetEffect:
        """The rule set whose change is told first: the weightiest, the alerting one before others."""
        return min(self.rulesets, key=lambda each: _place(each.change.first))

    @property
    def place(self) -> int:
        """Where the result stands in a list: the weightiest change first, those that change nothing last."""
        return _place(self.leading.change.first)

    @property
    def alerting_codes(self) -> frozenset[str]:
        """The flags that the alerting rule set puts on the result."""
        return frozenset(flag.code.value for flag in self.alerting.flags)

    @property
    def fingerprint(self) -> str:
        """What tells this effect from another: a page that showed another one is out of date."""
        told = "\n".join(_line(each) for each in self.rulesets)
        return hashlib.sha256(told.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def effect_of_signing(result: MrdResult, *, now: datetime) -> SigningEffect:
    """Return what authorising this version would change today, whoever measured the rest of the series."""
    with scope.including_patient(result.patient_id):
        return effects_of_signing([result], now=now)[result.pk]


def effects_of_signing(results: Iterable[MrdResult], *, now: datetime) -> dict[int, SigningEffect]:
    """Return the effect of each result alone, in a fixed number of queries.

    Whoever sees one result of a patient sees the whole series: row-level security is by patient.
    """
    wanted = list(results)
    inputs = {each.series_id: each for each in read_current({result.series_id for result in wanted})}
    replaced = _authorised_versions(wanted)
    return {
        result.pk: effect_on(
            inputs[result.series_id], as_rules_see_it(result, replaced.get(_determination(result))), now=now
        )
        for result in wanted
    }


def effect_on(inputs: SeriesInputs, result: Result, *, now: datetime) -> SigningEffect:
    """Return what a result would change in a series; one with the id of a result there stands in its place."""
    return _effect(inputs, with_result(inputs.series, result, replaces=result.id), result.id, now)


def effect_without(inputs: SeriesInputs, result_id: str, *, now: datetime) -> SigningEffect:
    """Return what taking a result out of its series would change."""
    left = tuple(each for each in inputs.series.results if each.id != result_id)
    return _effect(inputs, replace(inputs.series, results=left), result_id, now)


def verdict_now(result: MrdResult, *, now: datetime) -> Verdict:
    """Return the verdict on the series of a result as it is today, by the rule set that raises alerts."""
    with scope.including_patient(result.patient_id):
        (inputs,) = read_current([result.series_id])
    return classify(inputs.series, RULESETS[RuleSetId(inputs.alerting_ruleset)], inputs.today(now))


def as_rules_see_it(result: MrdResult, replaces: int | None = None) -> Result:
    """Return a stored version as the rules see it, under the id of the version that it would replace."""
    return Result(
        id=str(replaces or result.pk),
        collected_on=result.collected_on,
        tissue=Tissue(result.tissue),
        call=Call(result.call),
        pct_abl1=result.pct_abl1,
        abl1_copies=result.abl1_copies,
        lod_pct_abl1=result.lod_pct_abl1,
        loq_pct_abl1=result.loq_pct_abl1,
        assay_key=result.assay_key,
        timepoint=Timepoint(result.timepoint) if result.timepoint else None,
    )


def _effect(inputs: SeriesInputs, then: Series, result_id: str, now: datetime) -> SigningEffect:
    today = inputs.today(now)
    verdicts_now, verdicts_then = classify_all(inputs.series, as_of=today), classify_all(then, as_of=today)
    effects = [
        RuleSetEffect(
            ruleset=ruleset,
            raises_alerts=ruleset.value == inputs.alerting_ruleset,
            now=verdict,
            then=verdicts_then[ruleset],
            change=change_between(verdict, verdicts_then[ruleset]),
            sample_class=_class_of(verdicts_then[ruleset], result_id),
            flags=tuple(flag for flag in verdicts_then[ruleset].flags if flag.result == result_id),
        )
        for ruleset, verdict in verdicts_now.items()
    ]
    return SigningEffect(tuple(sorted(effects, key=lambda effect: not effect.raises_alerts)))


def _class_of(verdict: Verdict, result_id: str) -> SampleClass | None:
    return next((each.sample_class for each in verdict.samples if each.id == result_id), None)


def _authorised_versions(results: Iterable[MrdResult]) -> dict[tuple[int, int, int], int]:
    """The authorised version of each determination that has one, which a later version would replace."""
    samples = {result.sample_id for result in results if result.version > 1}
    if not samples:
        return {}
    rows = MrdResult.objects.filter(sample_id__in=samples, state=State.AUTHORISED)
    return {(sample, assay, number): pk for sample, assay, number, pk in rows.values_list(*_OF_ONE_DETERMINATION, "pk")}


_OF_ONE_DETERMINATION = ("sample_id", "assay_id", "determination")


def _determination(result: MrdResult) -> tuple[int, int, int]:
    return result.sample_id, result.assay_id, result.determination


def _place(change: Change | None) -> int:
    order = list(ChangeKind)
    return len(order) if change is None else order.index(change.kind)


def _line(effect: RuleSetEffect) -> str:
    changes = [
        (change.kind.value, change.flag, change.episode and (change.episode.status.value, change.episode.relapse_on))
        for change in effect.change.changes
    ]
    return repr((effect.ruleset.value, effect.sample_class, effect.now.state, effect.then.state, changes))
