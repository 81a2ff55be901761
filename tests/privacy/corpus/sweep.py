"""Every row of PS3.15 Table E.1-1, planted at the top level and inside a sequence that is kept."""

import json
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.tag import Tag

import orthanc_plugin.deid
from corpus.bed import Bed, keyword
from corpus.common import Case
from corpus.hiding import base, finish
from corpus.mint import Mint
from corpus.model import CorpusObject, How

TABLE = Path(orthanc_plugin.deid.__file__).parent / "standard" / "data" / "ps315_table.json"
_TEXT = {"LO", "SH", "ST", "LT", "UT", "UC", "PN", "UR", "?"}
_NOT_IN_A_DATA_SET = (0x0000, 0x0002)
_BASE = {0x00080018, 0x0020000D, 0x0020000E, 0x00080016}


@lru_cache(maxsize=1)
def rows() -> tuple[dict[str, Any], ...]:
    """Return the rows of the table that name one attribute of a data set."""
    found = json.loads(TABLE.read_text("utf-8"))["rules"]
    return tuple(row for row in found if _tag(row) is not None)


def _tag(row: dict[str, Any]) -> int | None:
    digits = row["tag"].strip("()").replace(",", "")
    try:
        tag = int(digits, 16)
    except ValueError:
        return None
    return tag if tag >> 16 not in _NOT_IN_A_DATA_SET and tag not in _BASE else None


def sweep(options: Collection[str] = (), *, nested: bool = False) -> CorpusObject:
    """Return a CT with a unique value in every row of the table that has to go.

    Parameters
    ----------
    options
        Columns of the table that a profile adds: rows that one of them keeps are left out.
    nested
        Plant inside a kept sequence rather than at the top level.
    """
    mint = Mint(start=7000 if nested else 5000)
    bed = base("sweep-nested" if nested else "sweep", mint, Case.new(mint))
    del bed.object.planted[:], bed.object.kept[:]
    target = bed.item("PixelMeasuresSequence", bed.item("SharedFunctionalGroupsSequence")) if nested else bed.ds
    for row in rows():
        tag = _tag(row)
        if tag is not None and not any(_stays(row, option) for option in options):
            _plant(bed, target, tag, row["name"])
    return finish(bed)


def _stays(row: dict[str, Any], option: str) -> bool:
    """Whether an option keeps a row's value, or lets its time of day stay while the date is shifted."""
    tag = _tag(row)
    time = option == "retain_longitudinal_modified_dates" and tag is not None and _vr(tag, row["name"]) in {"TM", "SH"}
    return row[option] == "K" or (row[option] == "C" and time)


def _plant(bed: Bed, target: Dataset, tag: int, name: str) -> None:
    vr = _vr(tag, name)
    place = f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {name}"
    if vr == "SQ":
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator = "L1", "99LOCAL"
        bed.put("CodeMeaning", "word", None, item, place + ".")
        bed.put("PersonName", "name", None, item, place + ".")
        target.add_new(tag, vr, [item])
        return
    value, how = _value(bed.mint, vr)
    if value is not None:
        target.add_new(tag, vr, value)
        shown = value.decode() if isinstance(value, bytes) else str(value)
        bed.note(place if how is not How.ELEMENT else _keyworded(tag), "table row", shown, how)


def _keyworded(tag: int) -> str:
    return keyword(tag)


def _vr(tag: int, name: str) -> str:
    try:
        return dictionary_VR(Tag(tag)).split(" ")[0]
    except KeyError:
        return "SQ" if "Sequence" in name else "DT" if "DateTime" in name else "LO"


def _value(mint: Mint, vr: str) -> tuple[Any, How]:  # noqa: PLR0911 - one line for each sort of VR
    if vr in _TEXT:
        return mint.word(), How.TEXT
    if vr == "CS":
        return mint.word().upper(), How.TEXT
    if vr == "AE":
        return mint.station(), How.TEXT
    if vr == "UI":
        return mint.uid(), How.TEXT
    if vr == "DA":
        return mint.date(), How.DATE
    if vr == "DT":
        return mint.date() + mint.time(), How.DATE
    if vr == "TM":
        return mint.time(), How.TEXT
    if vr in {"OB", "OW", "UN"}:
        return mint.word().encode(), How.TEXT
    if vr in {"DS", "IS", "FD", "FL", "AS", "US", "SS", "UL", "SL"}:
        return {"AS": "073Y", "DS": "71.37", "IS": "7137"}.get(vr, 7137), How.ELEMENT
    return None, How.TEXT
