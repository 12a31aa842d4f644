#!/usr/bin/env python3
"""The command line: `manage.py up` starts the product, `manage.py help` names the other commands."""

import os
import sys


def main() -> int:
    """Run one command; return its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrdweb.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.stderr.write(
            "Django is not installed for this Python. Run `make setup`, then .venv/bin/python manage.py.\n"
        )
        return 1
    if sys.argv[1:] == ["up"]:
        # the supervisor makes the settings of the processes that it starts; it needs none itself
        from mrdweb.embedded import supervisor

        return supervisor.main()
    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
