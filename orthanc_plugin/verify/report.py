"""The report of `aoa verify`: for a person to read, and as JSON."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from orthanc_plugin.verify.folder import FileReport
from orthanc_plugin.verify.look.hipaa import categories

_WORST = ("open", "look", "closed")


def questions() -> list[str]:
    """Return the questions of the motivated intruder, which only a person can answer (R17)."""
    text = files("orthanc_plugin.verify").joinpath("data/intruder.toml").read_text("utf-8")
    return [str(entry["ask"]) for entry in tomllib.loads(text)["question"]]


def summary(reports: Sequence[FileReport]) -> dict[str, str]:
    """Return the worst state of each HIPAA category over all files."""
    return {
        each.letter: next(
            (state for state in _WORST if any(report.hipaa.get(each.letter) == state for report in reports)), "closed"
        )
        for each in categories()
    }


def as_json(reports: Sequence[FileReport]) -> dict[str, Any]:
    """Return the report as one JSON object; it holds places and rules, and no value of any file."""
    return {
        "files": [_file(report) for report in reports],
        "totals": {"read": len(reports), "held_back": sum(not report.may_leave for report in reports)},
        "hipaa_safe_harbor": [
            {"category": each.letter, "title": each.title, "state": summary(reports)[each.letter], "look": each.look}
            for each in categories()
        ],
        "motivated_intruder": [{"question": question, "answer": None} for question in questions()],
    }


def _file(report: FileReport) -> dict[str, Any]:
    return {
        "file": report.name,
        "kind": report.kind,
        "may_leave": report.may_leave,
        "tools": [name for name, _ in report.tools],
        "findings": [{"place": f.place, "rule": f.rule, "severity": f.severity} for f in report.findings],
        "hipaa": report.hipaa,
    }


def as_text(reports: Sequence[FileReport]) -> Iterator[str]:
    """Yield the lines of the report for a person."""
    held = [report for report in reports if not report.may_leave]
    for report in reports:
        if report.findings:
            yield f"{report.name}: {'must not leave' if not report.may_leave else 'may leave, with a note'}"
            yield from (f"    {finding}" for finding in report.findings)
    yield from _tools(reports)
    yield from _hipaa(reports)
    yield "The motivated intruder (R17): a named person answers these before publication."
    yield from (f"    [ ] {question}" for question in questions())
    yield f"{len(reports)} files read, {len(held)} of them must not leave."


def _tools(reports: Sequence[FileReport]) -> Iterator[str]:
    counted = Counter(tool for report in reports for tool in report.tools)
    if counted:
        yield "Traces of other tools. None of them was trusted; every file was read."
        yield from (f"    {name} in {count} files: {about}" for (name, about), count in sorted(counted.items()))


def _hipaa(reports: Sequence[FileReport]) -> Iterator[str]:
    words = {"open": "OPEN  ", "look": "LOOK  ", "closed": "closed"}
    states = summary(reports)
    yield "HIPAA Safe Harbor, 45 CFR 164.514(b)(2). Open: something found. Look: a person must look at the pictures."
    for each in categories():
        hint = f" - {each.look}" if states[each.letter] == "look" else ""
        yield f"    {words[states[each.letter]]} {each.letter}  {each.title}{hint}"
