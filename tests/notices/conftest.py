"""Tests of one language share a worker, so that each of its notices is made once."""

from typing import Any

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        if language := getattr(params.get("wanted"), "language", None) or _code(params):
            item.add_marker(pytest.mark.xdist_group(f"notices-{language}"))


def _code(params: dict[str, Any]) -> str | None:
    return code if isinstance(code := params.get("code"), str) else None
