"""The survey of 387 ways out of Orthanc, with its paths turned into ones that can be asked for."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "egress_routes.json"
HTTP = ("GET", "POST", "PUT", "DELETE")


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    kind: str
    pattern: str


def routes() -> list[dict[str, str]]:
    return json.loads(_FILE.read_text())["routes"]


def http_routes() -> list[Route]:
    """Every HTTP route of the survey; alternatives such as `(instances|series)` become one route each."""
    return [
        Route(row["method"], path, row["class"], row["path"])
        for row in routes()
        if row["method"] in HTTP
        for pattern in row["path"].split(", ")
        for path in _expanded(pattern)
        if path.startswith("/")
    ]


def _expanded(pattern: str) -> Iterator[str]:
    """Yield `pattern` with each choice of its alternatives, and the survey's dots and stars as one part."""
    pattern = pattern.replace("by-{patients|uids|dates|studies}", "(by-patients|by-uids|by-dates|by-studies)")
    pattern = (
        pattern.replace("/*.dcm", "/x.dcm")
        .replace("...", "x")
        .replace("encode-*", "encode-{x}")
        .replace("/*", "/{rest}")
    )
    pieces = re.split(r"(\([^)]*\))", pattern)
    choices = [piece[1:-1].split("|") if piece.startswith("(") else [piece] for piece in pieces]
    yield from ("".join(choice) for choice in itertools.product(*choices))
