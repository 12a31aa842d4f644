"""The review page of a run: numbers, plate, curves, controls and findings, ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from monitoring.charts.plate_map import PlateMap, plate_map
from monitoring.charts.standard_curves import CurveFigure, curve_figure
from monitoring.domain.problems import any_fails
from monitoring.domain.run_control_wells import RunControl
from monitoring.domain.run_curves import RunCurve
from monitoring.domain.run_wells import RunWell, wells_of_run
from monitoring.domain.standard_curve import CurveLimits, StandardCurve
from monitoring.models import QpcrRun, RunReaction
from monitoring.queries.run_fates import Fate
from monitoring.queries.run_review import Measured, RunReview, review
from monitoring.queries.run_wells import editable_wells
from monitoring.wording.file_refusals import note
from monitoring.wording.run_problems import ToldProblem, told_problems
from monitoring.wording.run_words import summary


@dataclass(frozen=True, slots=True)
class CurveShown:
    """A standard curve with its figure and the limits that it is held against."""

    curve: RunCurve
    fitted: StandardCurve | None
    figure: CurveFigure
    limits: CurveLimits
    is_control_gene: bool

    @property
    def failed(self) -> bool:
        """Whether nothing may be measured by it."""
        return self.curve.usable is None

    @property
    def warned(self) -> bool:
        """Whether it is to be looked at."""
        return not self.failed and bool(self.curve.problems)


@dataclass(frozen=True, slots=True)
class ReactionShown:
    """One target of the well that is looked at."""

    reaction_id: int
    well: RunWell
    copies: Decimal | None
    left_out_because: str
    left_out_by: str
    left_out_at: datetime | None
    may_change: bool
    droppable: bool


@dataclass(frozen=True, slots=True)
class RunPage:
    """Everything that the page shows; `findings` are of the run, those of a sample stand beside it."""

    review: RunReview
    said: str
    plate: PlateMap
    curves: tuple[CurveShown, ...]
    controls: tuple[RunControl, ...]
    findings: tuple[ToldProblem, ...]
    notes: tuple[str, ...]
    left_out: int

    @property
    def rows(self) -> tuple[Measured, ...]:
        """The samples by assay, those in the tray last."""
        return tuple(sorted(self.review.rows, key=lambda row: row.fate in (Fate.TRAY, Fate.SET_ASIDE)))

    @property
    def failed(self) -> bool:
        """Whether a curve or a control makes results not evaluable."""
        return any(curve.failed for curve in self.curves) or any(any_fails(each.problems) for each in self.controls)

    @property
    def amendable(self) -> bool:
        """Whether a reason may be given to amend something."""
        return any(row.fate is Fate.AMENDABLE for row in self.review.rows)


def run_page(run: QpcrRun, target: str = "") -> RunPage:
    """Return the page of a run; of crowded wells one target is shown at a time."""
    seen = review(run)
    on_record, report = seen.on_record, seen.report
    wells = wells_of_run(on_record.plate, on_record.plan).all
    findings = frozenset((row.pair.sample, row.pair.target) for row in seen.rows if row.pair.own_problems)
    controls = frozenset((each.sample, each.target) for each in report.controls if each.problems)
    cutoffs = {each: on_record.plan.of_target(each).assay.cq_cutoff for each in on_record.plate.targets()}
    curves = tuple(_curve(seen, curve) for curve in report.curves)
    left_out = sum(bool(well.left_out_because) for well in wells)
    return RunPage(
        review=seen,
        said=summary(
            curves_failed=sum(curve.failed for curve in curves),
            controls_failed=sum(any_fails(each.problems) for each in report.controls),
            rows=[row for row in seen.rows if row.fate not in (Fate.SET_ASIDE, Fate.OTHER_TYPE)],
            left_out=left_out,
            in_tray=seen.in_tray,
        ),
        plate=plate_map(wells, cutoffs, findings | controls, target),
        curves=curves,
        controls=report.controls,
        findings=tuple(told_problems(replace(report, notes=(), pairs=()))),
        notes=tuple(map(note, report.notes)),
        left_out=left_out,
    )


def well_of_run(run: QpcrRun, well: str, page: RunPage) -> tuple[ReactionShown, ...]:
    """Return every target of one well, with whether a person may still leave it out."""
    rows = RunReaction.objects.filter(run=run, well=well).select_related("excluded_by").order_by("pk")
    open_ids = editable_wells(run)
    taken = {
        (each.reaction.well, each.reaction.target): each
        for each in wells_of_run(page.review.on_record.plate, page.review.on_record.plan).all
    }
    copies = _copies(page.review)
    droppable = {(each.droppable, each.target) for each in page.review.report.samples if each.droppable}
    return tuple(
        ReactionShown(
            reaction_id=row.pk,
            well=taken[row.well, row.target_name],
            copies=copies.get((row.well, row.target_name)),
            left_out_because=row.excluded_because,
            left_out_by=row.excluded_by.shown_name if row.excluded_by else "",
            left_out_at=row.excluded_at,
            may_change=row.pk in open_ids,
            droppable=(row.well, row.target_name) in droppable,
        )
        for row in rows
        if (row.well, row.target_name) in taken
    )


def _copies(seen: RunReview) -> Mapping[tuple[str, str], Decimal | None]:
    samples = {(well.position, each.target): well.copies for each in seen.report.samples for well in each.wells}
    controls = {(well.position, each.target): well.copies for each in seen.report.controls for well in each.wells}
    return samples | controls


def _curve(seen: RunReview, curve: RunCurve) -> CurveShown:
    settings = seen.on_record.plan.of_target(curve.target).assay
    levels = [each.mean.per_well for each in seen.report.samples if each.target == curve.target and each.mean]
    return CurveShown(
        curve=curve,
        fitted=curve.curve if isinstance(curve.curve, StandardCurve) else None,
        figure=curve_figure(curve, settings.cq_cutoff, levels),
        limits=settings.curve_limits,
        is_control_gene=curve.target == seen.report.control_gene,
    )
