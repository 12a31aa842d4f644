"""One number, three doors, two languages: what is understood never depends on the language of the page.

| written   | typed    | pasted   | csv with points | csv with commas | csv that decides nothing |
|-----------|----------|----------|-----------------|-----------------|--------------------------|
| 34        | 34       | 34       | 34              | 34              | 34                       |
| 1,000     | question | question | 1000            | 1.000           | question                 |
| 30.000    | question | question | 30.000          | 30000           | question                 |
| 31 000    | question | question | 31000           | 31000           | 31000                    |
| 5.314,592 | question | question | question        | 5314.592        | 5314.592                 |
| 5,314.592 | question | question | 5314.592        | question        | 5314.592                 |
"""

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from monitoring.domain.plate import WellRole
from monitoring.models import ResultWell
from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem, FileRefused
from tests.integration import test_series_enter as grid
from tests.integration.typed_entry import address, post, submit, typed
from tests.world import World

pytestmark = pytest.mark.django_db

QUESTION = "question"
DOORS = ["typed", "pasted", "csv with points", "csv with commas", "csv that decides nothing"]
CQS = {"csv with points": "29.51", "csv with commas": "29,51", "csv that decides nothing": "29"}


def _table() -> list[tuple[str, str, str]]:
    lines = [line for line in (__doc__ or "").splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(written, door, said) for written, *rest in cells for door, said in zip(DOORS, rest, strict=True)]


def by_typing(client: Client, world: World, written: str) -> str:
    page = address(grid.seen_series(world))
    client.force_login(world.technician)
    form = typed(world.assay, target_1=written, collected_on=str(grid.ago(4)), received_on=str(grid.ago(3)))
    form |= {"accession_number": "26-99001", "tissue": "BM", "way": "copies"}
    form |= {"target_2": "28", "target_3": "30", "abl1_1": "33839", "abl1_2": "31623", "abl1_3": "32712"}
    if post(client, page, form, "read").status_code != 200:
        return QUESTION
    submit(client, page, form)
    return first_well(world)


def by_pasting(client: Client, world: World, written: str) -> str:
    series = grid.seen_series(world)
    row = grid.row(1, [written, *grid.GOOD[1:]], **grid.new_tube(series, "26-80001"))
    answer = grid.post(client, world, row, "read")
    if answer.status_code != 200:  # type: ignore[attr-defined]
        return QUESTION
    page = answer.content.decode()  # type: ignore[attr-defined]
    if 'name="understood"' not in page:
        return QUESTION
    grid.post(client, world, row, "submit", understood=grid.understood(page))
    return first_well(world)


def first_well(world: World) -> str:
    world.as_person(world.technician)
    wells = ResultWell.objects.filter(target=ResultWell.Target.MARKER).order_by("-result_id", "position")
    first = wells.first()
    return f"{first.copies:f}" if first is not None and first.copies is not None else "nothing stored"


def by_file(written: str, cq: str) -> str:
    content = f"well;sample;target;role;cq;standard_copies\nA1;S;NPM1;standard;{cq};{written}\n"
    try:
        plate = read_plate(content.encode(), "plate.csv")
    except FileRefused as refused:
        return QUESTION if refused.problem is FileProblem.NUMBER_AMBIGUOUS else refused.problem.value
    (reaction,) = [each for each in plate.reactions if each.role is WellRole.STANDARD]
    return f"{reaction.standard_copies:f}"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("written", "door", "said"), _table())
def test_the_language_never_decides_what_a_number_means(
    client: Client, world: World, language: str, written: str, door: str, said: str
) -> None:
    world.now = timezone.now()
    client.force_login(world.technician)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if door == "typed":
        found = by_typing(client, world, written)
    elif door == "pasted":
        found = by_pasting(client, world, written)
    else:
        found = by_file(written, CQS[door])
    assert found == said
    assert said == QUESTION or Decimal(found) == Decimal(said)
