"""Make orthanc_plugin/deid/standard/data/ps316_codes.json: codes and meanings of PS3.16 as pydicom carries them (MIT).

With the codes of SNOMED-RT style (SRT) that older objects have for the same concepts (PS3.16 Annex L).

Run: `python scripts/build_codes.py orthanc_plugin/deid/standard/data/ps316_codes.json`.
"""

import json
import sys
from pathlib import Path

from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping


def main(target: Path) -> None:
    """Write the sorted values and meanings of every coding scheme."""
    entries = [entry for scheme in concepts.values() for entry in scheme.values()]
    codes = sorted({code for entry in entries for code in entry}.union(mapping["SRT"], mapping["SCT"]))
    meanings = sorted({meaning for entry in entries for meaning, _ in entry.values()})
    table = {"source": "DICOM PS3.16 as carried by pydicom, made by scripts/build_codes.py"}
    target.write_text(json.dumps({**table, "codes": codes, "meanings": meanings}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
