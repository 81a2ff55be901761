"""What all tests share: the installation, the browser, how properties are drawn, and the order in which they run."""

import os

import pytest

from tests.support import certificates, properties
from tests.support.browser import chromium
from tests.support.neighbours import Place, place, stretches
from tests.support.stack import new_stack, stack

__all__ = ["chromium", "new_stack", "stack"]

certificates.read_once()
properties.load()  # before any test is imported: settings take over what is loaded when they are written


def _place(item: pytest.Item) -> Place:
    return place(item.nodeid, getattr(item, "fixturenames", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need an installation, and let each worker keep together what shares one."""
    for item in items:
        if _place(item)[0] == "stack":
            item.add_marker(pytest.mark.integration)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = stretches(items, _place, workers)
