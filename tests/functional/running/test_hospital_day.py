"""A hospital day: three senders on bad lines, everything killed in turn; nothing lost, nothing doubled."""

import os
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.functional.hospital_day import account, place, records, stories
from tests.functional.hospital_day.account import Fate
from tests.functional.hospital_day.executioner import EACH
from tests.functional.hospital_day.facts import BELOW_QUANTIFICATION, LOD_PCT, Level, Sent, Tube
from tests.functional.hospital_day.simulation import Simulation
from tests.functional.running.started import Started
from tests.servers import new_home
from tests.world import World

pytestmark = pytest.mark.timeout(1800)

UP = (sys.executable, "manage.py", "up")
SEED = int(os.environ.get("MRD_DAY_SEED", "1"))
MESSAGES, PATIENTS = int(os.environ.get("MRD_DAY_MESSAGES", "200")), 200
RULESET, CODE, INDEX_ON, INDEX, TISSUE = 1, 2, 4, 5, 6  # places in what is told of an alert


class Lived(NamedTuple):
    """A day that is over: what was delivered, what must have come of it."""

    simulation: Simulation
    fates: dict[str, list[tuple[Sent, Fate]]]
    finals: dict[Tube, Level]

    @property
    def told(self) -> dict[str, Any]:
        """What the product has on record."""
        return self.simulation.told


@pytest.fixture(scope="module")
def lived() -> Iterator[Lived]:
    day = stories.simulated(SEED, messages=MESSAGES, patients=PATIENTS)
    directory = new_home()
    product = Started(directory / "home", command=UP, extra={"MRD_DEMONSTRATION": "no"})
    try:
        product.until_ready()
        simulation = Simulation(day, product)
        simulation.furnish()
        simulation.deliver(disturbed=os.environ.get("MRD_DAY_QUIET") is None)
        sys.stdout.write(simulation.figures + "\n")
        yield Lived(simulation, *account.expected(day))
    finally:
        product.end()
        shutil.rmtree(directory, ignore_errors=True)


def test_every_message_is_answered_as_it_must_be_and_nothing_waits(lived: Lived) -> None:
    for sender, fates in zip(lived.simulation.senders, lived.fates.values(), strict=True):
        assert sender.faults == []
        assert sender.letters == [fate.letter for _, fate in fates]
    assert lived.told["waits"] == 0
    assert Counter(name for name, _ in lived.simulation.back_after) == EACH


def test_every_message_is_accounted_for_once(lived: Lived) -> None:
    rows = defaultdict(list)
    for row in lived.told["messages"]:
        rows[row["sha256"]].append(row)
    wrong = []
    for sender, fates in zip(lived.simulation.senders, lived.fates.values(), strict=True):
        for (sent, fate), went_out in zip(fates, sender.whole, strict=True):
            found = rows.pop(sent.sha256)
            if not accounted(found, fate) or len(found) > went_out:
                wrong.append((sent.story, sent.control, fate, went_out, found))
    assert wrong == []
    assert rows == {}, "messages that nobody sent whole"


def accounted(rows: list[dict[str, Any]], fate: Fate) -> bool:
    """Whether a message that went out once or more left what it must: one row that counts, others as repetitions."""
    if fate.state == "REFUSED":
        return all((row["state"], row["ack"]) == ("REFUSED", "AR") and row["codes"] for row in rows)
    counting = [row for row in rows if row["state"] != "DUPLICATE"]
    if fate.state == "DUPLICATE":
        return counting == [] and rows != []
    return [(row["state"], tuple(row["codes"])) for row in counting] == [(fate.state, fate.codes)]


def test_what_a_person_has_to_decide_is_in_the_list(lived: Lived) -> None:
    wanted = sum(fate.state == "QUARANTINED" for fates in lived.fates.values() for _, fate in fates)
    assert lived.told["waiting"] == wanted > MESSAGES // 20


def test_every_final_value_is_that_of_the_laboratories_and_nothing_is_doubled(lived: Lived) -> None:
    wanted = sorted(
        [f"{tube.sender} {tube.accession}", str(tube.collected_on), tube.tissue, level.call, plain(level.pct_abl1),
         "40000", plain(LOD_PCT), plain(LOD_PCT) if level == BELOW_QUANTIFICATION else ""]
        for tube, level in lived.finals.items()
    )  # fmt: skip
    assert lived.told["results"] == wanted
    merges = {(sent.says.old_number, sent.says.person.pseudonym)  # type: ignore[union-attr]
              for fates in lived.fates.values() for sent, fate in fates
              if sent.message_type == "A40" and fate.state == "DONE"}  # fmt: skip
    assert sorted(tuple(row[1:]) for row in lived.told["numbers"]) == sorted(merges)


def plain(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


def test_verdicts_episodes_and_alerts_are_those_of_a_clean_load(lived: Lived, committed: World) -> None:
    place.furnish(committed, lived.simulation.day)
    place.load_truth(committed, lived.finals)
    clean = records.medical()
    for what in ("results", "verdicts", "episodes"):
        assert lived.told[what] == clean[what], what
    assert_alerts_agree(lived.told, clean)


def assert_alerts_agree(told: dict[str, Any], clean: dict[str, Any]) -> None:
    """No alert is missing, none is there twice, and each further one tells of what happened during the day.

    Two kinds are further: that an urgent alert was taken back, and a flag of the same verdicts that was raised before
    the negative that followed it came. When all is loaded at once that flag is history, and nobody is called.
    """
    day, wanted = {tuple(each) for each in told["alerts"]}, {tuple(each) for each in clean["alerts"]}
    taken_back = {each for each in day if each[CODE] == "RETRACTION"}
    flags = {
        (pseudonym, ruleset, flag["code"], flag["result"])
        for pseudonym, ruleset, _, content in clean["verdicts"]
        for flag in content["flags"]
    }
    assert wanted <= day, "alerts that nobody was told of"
    further = day - wanted - taken_back
    assert {(each[0], each[RULESET], each[CODE], each[INDEX]) for each in further} <= flags
    answered = last_negatives(clean)
    assert [each for each in further if answered.get((each[0], each[TISSUE]), "") <= each[INDEX_ON]] == []
    subjects = [tuple(each) for each in told["alerts"] if each[CODE] != "RETRACTION"]
    assert len(subjects) == len(set(subjects)) >= len(wanted) > min(MESSAGES, PATIENTS) // 10
    assert len(taken_back) <= len(told["ended"])


def last_negatives(told: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The day of the last negative of each patient in each tissue."""
    tubes = {name: (on, tissue) for name, on, tissue, *_ in told["results"]}
    last: dict[tuple[str, str], str] = {}
    for pseudonym, _, _, content in told["verdicts"]:
        for sample in content["samples"]:
            on, tissue = tubes[sample["id"]]
            if sample["class"] == "NEGATIVE":
                last[pseudonym, tissue] = max(last.get((pseudonym, tissue), ""), on)
    return last


def test_computing_everything_anew_changes_nothing_and_the_audit_seals_hold(lived: Lived) -> None:
    said = lived.simulation.command("manage.py", "recompute", "--all", "--verify", "--shards", "1")
    assert said.strip() == f"{PATIENTS} series, 0 verdicts changed"
    assert "agree" in lived.simulation.command("manage.py", "verify_audit")
