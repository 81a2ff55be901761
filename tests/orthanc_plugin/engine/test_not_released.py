"""What became of an object: three things within the engine, two words outside, and one place that knows both."""

import ast
from pathlib import Path

import pytest

import orthanc_plugin.engine
from orthanc_plugin.engine.export.endings import Endings
from orthanc_plugin.engine.export.preparing import held_back
from orthanc_plugin.engine.jobs.not_released import (
    Excluded,
    Failed,
    Held,
    counts,
    counts_of,
    not_released,
    outside_word,
    read_recorded,
    recorded,
)
from orthanc_plugin.engine.records import Planned
from tests.orthanc_plugin.engine.conftest import JOB
from tests.support.cases import a_case

WORDS = {"excluded", "quarantined"}
FOUND = {3: Failed("damaged"), 1: Excluded("a report"), 2: Held("writing", "writing")}
OBJECTS = tuple(Planned(f"orthanc-{at}", 1, 1, "CT", "1.2.840.10008.5.1.4.1.1.2") for at in (1, 2, 3))


@pytest.mark.parametrize(
    ("what", "word"), [(Excluded("x"), "excluded"), (Held("x", "face"), "quarantined"), (Failed("x"), "quarantined")]
)
def test_each_is_told_outside_in_one_of_two_words(what, word):
    assert outside_word(what) == word


def test_a_word_without_a_rule_is_something_that_nobody_can_let_pass():
    assert not_released("quarantined", "x") == Failed("x")
    assert not_released("quarantined", "x", "face") == Held("x", "face")
    assert not_released("excluded", "x", "face") == Excluded("x")


def test_what_was_recorded_is_read_again_in_order_and_so_is_what_the_version_before_recorded():
    assert [position for position, *_ in recorded(FOUND)] == [1, 2, 3]
    assert read_recorded(recorded(FOUND)) == FOUND
    before = [
        [3, "quarantined", "damaged", ""],
        [1, "excluded", "a report", ""],
        [2, "quarantined", "writing", "writing"],
    ]
    assert read_recorded(before) == FOUND


def test_counts_and_lists_are_told_in_the_words_of_the_outside(jobs):
    assert counts(FOUND.values()) == {"excluded": 1, "quarantined": 2}
    jobs.seal(JOB, a_case(objects=OBJECTS))
    Endings(jobs, 1).note(JOB, {"released": 0, "left": recorded(FOUND), "sha256": None})
    state = jobs.state(JOB)
    assert counts_of(state) == {"excluded": 1, "quarantined": 2}
    assert [(part["position"], part["status"]) for part in state["held_back"]] == [
        (1, "excluded"),
        (2, "quarantined"),
        (3, "quarantined"),
    ]
    told = list(held_back(a_case(objects=OBJECTS), FOUND))
    assert "orthanc-" not in str(told)
    assert told[1].reason == "writing"


def test_no_other_file_of_the_engine_holds_the_words_of_the_outside():
    root = Path(orthanc_plugin.engine.__file__).parent
    files = sorted(root.rglob("*.py"))
    holding = [path.name for path in files if WORDS.intersection(_texts(path))]
    assert len(files) > 50
    assert holding == ["not_released.py"]


def _texts(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
