"""A letter run, made once for the tests of a worker, and what can be read of any run."""

from functools import cache

from pikepdf import Name, Object, Pdf

from notices import Site
from notices.merge import Letter, Result, merge
from notices.pdf.structure import elements
from tests.support.notices import opened

NAMES = (
    "Zoë Ångström",
    "محمد عبد الله",
    "مُحَمَّد",
    "নাজমা বেগম",
    "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
    "Nguyễn Thị Bích",
    "क्षितिज शर्मा",
    "שרה לוי",
    "สมปิ่น ใจดี",
    "Siân O'Brien-Jones",
    "<b>Bobby</b> & {{ name }}",
)
UNKNOWN = "\U0010f123"
"""A letter of nobody's script: no font has it, wherever the tests run."""
SMILEY = "\U0001f600"
"""Some fonts have it, and none that is chosen."""
WIDE = "W" * 79
PRINTED = tuple(Letter(row, name, "en") for row, name in enumerate(NAMES, start=2))
RIGHT_TO_LEFT = Letter(20, NAMES[1], "ar")
LARGE = Letter(21, NAMES[0], "en", large_print=True)
REFUSED = (Letter(30, UNKNOWN, "en"), Letter(31, WIDE, "en", large_print=True))


@cache
def run() -> Result:
    """Return a run with names in many scripts, two languages, large print, and two letters that cannot be printed."""
    return merge("insert", [LARGE, REFUSED[1], RIGHT_TO_LEFT, REFUSED[0], *PRINTED], site=Site.default())


def names_of(data: bytes) -> list[str]:
    """Return what a screen reader says for the name in each letter."""
    with opened(data) as pdf:
        return [str(one.ActualText) for part in parts(pdf) for one in elements(part) if "/ActualText" in one]


def parts(pdf: Pdf) -> list[Object]:
    """Return the structure of each letter, in order."""
    return [one for one in elements(pdf.Root.StructTreeRoot) if Name.Part == one.S]
