"""What the rules of this release would change: compared with what is in force, listed, signed or refused."""

import gc
import multiprocessing
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError
from django.db import connections, transaction
from django.utils import timezone

from monitoring import scope
from monitoring.actions import shadow_decisions, shadow_runs
from monitoring.actions.refusals import ActionRefused
from monitoring.management.command import ProductCommand
from monitoring.models import ShadowRun, User
from monitoring.queries import editions
from monitoring.queries import shadow_runs as queries
from monitoring.wording.shadow_words import VerdictTold, step_words, verdict_told, weight_words


class Command(ProductCommand):
    """Compare all series in shards, each a process of its own; nothing in force is written."""

    help = "Computes all series by the rules of this release and lists what would change, for a clinical signature."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who acts, and what is to be done with which comparison."""
        parser.add_argument("--by", metavar="USERNAME", help="who asks, signs or refuses")
        parser.add_argument("--shards", type=int, default=2)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--show", type=int, metavar="RUN", help="list what a comparison found")
        what.add_argument("--sign", type=int, metavar="RUN", help="sign a comparison, as a second person")
        what.add_argument("--refuse", type=int, metavar="RUN", help="refuse a comparison: everything stays as it is")
        parser.add_argument("--comment", default="", help="what the decision rests on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked for; a comparison where nothing else is."""
        by = self._person(options["by"])
        if options["show"] is not None:
            self._show(by, options["show"])
        elif options["sign"] is not None:
            self._decide(by, options["sign"], options["comment"], signs=True)
        elif options["refuse"] is not None:
            self._decide(by, options["refuse"], options["comment"], signs=False)
        else:
            self._compare(by, options["shards"])

    def _person(self, username: str | None) -> User:
        found = User.objects.filter(username=username or "", is_active=True).first()
        if found is None:
            raise CommandError("Say with --by USERNAME who acts: an active account.")
        return found

    def _compare(self, by: User, shards: int) -> None:
        run = shadow_runs.start_editions(by=by)
        failed = self._in_shards(run, shards)
        because = f"Shards {failed} failed." if failed else ""
        done = shadow_runs.finish_editions(run.pk, now=timezone.now(), failed_because=because)
        if because:
            raise CommandError(f"{because} Comparison {run.pk} cannot be signed. Run the command again.")
        self.stdout.write(
            f"Comparison {run.pk}: {done.series_differing} of {done.series_compared} series differ. "
            f"A second person looks at them on the page /rules/{run.pk}/ or with `manage.py shadow --show {run.pk}`, "
            "and signs or refuses."
        )

    def _in_shards(self, run: ShadowRun, shards: int) -> list[int]:
        """Compute every shard; one of them alone needs no process of its own."""
        if shards == 1:
            shadow_runs.compare_shard(run.pk, shard=0, shards=1, now=timezone.now())
            return []
        connections.close_all()  # a connection belongs to one process
        fork = multiprocessing.get_context("fork")
        processes = [fork.Process(target=self._shard, args=[run.pk, shard, shards]) for shard in range(shards)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        return [shard for shard, process in enumerate(processes) if process.exitcode != 0]

    def _shard(self, run_id: int, shard: int, shards: int) -> None:
        gc.freeze()
        done = shadow_runs.compare_shard(run_id, shard=shard, shards=shards, now=timezone.now())
        self.stdout.write(f"{done} series compared")
        sys.stdout.flush()

    def _decide(self, by: User, run_id: int, comment: str, *, signs: bool) -> None:
        decide = shadow_decisions.sign if signs else shadow_decisions.refuse
        try:
            with transaction.atomic():
                scope.enter(by)
                decide(by=by, run_id=run_id, comment=comment, now=timezone.now())
        except (ActionRefused, PermissionDenied) as refused:
            raise CommandError(str(refused)) from refused
        except ShadowRun.DoesNotExist as error:
            raise CommandError(f"There is no comparison {run_id}.") from error
        if not signs:
            self.stdout.write(f"Comparison {run_id} is refused. Everything stays as it is.")
            return
        waiting = ", ".join(f"{name} {version}" for name, version in editions.unsigned().items())
        then = f"Not signed yet: {waiting}." if waiting else "Run `manage.py migrate`, then start this release."
        self.stdout.write(f"Comparison {run_id} is signed. {then}")

    def _show(self, by: User, run_id: int) -> None:
        with transaction.atomic():
            scope.enter(by)
            run = queries.find_run(by, run_id)
            if run is None:
                raise CommandError(f"There is no comparison {run_id}.")
            after: tuple[int, int] | None = None
            while True:
                page = queries.differences(run, now=timezone.now(), after=after)
                for row in page.rows:
                    self.stdout.write(_line(row))
                after = page.next_after
                if after is None:
                    break
        if page.hidden:
            self.stdout.write(f"{page.hidden} more series differ, of centres that {by.username} does not see.")


def _line(row: queries.DifferenceShown) -> str:
    """One difference as a line: patient, rule set, what it does, the verdict before and after, its alerts."""
    before = _stands(verdict_told(row.before, row.state_before))
    after = _stands(verdict_told(row.after, row.state_after))
    steps = "; ".join(map(step_words, row.steps)) or "no alert changes"
    named = f"{row.pseudonym} {row.marker} {row.ruleset}: {weight_words(row.weight)}"
    return f"{named}. {before} -> {after}. {steps}"


def _stands(told: VerdictTold) -> str:
    return ", ".join(part for part in (told.words, told.date) if part)
