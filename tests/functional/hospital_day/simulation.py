"""One simulated day against a running product: furnish, deliver, disturb, wait until all is settled, ask."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from mrdweb.embedded.product import PROJECT
from tests.functional.hospital_day.delivery import Sender
from tests.functional.hospital_day.executioner import Executioner, Listener
from tests.functional.hospital_day.facts import Day
from tests.functional.running.started import Started, plain_environment

COMMAND_SECONDS = 1300


@dataclass
class Simulation:
    """A day that was delivered; `told` is what the product has on record when nothing waits any more."""

    day: Day
    product: Started
    senders: list[Sender] = field(default_factory=list)
    back_after: list[tuple[str, float]] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    delivered_after: float = 0.0
    settled_after: float = 0.0

    def furnish(self) -> None:
        """Write hospital, laboratories, senders and patients."""
        self._inside("furnish")

    def deliver(self, *, disturbed: bool = True) -> None:
        """Send the whole day from three threads, with the executioner among them, and wait until it is settled."""
        listener = Listener(self.product.home)
        executioner = Executioner(self.day.seed, self.day.messages, self.product, listener)
        self.senders = [
            Sender(queue, listener.port, self.day.seed, executioner.answered, disturbed=disturbed)
            for queue in self.day.queues.values()
        ]
        begun = time.monotonic()
        try:
            for thread in [*self.senders, *([executioner] if disturbed else [])]:
                thread.start()
            for sender in self.senders:
                sender.join()
            self.delivered_after = time.monotonic() - begun
            executioner.over()
            if disturbed:
                executioner.join()
            self.told = json.loads(self._inside("settled"))
            self.settled_after = time.monotonic() - begun
        finally:
            listener.end()
        self.back_after = executioner.back_after
        if executioner.fault is not None:
            raise executioner.fault

    @property
    def figures(self) -> str:
        """What was measured, for people."""
        rate, whole = self.day.messages / self.delivered_after, self.day.messages / self.settled_after
        back = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.back_after)
        return (
            f"seed {self.day.seed}: {self.day.messages} messages answered in {self.delivered_after:.1f} s "
            f"({rate:.0f}/s), settled after {self.settled_after:.1f} s ({whole:.0f}/s), "
            f"{sum(each.cuts for each in self.senders)} cuts; back after: {back}"
        )

    def command(self, *words: str) -> str:
        """Run a command of the product beside it and return what it said; a failure is raised with its words."""
        ours = {"MRD_HOME": str(self.product.home), "DJANGO_SETTINGS_MODULE": "mrdweb.settings"}
        environment = {**plain_environment(), **ours}
        done = subprocess.run(
            [sys.executable, *words], cwd=PROJECT, env=environment, capture_output=True, text=True,
            timeout=COMMAND_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def _inside(self, what: str) -> str:
        told = (self.day.seed, self.day.messages, len(self.day.persons))
        return self.command("-m", "tests.functional.hospital_day.inside", what, *map(str, told))
