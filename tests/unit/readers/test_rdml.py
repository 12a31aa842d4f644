"""RDML 1.0 to 1.4: one reaction is one target in one well, and what did not amplify is told in many ways."""

import time
from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.plate import FileFormat, NoteCode, Plate, WellRole
from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem
from tests.unit.readers.archives import (
    REAL_EXPORTS,
    data,
    form,
    one,
    problem,
    rdml,
    react,
    read_rdml,
    refused,
    run,
    zipped,
)

STEP_ONE = sorted(REAL_EXPORTS.glob("rdml/stepone_std.rdml"))
CONSORTIUM = sorted(REAL_EXPORTS.glob("rdml/shifted_baseline.rdml"))
MEASURING = "<temperature><temperature>60.0</temperature><measure>real time</measure></temperature>"
REACTIONS_OF_A_LARGE_FILE = 100_000
SECONDS_FOR_A_LARGE_FILE = 8  # of processor time; 1.8 on two shared processors that were busy


def curve(cycles: int) -> str:
    return "".join(f"<adp><cyc>{cycle}</cyc><fluor>0.5</fluor></adp>" for cycle in range(1, cycles + 1))


def programme(*loops: tuple[int, int, int], measuring: int = 0) -> str:
    """Return a programme: loops as step, back to step, times; the step that measures."""
    steps = [f"<step><nr>{measuring}</nr>{MEASURING}</step>"] if measuring else []
    steps += [
        f"<step><nr>{step}</nr><loop><goto>{back_to}</goto><repeat>{times}</repeat></loop></step>"
        for step, back_to, times in loops
    ]
    return f'<thermalCyclingConditions id="p">{"".join(steps)}</thermalCyclingConditions>'


def noted(plate: Plate) -> dict[NoteCode, tuple[int, str]]:
    return {note.code: (note.count, note.detail) for note in plate.notes}


@pytest.mark.parametrize("version", ["1.1", "1.2", "1.3", "1.4"])
def test_a_well_is_read_in_every_version(version: str) -> None:
    plate = read_rdml(rdml(run(react(13)), version))
    (reaction,) = plate.reactions
    assert (plate.format, plate.run_name, plate.notes) == (FileFormat.RDML, "run 7", ())
    assert (reaction.well, reaction.sample, reaction.target, reaction.cq, reaction.role) == (
        "B1", "26-0042", "NPM1 mutA", Decimal("25.5"), WellRole.SAMPLE,
    )  # fmt: skip


def test_the_first_version_names_its_wells_and_prints_quantities() -> None:
    quantity = "<quantity><value>33.97</value><unit>cop</unit></quantity>"
    wells = react("H12", inside=data(more=quantity))
    plate = read_rdml(rdml(run(wells, "<pcrFormat>96-well plate; A1-H12</pcrFormat>"), "1.0"))
    assert (plate.reactions[0].well, plate.reactions[0].printed_copies, plate.notes) == ("H12", Decimal("33.97"), ())


@pytest.mark.parametrize("version", ["0.9", "1.5", "2.0", ""])
def test_an_unknown_version_is_told(version: str) -> None:
    refusal = refused(zipped({"rdml_data.xml": rdml(run(react()), version)}))
    assert (refusal.problem, refusal.value, refusal.place.line) == (FileProblem.VERSION_NOT_READ, version, 2)


def test_the_inner_file_may_have_any_name_and_the_archive_may_be_missing() -> None:
    xml = rdml(run(react()))
    assert read_rdml(xml, "BioRad export.XML") == read_rdml(xml) == read_plate(xml, "run.xml")
    assert read_plate(zipped({"rdml_data.xml": xml, "notes.xml": b"<notes/>", "a.jpg": b"x"})) == read_rdml(xml)


