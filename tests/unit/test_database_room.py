"""How much of a machine's memory the embedded PostgreSQL takes."""

import os

import pytest

from mrdweb.embedded import postgres

MB = 2**20


@pytest.mark.parametrize(("memory_mb", "buffers"), [(256, "128MB"), (2_048, "512MB"), (65_536, "1024MB")])
def test_a_quarter_of_the_memory_within_bounds(monkeypatch: pytest.MonkeyPatch, memory_mb: int, buffers: str) -> None:
    known = {"SC_PAGE_SIZE": 4_096, "SC_PHYS_PAGES": memory_mb * MB // 4_096}
    monkeypatch.setattr(os, "sysconf", known.__getitem__)
    assert postgres.room()["shared_buffers"] == buffers
