"""Tests of one language share a worker, so that each of its notices is made once."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        wanted = getattr(getattr(item, "callspec", None), "params", {}).get("wanted")
        if language := getattr(wanted, "language", None):
            item.add_marker(pytest.mark.xdist_group(f"notices-{language}"))
