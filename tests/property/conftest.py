"""How many examples each law is tried with: few by default, many at night (HYPOTHESIS_PROFILE=night)."""

import os

from hypothesis import settings

# No deadline: a machine that is busy with other things proves nothing about a law.
settings.register_profile("small", deadline=None)
settings.register_profile("night", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "small"))
