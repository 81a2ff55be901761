"""The table of what to change for what names files that are there."""

import re
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_every_place_that_the_guide_names_is_there():
    table = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## To add something")[1]
    named = re.findall(r"`([a-z_]+/[^`]*)`", table)
    assert len(named) > 10
    assert [place for place in named if not (TOP / place).exists()] == []
