"""Curves as they are drawn: the numbers of the answer at their places, the same on the page and in a file."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from monitoring.charts.cohort_axes_svg import NARROW, WIDE, Size
from monitoring.charts.cohort_curve_svg import curve_svg
from monitoring.charts.cohort_figure import DAYS_A_MONTH, CurveFigure
from monitoring.charts.cohort_incidence_svg import incidence_figures
from monitoring.charts.cohort_ink_svg import BOLD, LITERAL, SIZES, Ink, wide
from monitoring.charts.cohort_survival_svg import survival_figure
from monitoring.charts.cohort_transplant_svg import transplant_figure
from monitoring.domain.cohorts.drawn_curve import censored_days, counts, day_reached, drawn_steps, milestones
from monitoring.domain.cohorts.part_survival import SurvivalAnswer, SurvivalGroup
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.observations import Observation
from monitoring.domain.survival.quantiles import quantile
from monitoring.wording import cohort_incidence_words, cohort_survival_words, cohort_transplant_words
from tests.cohort_patients import cohort_patient
from tests.simulated_cohort import asked, day, simulated

MOST_BYTES = 100_000  # of one figure


def survival(patients: list[Any], **options: Any) -> CurveFigure:
    question, answer = asked("SURVIVAL", patients, **options)
    return survival_figure(answer, cohort_survival_words.words_of(question, answer))


def incidences(patients: list[Any], **options: Any) -> list[CurveFigure]:
    question, answer = asked("INCIDENCE", patients, **options)
    return [figure for _, figure in incidence_figures(answer, cohort_incidence_words.words_of(question, answer))]


def transplant(patients: list[Any], **options: Any) -> CurveFigure:
    question, answer = asked("TRANSPLANT", patients, **options)
    words = cohort_transplant_words.words_of(question, answer)
    return transplant_figure(answer, cohort_transplant_words.way_of(question), question.landmark_days or 0, words)


SEVENTY = simulated()
FIGURES = {
    "one curve": survival(SEVENTY),
    "two groups": survival(SEVENTY, grouping="SIGNALLING"),
    "three centres": survival(SEVENTY, grouping="CENTRE", endpoint="OS", origin="CYCLE_1"),
    "all causes": incidences(SEVENTY)[0],
    "one cause": incidences(SEVENTY, grouping="SIGNALLING")[0],
    "landmark": transplant(SEVENTY),
    "simon-makuch": transplant(SEVENTY, comparison="SIMON_MAKUCH"),
    "naive": transplant(SEVENTY, comparison="NAIVE"),
    "one patient": survival(simulated(1)),
    "no event": survival([cohort_patient(number=number) for number in range(5)]),
    "all events": survival([cohort_patient(died_on=day(90 * n), last_contact_on=day(90 * n)) for n in range(1, 9)]),
    "of one day": survival([cohort_patient(died_on=day(0), last_contact_on=day(0))]),
    "one group": transplant([cohort_patient(number=number) for number in range(5)]),
}
every_figure = pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
both_sizes = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])


def parsed(figure: CurveFigure, size: Size = WIDE, ink: Ink = Ink.PAGE) -> ET.Element:
    return ET.fromstring(curve_svg(figure, size, ink))


def marks(root: ET.Element, kind: str) -> list[ET.Element]:
    return [each for each in root.iter() if kind in each.get("class", "").split()]


def texts(root: ET.Element) -> list[ET.Element]:
    return [each for each in root.iter() if each.tag.endswith("text")]


@every_figure
@both_sizes
def test_the_page_brings_the_colours_and_the_file_has_its_own(figure: CurveFigure, size: Size) -> None:
    page, file = curve_svg(figure, size, Ink.PAGE), curve_svg(figure, size, Ink.FILE)
    assert "#" not in page
    assert "style=" not in page + file
    assert "class=" not in file
    assert 'font-family="' in file
    assert parsed(figure, size, Ink.FILE).tag == "{http://www.w3.org/2000/svg}svg"


@every_figure
@both_sizes
def test_both_inks_draw_the_same(figure: CurveFigure, size: Size) -> None:
    def geometry(ink: Ink) -> list[tuple[str, ...]]:
        names = ("d", "x", "y", "cx", "cy", "r", "text-anchor")
        drawn = [each for each in parsed(figure, size, ink).iter() if each.get("fill") != "#ffffff" or each.get("cx")]
        return [
            (*(each.get(name, "") for name in names), each.text or "")
            for each in drawn
            if not each.tag.endswith(("svg", "title"))
        ]

    assert geometry(Ink.PAGE) == geometry(Ink.FILE)


@every_figure
@both_sizes
def test_nothing_stands_outside_the_picture(figure: CurveFigure, size: Size) -> None:
    root = parsed(figure, size)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for each in texts(root):
        kind = next(name for name in each.attrib["class"].split() if name in SIZES)
        across = wide(each.text or "", kind) / 1.27 * 1.1
        x = float(each.attrib["x"]) - {"end": across, "middle": across / 2}.get(each.get("text-anchor", ""), 0)
        assert -1 <= x <= x + across <= width + 8, each.text
        assert 8 <= float(each.attrib["y"]) <= height
    for path in root.iter("path"):
        for x, y in re.findall(r"[ML](\S+?) (\S+?)(?=[A-Za-z]|$)", path.attrib["d"]):
            assert -0.1 <= float(x) <= width + 0.1
            assert -0.1 <= float(y) <= height


def test_the_dot_stands_at_its_share_and_says_it() -> None:
    root, figure = parsed(FIGURES["one curve"]), FIGURES["one curve"]
    value = figure.curves[0].values[0]
    assert value.estimate is not None
    dot = marks(root, "dot")[0]
    zero, hundred = (float(each.attrib["y"]) - 4 for each in texts(root) if each.text in ("0", "100\u00a0%")
                     and each.get("text-anchor") == "end")  # fmt: skip
    assert (zero - float(dot.attrib["cy"])) / (zero - hundred) == pytest.approx(value.estimate, abs=0.001)
    assert figure.words.value(value)[0] in {each.text for each in texts(root)}


@pytest.mark.parametrize("name", ["one curve", "two groups", "landmark", "all causes"])
def test_counts_stand_under_their_months(name: str) -> None:
    figure = FIGURES[name]
    root = parsed(figure)
    ticks = [float(each.attrib["d"][1:].split()[0]) for each in marks(root, "ax") if each.attrib["d"].endswith("v4")]
    [block, *_] = figure.blocks
    rows: dict[float, list[tuple[float, str]]] = {}
    for each in marks(root, "b"):
        if each.get("text-anchor") == "middle":
            rows.setdefault(float(each.attrib["y"]), []).append((float(each.attrib["x"]), each.text or ""))
    first = rows[min(rows)]
    assert [x for x, _ in first] == pytest.approx(ticks, abs=0.06)
    at_risk = block.lines[0]
    assert [number for _, number in first] == [str(at_risk.at(6 * at)) for at in range(len(first))]


def test_groups_are_told_apart_by_their_line_and_by_their_name() -> None:
    figure = FIGURES["three centres"]
    root = parsed(figure)
    curves = marks(root, "km")[:3]
    assert len({curve.get("stroke-dasharray", "") for curve in curves}) == 3
    assert {each.text for each in marks(root, "name")} == {curve.name for curve in figure.curves}
    assert {each.text for each in marks(parsed(figure, NARROW), "name")} == {"A", "B", "C"}


def test_the_curve_never_rises_and_the_incidence_never_falls() -> None:
    for name, falls in (("one curve", True), ("all causes", False)):
        for curve in marks(parsed(FIGURES[name]), "km"):
            heights = [float(each) for each in re.findall(r"V(\d+\.\d)", curve.attrib["d"])]
            assert heights == sorted(heights, reverse=not falls)


def test_the_landmark_is_drawn_where_time_begins_and_the_time_before_it_is_shaded() -> None:
    root = parsed(FIGURES["landmark"])
    [line], [before] = marks(root, "lm"), marks(root, "before")
    assert float(line.attrib["d"][1:].split()[0]) == pytest.approx(
        float(before.attrib["x"]) + float(before.attrib["width"]), abs=0.1
    )
    assert "Landmark, day 180" in {each.text for each in texts(root)}


def test_a_naive_split_carries_its_warning_in_the_picture_itself() -> None:
    said = {each.text or "" for each in texts(parsed(FIGURES["naive"], ink=Ink.FILE))}
    assert any("immortal time" in each for each in said)
    assert not any("immortal" in (each.text or "") for each in texts(parsed(FIGURES["landmark"], ink=Ink.FILE)))


def test_one_group_alone_keeps_its_name() -> None:
    assert [each.text for each in marks(parsed(FIGURES["one group"]), "name")] == ["not transplanted"]


def test_before_any_event_there_is_no_band_and_no_median() -> None:
    root = parsed(FIGURES["no event"])
    assert marks(root, "ci") == []
    assert len(marks(root, "cens")) == 1
    assert not any("median" in (each.text or "") for each in texts(root))


def test_fifty_thousand_patients_stay_a_small_picture() -> None:
    observations = [Observation(1 + n * 37 % 4_999, "DEATH" if n % 3 else None, "ALL") for n in range(50_000)]
    curve = kaplan_meier(observations)
    group = SurvivalGroup(
        "ALL", curve.patients, curve.events, drawn_steps(curve), censored_days(observations),
        float(curve.followed_until), milestones(curve), counts(observations), day_reached(quantile(curve)),
    )  # fmt: skip
    question, nobody = asked("SURVIVAL", [])
    answer = SurvivalAnswer((group,), (), (), 0, None, None, None, 0)
    figure = survival_figure(answer, cohort_survival_words.words_of(question, answer))
    assert nobody.groups == ()
    assert len(curve_svg(figure, WIDE, Ink.FILE).encode()) < MOST_BYTES
    assert figure.until_day >= float(curve.followed_until)
    assert figure.until_day < float(curve.followed_until) + 6 * DAYS_A_MONTH


def test_the_style_sheet_of_the_page_knows_every_class() -> None:
    sheet = (Path(__file__).parents[3] / "static/css/cohort_figures.css").read_text()
    for name in (*LITERAL, *BOLD, "t", "halo"):
        assert re.search(rf"\.{name}\b", sheet), name
