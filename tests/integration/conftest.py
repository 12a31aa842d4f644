"""Passwords whose hashes cost little, for sign-ins by the hundred."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher


@pytest.fixture(scope="package", autouse=True)
def hashes_cost_little() -> Iterator[None]:
    """Hash as the product does, with less memory and time: how dear a guess is, is not what is shown here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "memory_cost", 64)  # KiB
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield
