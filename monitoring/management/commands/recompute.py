"""Computes verdicts anew: of one patient, or of all in bulk."""

import gc
import multiprocessing
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import connections, transaction
from django.utils import timezone

from monitoring import scope
from monitoring.actions import bulk_recompute, editions, recompute
from monitoring.actions.bulk_recompute import BulkOrder
from monitoring.actions.editions import EditionsNotSigned
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId
from monitoring.management.command import ProductCommand
from monitoring.models import MrdSeries, Patient

# New objects less deleted ones after which garbage is looked for; a chunk keeps about a hundred thousand.
GARBAGE_THRESHOLD = 500_000


class Command(ProductCommand):
    """Recompute one patient in a transaction, or everything in shards, each a process of its own."""

    help = "Computes verdicts, episodes and alerts anew from what is on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a patient's pseudonym, or --all with a number of shards."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--patient", metavar="PSEUDONYM")
        which.add_argument("--all", action="store_true")
        parser.add_argument("--shards", type=int, default=2)
        parser.add_argument("--shard", type=int, help="compute this shard only (used by --all itself)")
        parser.add_argument("--ruleset", choices=[ruleset.value for ruleset in RULESETS], help="only this rule set")
        parser.add_argument("--verify", action="store_true", help="compute what is not stale too, and compare")
        parser.add_argument("--verdicts-only", action="store_true", help="leave alerts and lists as they are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute and say how many series; refuse where the rules of this release are not signed."""
        with transaction.atomic():
            try:
                editions.check_signed()
            except EditionsNotSigned as refused:
                raise CommandError(str(refused)) from refused
        if options["patient"]:
            self._patient(options["patient"])
        elif options["shard"] is not None:
            self._shard(_order(options))
        else:
            self._all(options)

    def _patient(self, pseudonym: str) -> None:
        with transaction.atomic():
            scope.enter_all_centres()
            found = list(Patient.objects.filter(pseudonym=pseudonym).values_list("pk", flat=True))
            if not found:
                raise CommandError(f"There is no patient {pseudonym}.")
            series = list(MrdSeries.objects.filter(patient_id__in=found).values_list("pk", flat=True))
            recompute.recompute_series(series, now=timezone.now())
        self.stdout.write(f"{len(series)} series of {pseudonym} computed")

    def _all(self, options: dict[str, Any]) -> None:
        """One process a shard: classification is pure Python and holds the interpreter's lock."""
        connections.close_all()  # a connection belongs to one process
        fork = multiprocessing.get_context("fork")  # nothing has to be imported again; this process has one thread
        orders = [_order({**options, "shard": shard}) for shard in range(options["shards"])]
        processes = [fork.Process(target=self._shard, args=[order]) for order in orders]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        failed = [shard for shard, process in enumerate(processes) if process.exitcode != 0]
        if failed:
            raise CommandError(f"Shards {failed} failed; the others are done. Run the command again.")

    def _shard(self, order: BulkOrder) -> None:
        gc.freeze()  # what is there stays; looking for garbage among it would take a fifth of the time
        gc.set_threshold(GARBAGE_THRESHOLD)
        done = bulk_recompute.recompute_shard(order, now=timezone.now())
        self.stdout.write(f"{done.series} series, {done.changed} verdicts changed")
        sys.stdout.flush()


def _order(options: dict[str, Any]) -> BulkOrder:
    chosen = options["ruleset"]
    return BulkOrder(
        shard=options["shard"],
        shards=options["shards"],
        rulesets=(RULESETS[RuleSetId(chosen)],) if chosen else tuple(RULESETS.values()),
        tells=not (options["verdicts_only"] or chosen),
        verifies=options["verify"],
    )
