"""SDS 2.x: RQ and AQ results, with the detector as target."""

from decimal import Decimal

from monitoring.domain.plate import FileFormat, WellRole
from monitoring.readers.refusal import FileProblem
from tests.unit.readers.exports import SDS, check_refused, read, refused

RQ = """SDS 2.3	RQ Results	1.2
Run DateTime	Fri May 15 17:10:28 BST 2009

# \tPlate	Pos	Flag	Sample	Detector	Task	Ct	RQ	Omit
1	P1	A1	Passed	26-0042	ABL1	Endogenous Control	24.46	1	FALSE
2	P1	A2	Flagged	26-0042	NPM1 mutA	Target	Undetermined		FALSE

PlateID	NAP	LPL
AF22
"""


def test_absolute_quantities_are_read() -> None:
    plate = read(SDS)
    standard, sample, left_out = plate.reactions
    assert (plate.format, plate.run_name) == (FileFormat.SDS_TEXT, "run7.sds")
    assert (standard.role, standard.standard_copies) == (WellRole.STANDARD, Decimal(1000000))
    assert (sample.well, sample.cq, sample.printed_copies) == ("2", Decimal("34.8"), Decimal("33.97"))
    assert (left_out.cq, left_out.omitted) == (None, True)


def test_relative_quantities_are_read_without_their_footer() -> None:
    control_gene, target = read(RQ.replace("\n", "\r")).reactions
    assert (control_gene.well, control_gene.role, control_gene.marks) == ("A1", WellRole.SAMPLE, ())
    assert (target.target, target.cq, target.marks) == ("NPM1 mutA", None, ("Flagged",))


def test_a_study_of_several_plates_is_refused() -> None:
    check_refused(RQ.replace("2\tP1", "2\tP2"), FileProblem.SEVERAL_PLATES, 6, "Plate", "P2")


def test_numbered_wells_have_a_position_where_the_whole_plate_is_listed() -> None:
    header = "SDS 2.3\tAQ Results\t1.2\n\nWell\tSample Name\tDetector Name\tTask\tCt\tQuantity\n"
    lines = "\n".join(f"{number}\t26-0042\tABL1\tUnknown\t24.5\t" for number in range(1, 97))
    assert [reaction.well for reaction in read(header + lines + "\n").reactions][12] == "B1"


def test_a_table_that_was_cut_is_refused() -> None:
    assert refused(SDS[: SDS.index("33.97") + 2]).problem is FileProblem.TABLE_CUT_OFF


def test_a_file_without_a_table_is_refused() -> None:
    assert refused("SDS 2.3\tAQ Results\t1.2\nFilename\trun7.sds\n").problem is FileProblem.TABLE_MISSING


def test_a_missing_ct_is_named() -> None:
    check_refused(SDS.replace("\tCt\t", "\tOther\t", 1), FileProblem.COLUMN_MISSING, 5, "Ct")
