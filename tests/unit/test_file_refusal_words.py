"""Every refusal of a file says where, why and what to do; every note of a reader is a sentence."""

import pytest
from django.utils import translation

from monitoring.domain.plate import FileFormat, NoteCode, ReaderNote
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.wording.file_refusals import format_name, note, place, refusal

PLACE = Place(31, "Cq")


@pytest.mark.parametrize("problem", FileProblem)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_refusal_says_where_why_and_what_to_do(problem: FileProblem, language: str) -> None:
    with translation.override(language):
        said = refusal(FileRefused(problem, PLACE, "1,234"), "plate.csv")
    assert said.startswith("plate.csv, ")
    assert "31" in said
    assert "Cq" in said
    assert said.endswith(".")
    assert said.count(". ") + said.count("; ") >= 1
    assert "%(" not in said


def test_an_ambiguous_number_is_told_in_full() -> None:
    said = refusal(FileRefused(FileProblem.NUMBER_AMBIGUOUS, PLACE, "1,234"), "plate.csv")
    assert said == (
        "plate.csv, line 31, column Cq: “1,234” can be read in two ways, or differs from the other numbers of the "
        "file. Write all numbers of the file with one decimal mark and nothing between thousands, or export it again "
        "with the settings of the instrument's computer."
    )


def test_a_file_that_is_too_large_is_told_the_limit() -> None:
    assert "larger than 50 MB" in refusal(FileRefused(FileProblem.TOO_LARGE), "plate.csv")


@pytest.mark.parametrize(
    ("where", "name", "said"),
    [
        (Place(), "", "The file"),
        (Place(12, "CT", "Results"), "plate.xlsx", "plate.xlsx, sheet Results, line 12, column CT"),
        (Place(12), "plate.csv", "plate.csv, line 12"),
    ],
)
def test_a_place_is_told_as_far_as_it_is_known(where: Place, name: str, said: str) -> None:
    assert place(where, name) == said


def test_a_per_cent_sign_in_the_file_does_no_harm() -> None:
    assert "“5 %(x)s %”" in refusal(FileRefused(FileProblem.NUMBER_UNREADABLE, PLACE, "5 %(x)s %"), "50%.csv")


@pytest.mark.parametrize("code", NoteCode)
@pytest.mark.parametrize("count", [1, 7])
def test_every_note_is_a_sentence_with_its_number(code: NoteCode, count: int) -> None:
    said = note(ReaderNote(code, count, "FAM"))
    assert said.endswith(".")
    assert "%(" not in said
    assert str(count) in said or code in (NoteCode.ENCODING_GUESSED, NoteCode.VERSION_NOT_VALID)


@pytest.mark.parametrize("form", FileFormat)
def test_every_format_has_a_name(form: FileFormat) -> None:
    assert format_name(form)
