"""No property has a deadline, and the same code is given the same examples, on whatever machine (F27)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parents[1]


def test_the_loaded_profile_gives_every_property_the_time_it_needs() -> None:
    for held in (settings(), settings(max_examples=1)):
        assert held.deadline is None
        assert HealthCheck.too_slow in held.suppress_health_check


def test_no_test_has_a_profile_or_a_deadline_of_its_own() -> None:
    words = ("deadline=", "derandomize=", "settings.load_profile(", "settings.register_profile(")
    allowed = {TESTS / "support" / "properties.py", Path(__file__)}
    texts = {path: path.read_text("utf-8") for path in TESTS.rglob("*.py") if path not in allowed}
    found = [(path.name, word) for path, text in texts.items() for word in words if word in text]
    assert found == [("test_no_test_goes_by_the_clock.py", "deadline=")]  # an example there


@pytest.mark.parametrize("ci", ["", "true"])
def test_it_is_the_same_where_hypothesis_finds_itself_in_ci(ci: str) -> None:
    code = (
        "from hypothesis import settings; from tests.support import properties; properties.load();"
        "held = settings(); print(held.deadline, held.derandomize, held.max_examples, held.print_blob)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | ({"CI": ci} if ci else {})
    said = subprocess.check_output([sys.executable, "-c", code], cwd=TESTS.parent, env=environment, text=True)
    assert said == "None True 100 True\n"