def test_elements_may_carry_a_prefix() -> None:
    xml = rdml(run(react())).decode()
    for name in ("rdml", "run", "react", "data", "cq"):
        xml = xml.replace(f"<{name} ", f"<q:{name} ").replace(f"<{name}>", f"<q:{name}>")
        xml = xml.replace(f"</{name}>", f"</q:{name}>")
    assert read_rdml(xml.replace("xmlns=", "xmlns:q=").encode()) == read_rdml(rdml(run(react())))


def test_another_encoding_that_the_file_declares_is_obeyed() -> None:
    xml = rdml(run(react(sample="26-é42"))).decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    assert one(xml).sample == "26-é42"


@pytest.mark.parametrize("printed", [None, "-1", "-1.0", "NaN", "0", "0.0"])
def test_what_did_not_amplify_has_no_cq(printed: str | None) -> None:
    plate = read_rdml(rdml(run(react(1, inside=data(cq=printed)) + react(2))))
    assert (plate.reactions[0].cq, plate.reactions[1].cq) == (None, Decimal("25.5"))
    assert noted(plate) == ({NoteCode.CQ_ZERO: (1, "")} if printed in {"0", "0.0"} else {})


@pytest.mark.parametrize(
    ("before", "more", "inside"),
    [
        pytest.param(programme((3, 2, 40)), '<thermalCyclingConditions id="p"/>', "", id="of the programme"),
        pytest.param("", "", curve(40), id="of the curve"),
        pytest.param(
            programme((3, 2, 10), (6, 5, 30), (9, 8, 60), measuring=2).replace(
                "<nr>6</nr>", f"<nr>5</nr>{MEASURING}</step><step><nr>6</nr>"
            ),
            '<thermalCyclingConditions id="p"/>', "", id="of both loops that measure",
        ),
        pytest.param(programme((3, 2, 39)), '<thermalCyclingConditions id="p"/>', curve(40), id="not counted once"),
        pytest.param(programme((3, 2, 35)), "", curve(40), id="not of a programme that the run did not follow"),
    ],
)  # fmt: skip
def test_a_cq_at_the_number_of_cycles_is_no_amplification(before: str, more: str, inside: str) -> None:
    wells = react(1, inside=data(cq="40.0")) + react(2, inside=data(cq="39.99", more=inside))
    plate = read_rdml(rdml(run(wells, more=more), before=before))
    assert (plate.cycles, [each.cq for each in plate.reactions]) == (40, [None, Decimal("39.99")])
    assert noted(plate) == {NoteCode.CQ_AT_CYCLE_COUNT: (1, "40")}


def test_a_number_of_cycles_below_a_cq_is_not_believed() -> None:
    wells = react(1, inside=data(cq="36.5", more=curve(30))) + react(2, inside=data(cq="30.0"))
    plate = read_rdml(rdml(run(wells)))
    assert (plate.cycles, [each.cq for each in plate.reactions]) == (None, [Decimal("36.5"), Decimal("30.0")])


@pytest.mark.parametrize(
    ("kind", "role"),
    [("unkn", WellRole.SAMPLE), ("std", WellRole.STANDARD), ("ntc", WellRole.NO_TEMPLATE),
     ("nac", WellRole.NO_TEMPLATE), ("nrt", WellRole.NO_RT),
     ("ntp", WellRole.WILD_TYPE), ("pos", WellRole.POSITIVE_CONTROL), ("", WellRole.SAMPLE)],
)  # fmt: skip
def test_each_type_of_sample_has_its_role(kind: str, role: WellRole) -> None:
    samples = f'<sample id="control"><type>{kind}</type></sample>'
    assert one(rdml(run(react(sample="control")), samples=samples)).role is role


def test_a_sample_may_have_another_type_for_one_target() -> None:
    samples = '<sample id="c"><type targetId="ABL1">pos</type><type targetId="NPM1 mutA">ntp</type></sample>'
    plate = read_rdml(rdml(run(react(sample="c", inside=data() + data("ABL1"))), samples=samples))
    assert [each.role for each in plate.reactions] == [WellRole.WILD_TYPE, WellRole.POSITIVE_CONTROL]


