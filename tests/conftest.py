"""What all tests share: the running installation, the browser, and which tests run beside each other."""

import pytest

from tests.support.browser import chromium
from tests.support.stack import new_stack, stack

__all__ = ["chromium", "new_stack", "stack"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need an installation, and keep those that share one on one worker."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "stack" in fixtures or "new_stack" in fixtures:
            item.add_marker(pytest.mark.integration)
        if "stack" in fixtures:
            item.add_marker(pytest.mark.xdist_group("stack"))
