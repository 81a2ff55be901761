"""The wording is our own (R89): the College's example notice is a list of points to cover, not a text."""

import hashlib
import re
from pathlib import Path

from notices.wording import wording

_KEPT = Path(__file__).parents[1] / "data" / "rcr_example_runs_of_8.txt"
_FINISHED = sorted((Path(__file__).parents[1] / "golden").glob("en-*.txt"))
_THEIRS = frozenset(line for line in _KEPT.read_text().splitlines() if not line.startswith("#"))


def _runs(text: str) -> set[str]:
    found = re.findall(r"\w+", text.lower())
    runs = (" ".join(found[n : n + 8]) for n in range(len(found) - 7))
    return {hashlib.sha256(run.encode()).hexdigest()[:16] for run in runs}


def test_a_run_of_the_example_would_be_found() -> None:
    assert len(_THEIRS) > 200
    assert _runs("We have a legal duty to keep the information we record") & _THEIRS


def test_no_text_has_eight_words_in_a_row_in_common_with_the_example() -> None:
    for path, text in wording("en").texts():
        assert not _runs(text) & _THEIRS, path


def test_no_finished_notice_has_eight_words_in_a_row_in_common_with_the_example() -> None:
    """The golden pages are the finished notices, as their own test holds."""
    for path in _FINISHED:
        assert not _runs(path.read_text(encoding="utf-8")) & _THEIRS, path.name