def test_an_unknown_type_is_told() -> None:
    assert problem(rdml(run(react(sample="c")), samples='<sample id="c"><type>xyz</type></sample>')) is (
        FileProblem.ROLE_UNKNOWN
    )


def test_a_well_that_calibrates_the_optics_is_left_aside() -> None:
    plate = read_rdml(rdml(run(react(1, "o") + react(2)), samples='<sample id="o"><type>opt</type></sample>'))
    assert ([each.well for each in plate.reactions], noted(plate)) == (["A2"], {NoteCode.WELLS_EMPTY: (1, "opt")})


def test_a_standard_has_the_quantity_of_its_sample() -> None:
    assert one(rdml(run(react(sample="Std 1")))).standard_copies == Decimal(100000)


def test_a_standard_may_have_another_quantity_for_one_target() -> None:
    quantity = '<quantity targetId="ABL1"><value>1000</value><unit>cop</unit></quantity>'
    every = "<quantity><value>10</value><unit>cop</unit></quantity>"
    samples = f'<sample id="s"><type>std</type>{every}{quantity}</sample>'
    plate = read_rdml(rdml(run(react(sample="s", inside=data() + data("ABL1"))), samples=samples))
    assert [each.standard_copies for each in plate.reactions] == [Decimal(10), Decimal(1000)]


@pytest.mark.parametrize(
    ("unit", "copies", "marks"), [("other", 10, ()), ("ng", None, ("10 ng",)), ("dil", None, ("10 dil",))]
)
def test_only_copies_are_copies(unit: str, copies: int | None, marks: tuple[str, ...]) -> None:
    quantity = f"<quantity><value>10</value><unit>{unit}</unit></quantity>"
    standard = one(rdml(run(react(sample="s")), samples=f'<sample id="s"><type>std</type>{quantity}</sample>'))
    assert (standard.standard_copies, standard.marks) == (copies, marks)


@pytest.mark.parametrize(("excl", "marks"), [("<excl/>", ()), ("<excl>bubble</excl>", ("bubble",))])
def test_an_excluded_reaction_is_omitted_with_its_reason(excl: str, marks: tuple[str, ...]) -> None:
    reaction = one(rdml(run(react(inside=data(more=excl)))))
    assert (reaction.omitted, reaction.marks) == (True, marks)


@pytest.mark.parametrize(
    ("xml", "departure"),
    [
        (rdml(run(react("A1"))), "1.2 react/id"),
        (rdml(run(react(), "<pcrFormat>96-well plate; A1-H12</pcrFormat>")), "1.2 pcrFormat"),
        (rdml(run(react()), "1.0"), "1.0 pcrFormat"),
        (rdml(run(react(inside=data(cq="") + data("ABL1")))), "1.2 data/cq"),
        (rdml(run(react(sample="26-0043"))), "1.2 react/sample"),
        (rdml(run(react(inside=data("NPM1 mutB")))), "1.2 data/tar"),
        (rdml(run(react(inside=data(more="<quantity><value>1</value></quantity>")))), "1.2 data/quantity"),
        (rdml(run(react())).replace(b"www.rdml.org", b"www.example.org"), "1.2 xmlns"),
    ],
)
def test_a_file_that_is_not_what_its_version_says_is_read_and_that_is_told(xml: bytes, departure: str) -> None:
    assert noted(read_rdml(xml)) == {NoteCode.VERSION_NOT_VALID: (1, departure)}


def test_curves_without_any_cq_are_told_as_such() -> None:
    assert problem(rdml(run(react(inside=data(cq=None, more=curve(40)))))) is FileProblem.RAW_FLUORESCENCE


def test_a_file_without_reactions_is_told_as_such() -> None:
    partitions = "<partitions><volume>1</volume><data><tar id='ABL1'/><pos>5</pos></data></partitions>"
    assert problem(rdml(run(""))) is FileProblem.NO_REACTIONS
    assert problem(rdml(run(react(inside=partitions)))) is FileProblem.NO_REACTIONS


