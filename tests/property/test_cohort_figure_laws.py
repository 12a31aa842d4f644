"""Laws of the labels of a cohort's curves, for any curves: none over another, none outside, each curve named."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitoring.charts.cohort_axes_svg import NARROW, TOP, WIDE, Frame, Size, frame_of
from monitoring.charts.cohort_figure import MOST_CURVES, Curve, CurveFigure, block, count_lines
from monitoring.charts.cohort_labels_svg import Label, names, values
from monitoring.domain.cohorts.drawn_curve import CountsAt, DayReached, DrawnStep, Milestone
from monitoring.wording.cohort_curve_words import figure_words

WORDS = figure_words("Curves", "months since molecular relapse", {})

shares = st.floats(0, 1)
curves_falling = st.lists(shares, min_size=1, max_size=12).map(lambda drawn: sorted(drawn, reverse=True))


@st.composite
def figures(draw: st.DrawFn) -> CurveFigure:
    rises = draw(st.booleans())
    curves = []
    for number in range(draw(st.integers(1, MOST_CURVES))):
        heights = draw(curves_falling)
        if rises:
            heights = heights[::-1]
        days = sorted(draw(st.lists(st.integers(1, 2000), min_size=len(heights), max_size=len(heights))))
        steps = tuple(DrawnStep(float(on), share, share, share) for on, share in zip(days, heights, strict=True))
        until = float(days[-1] + draw(st.integers(0, 500)))
        curve = Curve(f"Group number {number}", (0.0, 0.0 if rises else 1.0), steps, until, (), (), None, 10)
        found = tuple(
            Milestone(months, curve.at(months * 30.4375), 0.1, 0.9, 5)
            for months in (12, 24)
            if until > months * 30.4375
        )
        median = next((step.day for step in steps if step.estimate <= 0.5), None)
        reached = None if rises else DayReached(median, median, None)
        curves.append(Curve(curve.name, curve.begins, steps, until, (), found, reached, 10))
    lines = count_lines((CountsAt(0, 10, 0, 0),), 10, 0, WORDS)
    blocks = tuple(block(curve.name, at, len(curves), lines) for at, curve in enumerate(curves))
    return CurveFigure(tuple(curves), blocks, WORDS, has_bands=False)


sizes = st.sampled_from([WIDE, NARROW])


def placed(figure: CurveFigure, size: Size) -> tuple[Frame, list[Label], list[Label]]:
    frame = frame_of(figure, size)
    return frame, [label for label, _ in names(figure, frame, size)], values(figure, frame, size)


@given(figures(), sizes)
def test_no_label_lies_over_another_or_outside_the_plot(figure: CurveFigure, size: Size) -> None:
    frame, named, valued = placed(figure, size)
    labels = [*named, *valued]
    for at, one in enumerate(labels):
        assert all(one.box.shared(other.box) == 0 for other in labels[at + 1 :])
    for label in valued:
        assert frame.left <= label.box.x0
        assert label.box.x1 <= size.width
        assert label.box.y0 >= TOP
        assert label.box.y1 <= frame.floor
    assert all(TOP <= label.y <= frame.floor + 5 for label in named)


@given(figures(), sizes)
def test_each_of_several_curves_is_named_in_the_order_of_their_ends(figure: CurveFigure, size: Size) -> None:
    frame = frame_of(figure, size)
    found = names(figure, frame, size)
    assert len(found) == (len(figure.curves) if len(figure.curves) > 1 else 0)
    for (upper, curve), (lower, below) in pairwise(found):
        assert lower.y - upper.y >= 16 - 1e-6
        assert curve.ends >= below.ends


@given(figures(), sizes)
def test_a_single_curve_tells_each_of_its_values(figure: CurveFigure, size: Size) -> None:
    if not figure.is_single:
        return
    curve = figure.curves[0]
    said = {line for label in values(figure, frame_of(figure, size), size) for line, _ in label.lines}
    for _, _, value in curve.dots:
        assert WORDS.value(value)[0] in said
    if curve.median and curve.median.day is not None:
        assert WORDS.median(curve.median)[0] in said
