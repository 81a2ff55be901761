"""Whatever one file does, its reason names no value, and the other files go on.

Runs over several processes play in an interpreter of their own, as `aoa deidentify` does (see test_workers.py).
"""

import mmap
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from click.testing import CliRunner
from pydicom.data import get_testdata_file

from orthanc_plugin.deid import ReleaseKey, load_profile
from orthanc_plugin.files import batch, cli, learn
from orthanc_plugin.files.sources import sources

NAME = "Quillfeather"
FILES = 6


def folder_of(path: Path) -> Path:
    path.mkdir()
    ct = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    for number in range(FILES):
        ct.PatientID = f"QF100{number}"
        ct.SOPInstanceUID = ct.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.99.{number}"
        ct.save_as(path / f"{number}.dcm")
    return path


def results_of(source: Path, target: Path, workers: int) -> list[batch.Result]:
    target.mkdir()
    run = batch.Run(target, load_profile("limited"), ReleaseKey.random())
    return list(batch.batch(run, sources(source), workers, lambda _: None))


def failing_for(task_of: Callable[..., object], is_it: Callable[[object], bool]) -> Callable[..., object]:
    def fails(first: object, *more: object, **named: object) -> object:
        if is_it(first):
            raise KeyError(f"{NAME}^Tamsin")  # as any library may, deep inside
        return task_of(first, *more, **named)

    return fails


def test_an_unexpected_error_in_one_file_holds_that_file_back_and_is_not_quoted(tmp_path, monkeypatch):
    source = folder_of(tmp_path / "in")
    bad = (source / "2.dcm").read_bytes()
    monkeypatch.setattr(batch, "treat", failing_for(batch.treat, lambda data: data == bad))
    shown = CliRunner().invoke(
        cli.deidentify,
        [str(source), str(tmp_path / "out"), "--level", "teaching", "--workers", "1", "--report", str(tmp_path / "r")],
    )
    assert shown.exit_code == cli.HELD_BACK
    assert "5 of 6 files released" in shown.output
    assert "it could not be processed (KeyError); a person has to look at it" in shown.output
    assert NAME not in shown.output + (tmp_path / "r").read_text()
    assert len(list((tmp_path / "out").iterdir())) == FILES - 1


def test_of_a_file_whose_reading_fails_nothing_leaves(tmp_path, monkeypatch):
    source = folder_of(tmp_path / "in")

    monkeypatch.setattr(learn, "known_in_file", failing_for(lambda _: None, lambda _: True))
    assert {result.status for result in results_of(source, tmp_path / "out", 1)} == {"quarantined"}


def test_a_fault_outside_the_files_ends_the_run_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "batch", failing_for(lambda *_: None, lambda _: True))
    shown = CliRunner().invoke(
        cli.deidentify, [str(folder_of(tmp_path / "in")), str(tmp_path / "out"), "--level", "print"]
    )
    assert shown.exit_code == 1
    assert isinstance(shown.exception, SystemExit)
    assert "a fault of ours (KeyError)" in shown.output
    assert NAME not in shown.output


def _ends_the_process_on_one_file(module: object, name: str, after: int) -> None:
    """Let each process but this one end at once at the file that another process came to as its `after`th."""
    task, here = getattr(module, name), os.getpid()
    shared = mmap.mmap(-1, 8)  # what tells the file, once it is chosen
    seen: list[int] = []
    reading, writing = os.pipe()

    def ends(first: object, *more: object, **named: object) -> object:
        if os.getpid() == here:
            if not seen:
                seen.append(len(os.read(reading, 1)))  # the other process has to have its part first
            return task(first, *more, **named)
        which = zlib.crc32(first) if isinstance(first, bytes) else Path(first.path).stat().st_ino  # type: ignore[attr-defined]
        chosen = int.from_bytes(shared[:8])
        seen.append(which)
        if not chosen and len(seen) == after:
            shared[:8] = which.to_bytes(8)
            os.write(writing, b"x")
            os._exit(9)
        if chosen == which:
            os._exit(9)
        return task(first, *more, **named)

    setattr(module, name, ends)


def _all_but_one_are_released(where: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        results = results_of(folder_of(Path(folder, "in")), Path(folder, "out"), 2)
        written = sorted(path.name for path in Path(folder, "out").iterdir())
    held = [result for result in results if result.status != "released"]
    assert [result.source for result in results] == [f"{number}.dcm" for number in range(FILES)]
    assert len(held) == 1
    assert where in held[0].reason
    assert sorted(result.output for result in results if result.output) == written, "each output is reported, and once"


def a_process_that_ends_while_it_writes_costs_one_file() -> None:
    batch._PARTS_OF_A_WORKER = 1  # three files a part: the first is released when the second ends the process
    _ends_the_process_on_one_file(batch, "treat", 2)
    _all_but_one_are_released("the system ended the process that worked on it")


def a_process_that_ends_while_it_reads_costs_one_file() -> None:
    _ends_the_process_on_one_file(learn, "_one", 1)
    _all_but_one_are_released("the independent verification cannot read its original")


SCENES = [a_process_that_ends_while_it_writes_costs_one_file, a_process_that_ends_while_it_reads_costs_one_file]


@pytest.mark.parametrize("scene", [scene.__name__ for scene in SCENES])
def test_over_several_processes(scene):
    run = subprocess.run([sys.executable, __file__, scene], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


if __name__ == "__main__":
    {scene.__name__: scene for scene in SCENES}[sys.argv[1]]()
