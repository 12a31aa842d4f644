"""Small exports of each text format, as the instruments write them, with one thing changed at a time."""

# ruff: noqa: E501 lines of an export are as long as the instrument writes them

import pytest

from monitoring.domain.plate import NoteCode, Plate, Reaction
from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem, FileRefused

PLAIN = """well,sample,target,role,cq,standard_copies
A1,Std 1,NPM1 mutA,standard,19.50,1000000
A2,Std 2,NPM1 mutA,standard,36.60,10
B1,26-0042,NPM1 mutA,sample,34.80,
B2,26-0042,ABL1,sample,24.50,
C1,NTC,NPM1 mutA,no template,Undetermined,
"""

QUANTSTUDIO = """* Block Type = 96-Well Block (0.2mL)
* Experiment Name = MRD run 7
* Experiment Run End Time = 2026-11-02 02:23:34 AM CET
* Experiment Type = Comparative Cт (ΔΔCт)
* Instrument Type = QuantStudio(TM) 7 Flex System
* Signal Smoothing On  = true

[Sample Setup]
Well	Well Position	Sample Name	Target Name	Task	Quantity
1	A1	Std 1	NPM1 mutA	STANDARD	1,000,000.000
2	A2	26-0042	NPM1 mutA	UNKNOWN
3	A3	no-RT	NPM1 mutA	UNKNOWN
4	A4

[Results]
Well	Well Position	Omit	Sample Name	Target Name	Task	Reporter	CT	Ct Mean	Quantity	Efficiency	Y-Intercept	R(superscript 2)	Slope	HIGHSD	NOAMP
1	A1	false	Std 1	NPM1 mutA	STANDARD	FAM	19.500	19.500	1,000,000.000	95.894	40.043	0.999	-3.424	N	N
2	A2	true	26-0042	NPM1 mutA	UNKNOWN	FAM	34.800	34.800	33.970	95.894	40.043	0.999	-3.424	Y	N
3	A3	false	no-RT	NPM1 mutA	UNKNOWN	FAM	Undetermined			95.894	40.043	0.999	-3.424	N	Y
4	A4	false

Analysis Type = Singleplex
"""

LIGHTCYCLER = """Experiment: MRD run 7  Selected Filter: FAM (465-510)
Include	Color	Pos	Name	Cp	Concentration	Standard	Status
True	255	A1	Std 1	19.5	9.98E+05	1.00E+06
True	255	A2	26-0042	34.8	3.40E+01	0
False	65280	A3	26-0042			0	>
True	65280	A4	NTC			0
"""

CFX = """,Well,Fluor,Target,Content,Sample,Biological Set Name,Cq,Cq Mean,Cq Std. Dev,Starting Quantity (SQ),Set Point,Well Note
,A01,FAM,NPM1 mutA,Std-1,,,19.5012345678901,19.5,0,1000000,60,
,A01,HEX,ABL1,Std-1,,,22.9012345678901,22.9,0,100000,60,
,B02,FAM,NPM1 mutA,Unkn-01,26-0042,,34.8,34.8,0,33.9712,60,
,B02,HEX,ABL1,Unkn-01,26-0042,,24.5,24.5,0,33839,60,
,H12,FAM,NPM1 mutA,NTC,,,NaN,0,0,NaN,60,
,H11,FAM,NPM1 mutA,Neg Ctrl,no-RT,,N/A,0,0,NaN,60,
"""

ROTOR_GENE = """Excel Analysed Data Export
Experiment,MRD run 7
Date,02/11/2026

Quantitative analysis of channel Cycling A.Green (Page 1)
M,-3.4244
B,40.0430
R^2 Value,0.9999
Reaction efficiency,0.95894

No.,Colour,Name,Type,Ct,Ct Comment,Given Conc (copies/reaction),Calc Conc (copies/reaction),% Var
1,Red,Std 1,Standard,19.50,,1000000,998000,0.2%
2,Red,26-0042,Unknown,34.80,,,33.97,
3,Red,NTC,NTC,,NEG (NTC),,,
4,Red,,None,,,,,

Quantitative analysis of channel Cycling A.Yellow (Page 1)

No.,Colour,Name,Type,Ct,Ct Comment,Given Conc (copies/reaction),Calc Conc (copies/reaction),% Var
2,Red,26-0042,Unknown,24.50,,,33839,
"""

SDS = """SDS 2.3	AQ Results	1.2
Filename	run7.sds
Run DateTime	Fri May 15 17:10:28 BST 2009

Well	Sample Name	Detector Name	Reporter	Task	Ct	Quantity	Qty Mean	Ct Mean	Omit
1	Std 1	NPM1 mutA	FAM	Standard	19.5	1000000	1000000	19.5	FALSE
2	26-0042	NPM1 mutA	FAM	Unknown	34.8	33.97	33.97	34.8	FALSE
3	26-0043	NPM1 mutA	FAM	Unknown	Undetermined			38.1	TRUE

PlateID	NAP	LPL
AF22
"""


def read(text: str, encoding: str = "utf-8") -> Plate:
    """Return the plate of a text."""
    return read_plate(text.encode(encoding), "plate.txt")


def refused(text: str, encoding: str = "utf-8") -> FileRefused:
    """Return why a text is not read."""
    with pytest.raises(FileRefused) as caught:
        read(text, encoding)
    return caught.value


def check_refused(text: str, problem: FileProblem, line: int = 0, column: str = "", value: str | None = None) -> None:
    """Check problem, line and column of a refusal, and what stood there."""
    error = refused(text)
    assert (error.problem, error.place.line, error.place.column) == (problem, line, column)
    if value is not None:
        assert error.value == value


def rows(plate: Plate) -> dict[tuple[str, str], Reaction]:
    """Return the reactions by well and target."""
    return {(reaction.well, reaction.target): reaction for reaction in plate.reactions}


def noted(plate: Plate) -> dict[NoteCode, int]:
    """Return how often each decision was taken."""
    return {each.code: each.count for each in plate.notes}
