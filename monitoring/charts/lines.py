"""Which marks are joined, and how: a line never runs through an inert sample, into another course or another assay."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from monitoring.charts.marks import Mark, Shape
from monitoring.domain.terms import Tissue

Run = list[int | None]


def joined(marks: Sequence[Mark], tissue: Tissue, decisive: Iterable[str] = ()) -> tuple[Run, Run]:
    """The solid and the dotted line of one tissue as indices into `marks`; None lifts the pen.

    Solid where both ends are detected with a value, dotted where the level between is not known.
    `decisive` names samples that an episode rests on: of several on one day the line goes through them.
    """
    decisive = frozenset(decisive)
    stops = list(_one_a_day(marks, tissue, decisive))
    solid: Run = []
    dotted: Run = []
    for start, end in pairwise(stops):
        if _can_join(marks[start], marks[end]):
            whole = marks[start].is_detected and marks[end].is_detected
            _extend(solid if whole else dotted, start, end)
    return solid, dotted


def _one_a_day(marks: Sequence[Mark], tissue: Tissue, decisive: frozenset[str]) -> Iterator[int]:
    """The mark of each day and course that the line passes; repeats of the day are drawn beside it."""
    own = [index for index, mark in enumerate(marks) if mark.tissue is tissue and mark.is_joined]
    own.sort(key=lambda index: (marks[index].on, marks[index].course))
    for _, same_day in groupby(own, key=lambda index: (marks[index].on, marks[index].course)):
        yield max(same_day, key=lambda index: _weight(marks[index], decisive))


def _weight(mark: Mark, decisive: frozenset[str]) -> tuple[bool, bool, bool, float]:
    """Decisive first, then detected before others, with a value before without, the highest value."""
    height = float(mark.height_pct_abl1 or 0)
    detected = mark.shape in (Shape.DETECTED, Shape.UNQUANTIFIED)
    return (
        mark.id in decisive,
        detected,
        mark.is_detected,
        height if detected else -height,
    )


def _can_join(start: Mark, end: Mark) -> bool:
    """Whether two neighbours share course and assay and both have a height."""
    same_assay = start.assay_key is None or end.assay_key is None or start.assay_key == end.assay_key
    both_stand = start.height_pct_abl1 is not None and end.height_pct_abl1 is not None
    return start.course == end.course and same_assay and both_stand


def _extend(run: Run, start: int, end: int) -> None:
    """Lengthen the run; lift the pen where it does not go on from its last mark."""
    if run and run[-1] == start:
        run.append(end)
        return
    if run:
        run.append(None)
    run.extend((start, end))
