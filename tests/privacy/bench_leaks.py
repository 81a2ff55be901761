"""`aoa bench leaks`: what each tool leaves, loses and breaks of the planted corpus, side by side in one run."""

import argparse
import json
import sys
from dataclasses import asdict, dataclass

from corpus import Corpus, broken_references, build, leaks, over_removed, sweep
from corpus.model import CorpusObject
from peers import PEERS, Made, NotHereError
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One tool's figures; a refused object leaks nothing and loses nothing."""

    tool: str
    objects: int
    leaked: int
    planted: int
    table_top: int
    table_nested: int
    over_removed: int
    kept: int
    broken: int
    references: int


def measure(tool: str, made: Made, corpus: Corpus, swept: list[CorpusObject]) -> Row:
    """Count what is left, lost and broken in a tool's output."""
    out = [each for each in corpus.objects if made.get(each.name) is not None]
    names = {each.name for each in out}
    both = [each for each in corpus.references if each.source in names and each.target in names]
    return Row(
        tool,
        len(out),
        len(leaks(corpus.objects, made)),
        len(corpus.planted),
        len(leaks(swept[:1], made)),
        len(leaks(swept[1:], made)),
        len(over_removed(corpus.objects, made)),
        sum(len(each.kept) for each in out),
        len(broken_references(corpus, made)),
        len(both),
    )


def rows(wanted: list[str] | None = None) -> tuple[list[Row], list[str]]:
    """Run the tools; return their figures, and what could not be run and why."""
    corpus, swept = build(), [sweep(), sweep(nested=True)]
    found, absent = [], []
    for tool, run in PEERS.items():
        if wanted and tool not in wanted:
            continue
        try:
            found.append(measure(tool, run([*corpus.objects, *swept]), corpus, swept))
        except NotHereError as error:
            absent.append(f"{tool}: not measured, because it is not here: {error}")
    return found, absent


def table(found: list[Row]) -> Table:
    """Return the figures as a table."""
    shown = Table(
        title=f"Planted identifiers: {found[0].planted} in {len(build().objects)} objects; Table E.1-1 besides"
    )
    for heading in ("tool", "objects out", "leaked", "E.1-1", "E.1-1 nested", "over-removed", "references broken"):
        shown.add_column(heading, justify="left" if heading == "tool" else "right")
    for row in found:
        share = f"{row.leaked} ({row.leaked / row.planted:.1%})"
        lost, broken = f"{row.over_removed} of {row.kept}", f"{row.broken} of {row.references}"
        shown.add_row(row.tool, str(row.objects), share, str(row.table_top), str(row.table_nested), lost, broken)
    return shown


def main() -> int:
    """Print the table; 1 when ours leaks, loses or breaks anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", action="append", choices=list(PEERS), help="only this one; may be given again")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    found, absent = rows(arguments.tool)
    if arguments.json:
        sys.stdout.write(json.dumps({"rows": [asdict(row) for row in found], "absent": absent}, indent=2) + "\n")
    else:
        Console(width=120).print(table(found) if found else "nothing was measured")
        sys.stdout.writelines(line + "\n" for line in absent)
    own = [row for row in found if row.tool.startswith("ours")]
    return int(any(row.leaked or row.table_top or row.table_nested or row.over_removed or row.broken for row in own))


if __name__ == "__main__":
    sys.exit(main())
