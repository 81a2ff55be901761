"""What a reader of the finished page sees, kept as text: in English, from right to left, and in an Indic script.

AOA_WRITE_GOLDEN=1 writes the files anew.
"""

import os
import re
from pathlib import Path

import pytest

from tests.support.notices import EVERY, Wanted, made, words

GOLDEN = Path(__file__).parents[1] / "golden"
OTHER_SCRIPTS = (Wanted("ar", "poster", "a4"), Wanted("bn", "poster", "a4"))
KEPT = [one for one in EVERY if one.language == "en" or one in OTHER_SCRIPTS]


def _steady(text: str) -> str:
    return re.sub(r"\([0-9a-f]{8}\)", "(fingerprint)", text)


@pytest.mark.parametrize("wanted", KEPT, ids=str)
def test_the_page_reads_as_before(wanted: Wanted) -> None:
    path, found = GOLDEN / f"{wanted}.txt", _steady(words(made(wanted)))
    if os.environ.get("AOA_WRITE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_every_golden_page_is_of_a_notice_that_is_made() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {str(one) for one in KEPT}
