"""The verifier shares no code with the side it verifies (ADR 0041)."""

import ast
from pathlib import Path

import pytest

VERIFY = Path(__file__).parents[4] / "orthanc_plugin" / "deid" / "verify"
PUBLIC = {"orthanc_plugin.deid.verify"}


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("path", sorted(VERIFY.rglob("*.py")), ids=lambda path: path.name)
def test_it_imports_nothing_of_the_de_identifying_side(path):
    ours = {name for name in imported(path) if name.startswith("orthanc_plugin.")}

    assert {name for name in ours if not name.startswith("orthanc_plugin.deid.verify")} == set()


def test_the_de_identifying_side_uses_nothing_of_its_inside():
    paths = [path for path in VERIFY.parent.rglob("*.py") if VERIFY not in path.parents]
    inside = {name for path in paths for name in imported(path) if name.startswith("orthanc_plugin.deid.verify.")}

    assert len(paths) > 5
    assert inside == set()
