"""What a submitted run leaves for the charts of quality control."""

from datetime import datetime

from monitoring.domain.quality_points import ShownQuantity, points_of_run
from monitoring.models import QpcrRun, QualityPoint, RunLot
from monitoring.models.choices import LotKindChoice
from monitoring.queries.run_review import RunReview

LOT_OF = {
    ShownQuantity.POSITIVE_CONTROL_CQ: LotKindChoice.CONTROL_MATERIAL,
    ShownQuantity.ABL1_LOG10_COPIES: LotKindChoice.REVERSE_TRANSCRIPTION,
}  # curves are charted by the lot of the standards


def write_quality_points(run: QpcrRun, seen: RunReview, now: datetime) -> None:
    """Write the points of a run in place of those of an earlier submission; an unchanged one stays left out."""
    lots = {used.lot.kind: used.lot_id for used in RunLot.objects.filter(run=run).select_related("lot")}
    day = run.made_on
    former = QualityPoint.objects.filter(run=run)
    left_out = {
        (point.quantity, point.target_name, point.value): point.left_out_because
        for point in former.exclude(left_out_because="")
    }
    former.delete()
    QualityPoint.objects.bulk_create(
        QualityPoint(
            run=run,
            laboratory_id=run.laboratory_id,
            assay=seen.on_record.assays.get(point.target),
            quantity=point.quantity.value,
            target_name=point.target,
            value=point.value,
            measured_on=min(day, now.astimezone(run.laboratory.centre.zone).date()),
            lot_id=lots.get(LOT_OF.get(point.quantity, LotKindChoice.STANDARD)),
            left_out_because=left_out.get((point.quantity.value, point.target, point.value), ""),
        )
        for point in points_of_run(seen.report)
    )
