"""A product of three tiny programs in place of the real one, for tests of the supervisor alone.

`python -m tests.functional.running.stand_in` does what `manage.py up` does, with these programs.
"""

import sys
from collections.abc import Mapping

from mrdweb.embedded import supervisor
from mrdweb.embedded.addresses import Addresses
from mrdweb.embedded.home import Home
from mrdweb.embedded.processes import Program
from mrdweb.embedded.product import PROJECT, Product, python
from tests.functional.running import stand_in_programs


def product(home: Home, found: Addresses, port: int, environ: Mapping[str, str]) -> Product:
    """Return the stand-in's programs."""
    given = {**environ, **found.environment(), "MRD_HOME": str(home.root)}

    def program(name: str, *words: str) -> Program:
        command = python("-S", stand_in_programs.__file__, name, *words)
        return Program(name, command, PROJECT, given, grace_seconds=1.0, orphan_grace_seconds=1.0)

    return Product(
        preparations=(program("prepare"),),
        demonstration=(program("demonstrate"),),
        web=program("web", str(port)),
        background=(program("worker"),),
        fingerprint=lambda: "",
    )


if __name__ == "__main__":
    sys.exit(supervisor.main(product))
