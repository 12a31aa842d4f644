"""Damaged files: whatever was done to them, the answer is a plate or a refusal with its place, and soon.

Seeded, so that number 1,234 of a format is the same file everywhere. HYPOTHESIS_PROFILE=night tries ten times as many.
"""

from collections import Counter
from time import perf_counter

import pytest

from monitoring.domain.plate import Plate
from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem, FileRefused
from monitoring.wording.file_refusals import note, refusal
from tests.endurance import AT_NIGHT, tried
from tests.property.damaged_files import FORMATS, ILL_MEANT, damaged, huge, ill_meant, originals
from tests.property.plates_to_read import rows_of

FILES = 20_000 if AT_NIGHT else tried(2_000)  # of each format
SLOWEST = 10.0  # seconds for one file; a few milliseconds are usual
HIGHEST_CQ = 100  # cycles
FEWEST_KINDS = 6  # of refusals that a format must have met, so that the damages are known to bite
# problems of the file as a whole: there is no line to point at
WITHOUT_PLACE = {
    FileProblem.EMPTY, FileProblem.TOO_LARGE, FileProblem.NOT_RECOGNISED, FileProblem.ARCHIVE_BROKEN,
    FileProblem.ARCHIVE_UNSAFE, FileProblem.TABLE_MISSING, FileProblem.NO_REACTIONS,
}  # fmt: skip
EVERY_FORMAT = pytest.mark.parametrize("name", FORMATS)


def read(content: bytes) -> Plate | FileRefused:
    begun = perf_counter()
    try:
        return read_plate(content, "run.txt")
    except FileRefused as refused:
        return refused
    finally:
        assert perf_counter() - begun < SLOWEST


def check_plate(plate: Plate) -> None:
    places = [(reaction.well, reaction.target) for reaction in plate.reactions]
    assert places
    assert len(places) == len(set(places))
    for reaction in plate.reactions:
        assert reaction.well
        assert reaction.target
        assert reaction.cq is None or 0 < reaction.cq < HIGHEST_CQ
        assert reaction.standard_copies is None or (
            reaction.standard_copies.is_finite() and reaction.standard_copies > 0
        )
        assert reaction.printed_copies is None or (reaction.printed_copies.is_finite() and reaction.printed_copies >= 0)
    assert all(note(decided) for decided in plate.notes)


def check_refusal(refused: FileRefused) -> None:
    place = refused.place
    assert refused.problem in WITHOUT_PLACE or place.line or place.column or place.sheet
    assert len(refused.value) <= 60
    sentence = refusal(refused, "run.txt")
    assert sentence.startswith("run.txt")
    assert sentence.endswith((".", "?"))
    assert "%(" not in sentence
    assert all(str(known) in sentence for known in (place.line, place.column, place.sheet) if known)


@EVERY_FORMAT
def test_a_damaged_file_gives_a_plate_or_a_refusal_with_its_place(name: str) -> None:
    answers: Counter[object] = Counter()
    for number in range(FILES):
        answer = read(damaged(name, number))
        if isinstance(answer, Plate):
            check_plate(answer)
        else:
            check_refusal(answer)
        answers["plate" if isinstance(answer, Plate) else answer.problem] += 1
    assert answers["plate"]
    assert len(answers) > FEWEST_KINDS


@EVERY_FORMAT
def test_a_cut_file_never_tells_other_numbers_than_the_whole_one(name: str) -> None:
    content = originals()[name][0]
    whole = read_plate(content)
    told = {row[1:] for row in rows_of(whole.reactions)}
    for length in range(0, len(content), 1 + len(content) // tried(2_000)):
        answer = read(content[:length])
        if isinstance(answer, Plate):
            assert {row[1:] for row in rows_of(answer.reactions)} <= told, length


@EVERY_FORMAT
def test_a_file_of_100_mb_is_refused_before_it_is_looked_at(name: str) -> None:
    answer = read(huge(name))
    assert isinstance(answer, FileRefused)
    assert answer.problem is FileProblem.TOO_LARGE


@pytest.mark.parametrize("name", ILL_MEANT)
def test_an_archive_that_is_made_to_hurt_is_refused(name: str) -> None:
    answer = read(ill_meant(name))
    assert isinstance(answer, FileRefused)
    check_refusal(answer)
