"""One browser for all tests of a process that need one, and one web server for those of a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.functional.story.site import Site
from tests.machine import browser as path_of_browser
from tests.world import World

EXPECTED_MS = 30_000  # as long as Playwright waits for everything else: what comes is no later for it
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


expect.set_options(timeout=EXPECTED_MS)


@pytest.fixture(scope="session")
def started_browsers() -> list[Browser]:
    """The browser, once a test has asked for it."""
    return []


@pytest.fixture(scope="session")
def browser(started_browsers: list[Browser]) -> Iterator[Browser]:
    """Return Debian's browser; each test opens contexts of its own in it."""
    path = path_of_browser()
    if path is None:
        pytest.skip("no browser on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        started_browsers.append(started)
        yield started
        started_browsers.clear()
        started.close()


@pytest.fixture(autouse=True)
def no_window_outlives_its_test(started_browsers: list[Browser]) -> Iterator[None]:
    """Close what a test opened: a page that is left open goes on asking, and keeps a place for streams."""
    there = [context for each in started_browsers for context in each.contexts]
    yield
    for each in started_browsers:
        for context in each.contexts:
            if context not in there:
                context.close()


@pytest.fixture(scope="module")
def web_server(django_db_setup: None) -> Iterator[Site]:
    """A web server on the database of this process, which every test of a file fills and empties."""
    running = Site()
    try:
        running.start_web()
        yield running
    finally:
        running.stop()


@pytest.fixture
def site(web_server: Site, committed: World) -> Site:
    """The web server of this file, with the people of the world on record."""
    return web_server
