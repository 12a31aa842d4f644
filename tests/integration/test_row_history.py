"""Nothing is overwritten: what was on record at a moment can be read again."""

from datetime import date
from decimal import Decimal

from monitoring.actions import baselines, events
from monitoring.models import Baseline, ClinicalEvent, MrdSeries, RecomputeRequest, RowHistory
from tests.world import World, detected


def hsct(world: World, series: MrdSeries, on: date) -> ClinicalEvent:
    world.as_person(world.clinician)
    event = ClinicalEvent(kind="HSCT", happened_on=on, donor="unrelated 10/10")
    return events.record(by=world.clinician, patient=series.patient, event=event, now=world.now)


def test_a_corrected_day_leaves_the_day_before_in_the_history(world: World) -> None:
    event = hsct(world, world.patient(), date(2025, 6, 25))
    events.change(
        by=world.clinician, event=event, changes={"happened_on": date(2025, 6, 26)}, now=world.now, reason="typing"
    )
    kept = RowHistory.objects.get(table_name="monitoring_clinicalevent", row_id=event.pk)
    assert kept.row["happened_on"] == "2025-06-25"
    event.refresh_from_db()
    assert kept.superseded_at == event.recorded_at


def test_a_removed_event_stays_in_the_history(world: World) -> None:
    event = hsct(world, world.patient(), date(2025, 6, 25))
    pk = event.pk
    events.remove(by=world.clinician, event=event, reason="other patient")
    assert RowHistory.objects.filter(table_name="monitoring_clinicalevent", row_id=pk).exists()


def test_a_new_baseline_keeps_the_old_one_and_asks_for_a_verdict(world: World) -> None:
    series = world.patient()
    RecomputeRequest.objects.all().delete()
    before = MrdSeries.objects.get(pk=series.pk).revision
    baselines.change(
        by=world.clinician, baseline=Baseline.objects.get(series=series), changes={"pct_abl1": Decimal("640")},
        now=world.now, reason="typed in the wrong scale",
    )  # fmt: skip
    assert RowHistory.objects.get(table_name="monitoring_baseline").row["pct_abl1"] == 1000
    assert MrdSeries.objects.get(pk=series.pk).revision == before + 1
    assert RecomputeRequest.objects.get(series=series).revision == before + 1


def test_drafts_ask_for_nothing_and_authorised_results_raise_the_revision(world: World) -> None:
    series = world.patient()
    before = MrdSeries.objects.get(pk=series.pk).revision
    world.submitted(series, date(2025, 4, 6), detected("0.02"))
    assert MrdSeries.objects.get(pk=series.pk).revision == before
    world.authorised(series, date(2025, 5, 6), detected("0.02"))
    assert MrdSeries.objects.get(pk=series.pk).revision > before


def test_correcting_the_day_of_a_sample_moves_its_results(world: World) -> None:
    signed = world.authorised(world.patient(), date(2025, 4, 6), detected("0.02"))
    world.corrected(signed.sample, collected_on=date(2025, 4, 7))
    signed.refresh_from_db()
    assert signed.collected_on == date(2025, 4, 7)
    assert RowHistory.objects.get(table_name="monitoring_sample").row["collected_on"] == "2025-04-06"
