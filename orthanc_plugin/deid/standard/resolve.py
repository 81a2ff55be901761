"""Turn a code of Table E.1-1, the options of a profile and the attribute's type into one plain verdict.

PS3.15 E.1.1: a composite code such as X/Z/D removes unless the type demands a zero-length (Type 2) or a dummy value
(Type 1). Where an attribute's type demands its presence, a plain X becomes the mildest that conforms as well: in either
case nothing of the value stays.
"""

from collections.abc import Collection
from typing import Literal

from orthanc_plugin.deid.standard import Options

Verdict = Literal["remove", "empty", "dummy", "keep", "clean", "uid"]

_BY_TYPE: dict[str, dict[str, Verdict]] = {
    # code: verdict by type; "" is the verdict for Type 3 or unknown
    "X": {"1": "dummy", "2": "empty", "": "remove"},
    "Z": {"1": "dummy", "1C": "dummy", "": "empty"},
    "D": {"": "dummy"},
    "X/Z": {"1": "dummy", "1C": "dummy", "2": "empty", "2C": "empty", "": "remove"},
    "X/D": {"1": "dummy", "1C": "dummy", "2": "empty", "2C": "empty", "": "remove"},
    "Z/D": {"1": "dummy", "1C": "dummy", "": "empty"},
    "X/Z/D": {"1": "dummy", "1C": "dummy", "2": "empty", "2C": "empty", "": "remove"},
    "X/Z/U*": {"": "uid"},
    "U": {"": "uid"},
}


def code_under(basic: str, row: Options, options: Collection[str]) -> str:
    """Return the code that counts: cleaning (C) beats keeping (K), and either beats the Basic Profile."""
    chosen = {code for name, code in row.items() if name in options}
    return "C" if "C" in chosen else "K" if "K" in chosen else basic


def verdict(code: str, kind: str) -> Verdict:
    """Return what a code means for an attribute of a type.

    Parameters
    ----------
    code : str
        As in Table E.1-1, or C or K.
    kind : str
        The type (1, 1C, 2, 2C, 3) or empty where the SOP class does not define the attribute.
    """
    if code in ("C", "K"):
        return "clean" if code == "C" else "keep"
    by_type = _BY_TYPE[code]
    return by_type.get(kind, by_type[""])