@pytest.mark.parametrize(
    ("inside", "expected", "element"),
    [
        (data(cq="25,5"), FileProblem.NUMBER_UNREADABLE, "cq"),
        (data(cq="-2"), FileProblem.NUMBER_IMPOSSIBLE, "cq"),
        (data(cq="INF"), FileProblem.NUMBER_IMPOSSIBLE, "cq"),
        (data(cq="100"), FileProblem.NUMBER_IMPOSSIBLE, "cq"),
        (data(cq="1" * 50), FileProblem.NUMBER_UNREADABLE, "cq"),
        (data(more="<quantity><value>-5</value></quantity>"), FileProblem.NUMBER_IMPOSSIBLE, "quantity"),
        (data(""), FileProblem.CELL_EMPTY, "tar"),
    ],
)
def test_what_cannot_be_read_is_told_by_file_line_and_element(inside: str, expected: FileProblem, element: str) -> None:
    refusal = refused(zipped({"x.xml": rdml(run(react(1, inside=data("ABL1")) + "\n" + react(2, inside=inside)))}))
    assert (refusal.problem, refusal.place.column, refusal.place.sheet) == (expected, element, "x.xml")
    assert refusal.place.line == 4


def test_elements_within_elements_without_end_are_refused() -> None:
    assert problem(rdml("<a>" * 100_000)) is FileProblem.ARCHIVE_UNSAFE
    assert problem(rdml(run(react(inside=data(more="<adp>" * 100_000))))) is FileProblem.ARCHIVE_UNSAFE


def test_a_reaction_outside_of_a_run_is_refused() -> None:
    assert problem(rdml(run(react()) + f"<other>{react()}</other>")) is FileProblem.ARCHIVE_BROKEN


def test_a_type_inside_a_reference_changes_no_sample() -> None:
    inside = '<react id="1"><sample id="Std 1"><type>unkn</type></sample>' + data() + "</react>"
    assert one(rdml(run(inside))).role is WellRole.STANDARD


def test_a_hundred_thousand_reactions_are_read_in_time() -> None:
    wells = "".join(react(number, inside=data(cq=f"{20 + number % 19}.25")) for number in range(1, 100_001))
    content = zipped({"rdml_data.xml": rdml(run(wells, form(-1, 1)))})
    before = time.process_time()
    plate = read_plate(content)
    assert time.process_time() - before < SECONDS_FOR_A_LARGE_FILE
    assert len(plate.reactions) == REACTIONS_OF_A_LARGE_FILE


@pytest.mark.parametrize("path", STEP_ONE, ids=lambda path: path.name)
def test_a_real_standard_curve_is_read(path: Path) -> None:
    plate = read_plate(path.read_bytes())
    wells = {each.well: each for each in plate.reactions}
    assert (len(wells), plate.cycles, plate.instrument) == (24, 40, "Applied Biosystems StepOne™ Instrument")
    assert noted(plate) == {NoteCode.CQ_AT_CYCLE_COUNT: (3, "40")}
    assert [wells[name].cq for name in ("A1", "A2", "A3")] == [None] * 3
    assert (wells["A1"].role, wells["A4"].role) == (WellRole.NO_TEMPLATE, WellRole.SAMPLE)
    assert (wells["A4"].cq, wells["A4"].printed_copies) == (Decimal("28.96287"), Decimal("2484.3098"))
    assert (wells["B2"].cq, wells["B2"].standard_copies) == (Decimal("26.874498"), Decimal(10000))


@pytest.mark.parametrize("path", CONSORTIUM, ids=lambda path: path.name)
def test_a_real_file_of_the_newest_version_is_read(path: Path) -> None:
    plate = read_plate(path.read_bytes())
    assert (len(plate.reactions), len(plate.targets()), plate.reactions[0].well) == (144, 12, "A2")
    assert sum(each.cq is not None for each in plate.reactions) == 72
    assert {each.standard_copies for each in plate.reactions} == {26, 75, 260, 750}
