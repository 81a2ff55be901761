"""What all tests share: the running installation and the browser."""

import pytest

from tests.support.browser import chromium
from tests.support.stack import new_stack, stack

__all__ = ["chromium", "new_stack", "stack"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need an installation."""
    for item in items:
        if {"stack", "new_stack"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.integration)
