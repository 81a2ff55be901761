"""DICOM PS3.15 Annex E as data: Table E.1-1, Table E.3.4-1, the Safe Private list, and the types of PS3.3.

Nothing here decides; `resolve` turns a row, a profile and a type into an action.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of Table E.1-1: the Basic Profile's code and what each option says instead."""

    name: str
    basic: str
    options: Options


@dataclass(frozen=True, slots=True)
class ContentRow:
    """One row of Table E.3.4-1: a content item by concept and value type."""

    meaning: str
    basic: str
    options: Options


def _load(name: str) -> Any:
    return json.loads((files("orthanc_plugin.deid.standard") / "data" / name).read_text("utf-8"))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = _load("ps315_table.json")
    return table


def option_columns() -> tuple[str, ...]:
    """Return the names of the options of Table E.1-1."""
    return tuple(_table()["option_columns"])


@cache
def edition() -> str:
    """Return the edition of the standard that the table is from, such as ``2026d``."""
    return str(_table()["edition"])


def _row(rule: dict[str, Any]) -> Row:
    options = {name: rule[name] for name in _table()["option_columns"] if rule[name]}
    return Row(rule["name"], rule["basic"], MappingProxyType(options))


@cache
def rows() -> Mapping[int, Row]:
    """Return Table E.1-1 by tag, without the three rows that name a range (50xx, 60xx, private)."""
    plain = (rule for rule in _table()["rules"] if "x" not in rule["tag"] and "g" not in rule["tag"])
    return MappingProxyType({int(rule["tag"][1:5] + rule["tag"][6:10], 16): _row(rule) for rule in plain})


@cache
def content_rows() -> Mapping[tuple[str, str, str], ContentRow]:
    """Return Table E.3.4-1 by code value, coding scheme designator and value type."""
    items = _table()["sr_content_items_E_3_4_1"]
    return MappingProxyType(
        {
            (item["code"], item["scheme"], item["value_type"]): ContentRow(
                item["meaning"], item["basic"], MappingProxyType(item["options"])
            )
            for item in items
        }
    )


@cache
def safe_private() -> Mapping[tuple[str, int, int], str]:
    """Return the VR of each safe private attribute by creator, group and element within its block (PS3.15 E.3.10)."""
    found = {}
    for entry in _load("ps315_safe_private.json"):
        element = int(entry["element"].lower().replace("x", ""), 16) & 0xFF
        found[entry["creator"].strip(), int(entry["group"], 16), element] = entry["vr"]
    return MappingProxyType(found)


@cache
def _iod_types() -> dict[str, Any]:
    data: dict[str, Any] = _load("iod_types.json")
    return data


@cache
def codes() -> tuple[frozenset[str], frozenset[str]]:
    """Return the code values and the meanings of the coding schemes that DICOM itself uses (PS3.16), or did."""
    data = _load("ps316_codes.json")
    lines = (files("orthanc_plugin.deid.standard") / "data" / "ecg_codes.txt").read_text("utf-8").splitlines()
    older = [line.split("|") for line in lines if not line.startswith("#")]
    return frozenset(data["codes"]) | {code for code, _ in older}, frozenset(data["meanings"]) | {
        meaning for _, meaning in older
    }


Types = Mapping[tuple[int, int], str]
_STRICTNESS = ("1", "2", "1C", "2C", "3")


def is_known_sop_class(sop_class_uid: str) -> bool:
    """Say whether the types of this SOP class are known."""
    return sop_class_uid in _iod_types()["sop_classes"]


def iod_types(sop_class_uid: str, *, without: frozenset[str] = frozenset()) -> Types:
    """Return the attribute types of a SOP class by (parent sequence or 0, tag); the strictest where modules differ.

    Parameters
    ----------
    sop_class_uid : str
        One that is not known has no types: an empty mapping.
    without : frozenset of str
        Modules to leave out, by the names of ``iod_types.json``.
    """
    data = _iod_types()
    found: dict[tuple[int, int], str] = {}
    for module in data["iods"].get(data["sop_classes"].get(sop_class_uid, ""), ()):
        if module in without:
            continue
        for parent, types in data["modules"][module].items():
            for tag, kind in types.items():
                place = (int(parent or "0", 16), int(tag, 16))
                found[place] = min(found.get(place, "3"), kind, key=_STRICTNESS.index)
    return MappingProxyType(found)
