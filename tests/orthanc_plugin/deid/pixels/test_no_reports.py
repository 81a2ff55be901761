"""What runs the networks tells nobody that it does: nothing of a hospital goes to a maker (ADR 0162)."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from orthanc_plugin.deid.pixels.detection import weights


def libraries() -> list[Path]:
    spec = find_spec("onnxruntime")
    assert spec is not None
    assert spec.origin is not None
    return sorted(Path(spec.origin).parent.rglob("*.so*"))


def test_the_library_that_runs_the_networks_knows_no_collector():
    found = libraries()
    assert found
    for library in found:
        content = library.read_bytes()
        assert b"events.data.microsoft.com" not in content, library.name
        assert b"OneCollector" not in content, library.name


def test_running_a_network_leaves_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    weights.session("detector")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(autouse=True)
def _fresh():
    weights.session.cache_clear()
