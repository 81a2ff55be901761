"""The verifier shares no code with the side it verifies (ADR 0041)."""

import ast
from pathlib import Path

import pytest

VERIFY = Path(__file__).parents[3] / "orthanc_plugin" / "verify"


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("path", sorted(VERIFY.rglob("*.py")), ids=lambda path: path.name)
def test_it_imports_nothing_of_the_de_identifying_side(path):
    ours = {name for name in imported(path) if name.startswith("orthanc_plugin.")}

    assert {name for name in ours if not name.startswith("orthanc_plugin.verify")} == set()


def test_the_de_identifying_side_uses_nothing_of_its_inside():
    paths = [path for path in (VERIFY.parent / "deid").rglob("*.py") if VERIFY not in path.parents]
    inside = {name for path in paths for name in imported(path) if name.startswith("orthanc_plugin.verify.")}

    assert len(paths) > 5
    assert inside == set()


def test_it_reads_no_data_of_another_room():
    named = {
        node.value
        for path in VERIFY.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("orthanc_plugin.")
    }

    assert named == {"orthanc_plugin.verify"}
