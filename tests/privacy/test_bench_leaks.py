"""The benchmark tells a tool that leaks from one that does not, and names what it could not measure."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench_leaks import measure, rows
from corpus import build, sweep
from peers import PEERS, NotHereError

AOA = Path(sys.executable).with_name("aoa")


def run(*arguments):
    return subprocess.run([AOA, "bench", "leaks", *arguments], capture_output=True, text=True, check=False)


def test_ours_leaks_loses_and_breaks_nothing():
    done = run("--tool", "ours (teaching)", "--json")
    (row,) = json.loads(done.stdout)["rows"]

    assert done.returncode == 0, done.stderr
    assert (row["leaked"], row["table_top"], row["table_nested"], row["over_removed"], row["broken"]) == (0, 0, 0, 0, 0)
    assert row["objects"] >= 29
    assert row["planted"] >= 700


def test_a_tool_that_does_nothing_leaks_everything_and_loses_nothing():
    corpus, swept = build(), [sweep(), sweep(nested=True)]

    row = measure("nothing", {each.name: each.write() for each in [*corpus.objects, *swept]}, corpus, swept)

    assert row.leaked == row.planted
    assert row.table_top == len(swept[0].planted)
    assert (row.over_removed, row.broken) == (0, 0)


def test_a_tool_that_blanks_everything_loses_everything_and_leaks_nothing():
    corpus, swept = build(), [sweep(), sweep(nested=True)]

    row = measure("blank", dict.fromkeys((each.name for each in corpus.objects), b"\0" * 200), corpus, swept)

    assert (row.leaked, row.table_top) == (0, 0)
    assert row.over_removed == row.kept
    assert row.broken == row.references == len(corpus.references)


def test_orthanc_is_measured_on_a_real_server():
    (row,), absent = rows(["Orthanc /anonymize"])

    assert absent == []
    assert row.objects > 30
    assert row.leaked > 0
    assert row.broken == 0


def test_a_tool_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    def missing(objects):
        raise NotHereError("gdcmanon (Debian package libgdcm-tools)")

    monkeypatch.setitem(PEERS, "gdcmanon", missing)

    assert rows(["gdcmanon"]) == (
        [],
        ["gdcmanon: not measured, because it is not here: gdcmanon (Debian package libgdcm-tools)"],
    )


def test_an_unknown_tool_is_a_usage_error():
    assert run("--tool", "magic").returncode == 2
