"""Asked as a process with the addresses of a running product: `furnish`, or `settled` and what is on record then."""

import json
import sys
import time

import django
from django.db import DatabaseError, connection

SETTLE_SECONDS, LOOK_SECONDS = 1200.0, 0.5


def main(what: str, seed: int, messages: int, patients: int) -> None:
    """Do one thing in the product's database."""
    django.setup()
    from tests.functional.hospital_day import place, records, stories
    from tests.world import World

    if what == "furnish":
        place.furnish(World.make(), stories.simulated(seed, messages=messages, patients=patients))
        return
    until = time.monotonic() + SETTLE_SECONDS
    while (waits := _unsettled()) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    told = {"waits": waits, **records.medical(), **records.exchanged()}
    sys.stdout.write(json.dumps(told, default=str))


def _unsettled() -> int:
    from tests.functional.hospital_day import records

    try:
        return records.unsettled()
    except DatabaseError:
        connection.close()
        return 1


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
