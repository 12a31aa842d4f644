"""The page on which a second person signs: the result, what signing changes, its curve, what it is compared with."""

from dataclasses import dataclass
from datetime import datetime

from monitoring import scope
from monitoring.charts.inputs import DiagnosisSample
from monitoring.charts.signing_preview import SigningPreview, signing_preview
from monitoring.domain.earlier_levels import EarlierLevels, earlier_levels
from monitoring.domain.terms import Tissue
from monitoring.domain.verdict_change import with_result
from monitoring.models import Baseline, MrdResult
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.result_versions import ResultShown, shown
from monitoring.queries.series_inputs import SeriesInputs, read_current
from monitoring.queries.signing_effects import SigningEffect, as_rules_see_it, effect_on, effect_without
from monitoring.wording.account import Account


@dataclass(frozen=True, slots=True)
class SigningPage:
    """Everything a second person looks at before signing; `account` is the leading verdict as it would be."""

    result: ResultShown
    effect: SigningEffect
    account: Account
    preview: SigningPreview
    earlier: EarlierLevels


def signing_page(row: MrdResult, *, now: datetime) -> SigningPage:
    """Return the page of a result that waits; the whole series is read, whoever measured its parts."""
    with scope.including_patient(row.patient_id):
        inputs, diagnosis = _inputs(row), _diagnosis(row)
        replaced = _authorised_before(row)
    result = as_rules_see_it(row, replaced)
    effect = effect_on(inputs, result, now=now)
    series = with_result(inputs.series, result, replaces=result.id)
    return SigningPage(
        result=shown(row),
        effect=effect,
        account=Account(series, effect.leading.then, inputs.today(now)),
        preview=signing_preview(series, effect.alerting.then, result.id, diagnosis, inputs.today(now)),
        earlier=earlier_levels(inputs.series, result),
    )


def effect_of_withdrawing(row: MrdResult, *, now: datetime) -> SigningEffect | None:
    """Return what taking an authorised result out of its series would change; None for a draft, which is in none."""
    if row.state != State.AUTHORISED:
        return None
    with scope.including_patient(row.patient_id):
        return effect_without(_inputs(row), str(row.pk), now=now)


def _inputs(row: MrdResult) -> SeriesInputs:
    (inputs,) = read_current([row.series_id])
    return inputs


def _diagnosis(row: MrdResult) -> list[DiagnosisSample]:
    rows = Baseline.objects.filter(series_id=row.series_id)
    return [DiagnosisSample(Tissue(each.tissue), each.collected_on) for each in rows]


def _authorised_before(row: MrdResult) -> int | None:
    rows = MrdResult.objects.filter(
        sample_id=row.sample_id, assay_id=row.assay_id, determination=row.determination, state=State.AUTHORISED
    )
    return rows.values_list("pk", flat=True).first()
