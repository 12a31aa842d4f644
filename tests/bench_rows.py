"""Rows of the bench for tests of quality: lots, runs made with them, points of charts, results of a run."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal

from monitoring.actions import results
from monitoring.models import MrdResult, MrdSeries, QpcrRun, QualityPoint, ReagentLot, RunLot
from tests.world import World, detected

FIRST_RUN = date(2026, 1, 5)


def lot_of(world: World, number: str = "7", kind: str = "STANDARD", **more: object) -> ReagentLot:
    """A lot of the world's laboratory."""
    world.as_person(world.technician)
    return ReagentLot.objects.create(
        laboratory=world.laboratory, kind=kind, product="NPM1 plasmid", lot_number=number,
        recorded_by=world.technician, **more,
    )  # fmt: skip


def run_of(world: World, *lots: ReagentLot, on: date | None = FIRST_RUN) -> QpcrRun:
    """A submitted run, made with these lots; `on` is the day that its file prints."""
    world.as_person(world.technician)
    number = world.next("run")
    run = QpcrRun.objects.create(
        laboratory=world.laboratory, name=f"Run {number}", format="PLAIN_CSV", file_name=f"{number}.csv",
        file_sha256=hashlib.sha256(str(number).encode()).hexdigest(), file_content=b"", run_on=on, state="SUBMITTED",
        uploaded_by=world.technician, uploaded_at=world.now, submitted_by=world.technician, submitted_at=world.now,
    )  # fmt: skip
    RunLot.objects.bulk_create(RunLot(run=run, lot=lot) for lot in lots)
    return run


def submitted_of(world: World, run: QpcrRun, series: MrdSeries, on: date, pct_abl1: str = "0.5") -> MrdResult:
    """A result of a run that waits for its second person."""
    sample = world.sample(series, on)
    draft = results.enter(
        by=world.technician, series=series, sample=sample, assay=world.assay, reading=detected(pct_abl1)
    )
    MrdResult.objects.filter(pk=draft.pk).update(run=run)
    draft.refresh_from_db()
    return results.submit(by=world.technician, result=draft, now=world.now)


def authorise(world: World, result: MrdResult) -> MrdResult:
    """Sign as the authoriser."""
    world.as_person(world.authoriser)
    seen = results.Seen(result.version, result.submitted_at)
    return results.authorise(by=world.authoriser, result=result, seen=seen, now=world.now)


def points_of(
    world: World, values: list[str], quantity: str = "POSITIVE_CONTROL_CQ", lot: ReagentLot | None = None,
    begins: date = FIRST_RUN, target: str = "NPM1mutA",
) -> list[QualityPoint]:  # fmt: skip
    """One run a week, each with one point."""
    runs = [run_of(world, on=begins + timedelta(weeks=n)) for n in range(len(values))]
    return QualityPoint.objects.bulk_create(
        QualityPoint(
            run=run, laboratory=world.laboratory, assay=world.assay, quantity=quantity, target_name=target,
            value=Decimal(value), measured_on=run.run_on or begins, lot=lot,
        )
        for run, value in zip(runs, values, strict=True)
    )  # fmt: skip
