"""A real Chromium, one for all tests of a worker: Playwright's synchronous side can be entered only once a process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.patience import MILLISECONDS

_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    expect.set_options(timeout=MILLISECONDS)  # Playwright's own five seconds are short on a busy machine
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(_SWITCHES), timeout=MILLISECONDS
        )
        yield browser
        browser.close()
