from pathlib import Path

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.rules.listing import page

PAGE = Path(__file__).parents[3] / "docs" / "profiles.md"


def test_the_published_list_is_what_the_profiles_do():
    assert PAGE.read_text("utf-8") == page(), "run: python -m orthanc_plugin.deid.rules.listing > docs/profiles.md"


def test_every_row_of_the_table_is_on_the_page():
    text = PAGE.read_text("utf-8")
    missing = [row.name for tag, row in standard.rows().items() if f"({tag >> 16:04X},{tag & 0xFFFF:04X})" not in text]
    assert missing == []
    assert len(standard.rows()) == 653
