"""Make orthanc_plugin/deid/standard/data/iod_types.json from the tables of the highdicom wheel (MIT).

Run: `python scripts/build_iod_types.py UNPACKED_HIGHDICOM_WHEEL orthanc_plugin/deid/standard/data/iod_types.json`.
Only facts are kept: which module has which attribute of which type, below which sequence. Where one attribute occurs
at several places below the same sequence, the strictest type is kept: a dummy where none was needed is still safe.
"""

import json
import sys
from pathlib import Path

from pydicom.datadict import tag_for_keyword

STRICTNESS = ["1", "2", "1C", "2C", "3"]


def _tag(keyword: str) -> str:
    tag = tag_for_keyword(keyword)
    return f"{tag:08x}" if tag is not None else ""


def _module(attributes: list[dict[str, object]]) -> dict[str, dict[str, str]]:
    """Return {parent sequence or "": {tag: type}} of one module."""
    found: dict[str, dict[str, str]] = {}
    for attribute in attributes:
        path = attribute["path"]
        parent = _tag(path[-1]) if path else ""  # type: ignore[index]
        tag, kind = _tag(str(attribute["keyword"])), str(attribute["type"])
        if not tag or (path and not parent) or kind not in STRICTNESS:
            continue
        types = found.setdefault(parent, {})
        types[tag] = min(types.get(tag, "3"), kind, key=STRICTNESS.index)
    return found


def main(wheel: Path, target: Path) -> None:
    """Read the wheel's three tables and write ours."""
    standard = wheel / "highdicom" / "_standard"
    iods = json.loads((standard / "iod_module_map.json").read_text())
    attributes = json.loads((standard / "module_attribute_map.json").read_text())
    sop_classes = json.loads((standard / "sop_class_iod_map.json").read_text())
    used = sorted({entry["key"] for iod in sop_classes.values() for entry in iods[iod]})
    table = {
        "source": "DICOM PS3.3 as carried by highdicom 0.28.2 (MIT), made by scripts/build_iod_types.py",
        "sop_classes": sop_classes,
        "iods": {iod: [entry["key"] for entry in iods[iod]] for iod in sorted(set(sop_classes.values()))},
        "modules": {key: _module(attributes.get(key, [])) for key in used},
    }
    target.write_text(json.dumps(table, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
