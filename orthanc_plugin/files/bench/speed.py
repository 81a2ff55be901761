"""`aoa bench deid`: de-identification beside its limit (copying the files) and its peers, in one run, as ratios.

Peers are of the dependency group ``bench``; one that is not installed is said to be missing. Medians of five rounds, in
which all take turns.
"""

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pydicom

from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.rules.profile import load_profile
from orthanc_plugin.deid.single import treat
from orthanc_plugin.files import output
from orthanc_plugin.files.batch import Run, batch
from orthanc_plugin.files.bench.objects import ct_slice, report, written
from orthanc_plugin.files.original import opened
from orthanc_plugin.files.sources import sources

Task = Callable[[Path, list[Path]], None]
_ROUNDS = 5
_PEER_OBJECTS = 40  # of which a slow peer's rate is measured
# A small process between us and the measured one: a child's peak starts at the size of the process that forked it.
_MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


class Bench:
    """Rates of one corpus, objects a second.

    Parameters
    ----------
    work : Path
        Where to write.
    paths : list of Path
        The corpus.
    """

    def __init__(self, work: Path, paths: list[Path]) -> None:
        self.work, self.paths = work, paths
        self.run = Run(work / "out", load_profile("teaching"), ReleaseKey.random())

    def rates(self, tasks: Mapping[str, tuple[Task, list[Path]]]) -> dict[str, float]:
        """Return the median rate of each task; they take turns, so that what else the machine does meets all alike.

        Parameters
        ----------
        tasks : mapping
            By name, what writes into an empty folder, and its files.
        """
        seconds: dict[str, list[float]] = {name: [] for name in tasks}
        for number in range(_ROUNDS + 1):  # the first round warms up and does not count
            for name, (task, paths) in tasks.items():
                shutil.rmtree(self.run.target, ignore_errors=True)
                self.run.target.mkdir()
                start = time.perf_counter()
                task(self.run.target, paths)
                if number:
                    seconds[name].append(time.perf_counter() - start)
        return {name: len(paths) / statistics.median(seconds[name]) for name, (_, paths) in tasks.items()}

    def copying(self, target: Path, paths: list[Path]) -> None:
        """Copy the files: the limit."""
        for path in paths:
            shutil.copyfile(path, target / path.name)

    def alone(self, target: Path, paths: list[Path]) -> None:
        """De-identify from file to file, without verification."""
        for path in paths:
            with opened(path) as original:
                treated = treat(original.data, self.run.request)
                name = f"{target}/{treated.outcome.sop_instance_uid}.dcm"
                handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
                output.fill(handle, original, treated.pieces)
                os.close(handle)

    def whole(self, workers: int) -> Task:
        """Return the task of `aoa deidentify`: read, de-identify, verify, write."""

        def task(_: Path, paths: list[Path]) -> None:
            results = list(batch(self.run, sources(paths[0].parent), workers, lambda _: None))
            if any(result.status != "released" for result in results):
                msg = f"the benchmark's own objects were held back: {results[0].reason}"
                raise RuntimeError(msg)

        return task

    def peers(self) -> Iterator[tuple[str, Task]]:
        """Yield the peers that are installed."""
        if importlib.util.find_spec("dicomanonymizer"):
            yield "dicom-anonymizer", _dicom_anonymizer
        if importlib.util.find_spec("dicognito"):
            yield "dicognito", _dicognito


def _dicom_anonymizer(target: Path, paths: list[Path]) -> None:
    from dicomanonymizer import anonymize_dicom_file  # noqa: PLC0415  only where it is installed

    for path in paths:
        anonymize_dicom_file(str(path), str(target / path.name))


def _dicognito(target: Path, paths: list[Path]) -> None:
    from dicognito.anonymizer import Anonymizer  # noqa: PLC0415  only where it is installed

    anonymizer = Anonymizer()
    for path in paths:
        ds = pydicom.dcmread(path)
        anonymizer.anonymize(ds)
        ds.save_as(target / path.name)


def run(objects: int, big: int) -> Iterator[str]:
    """Measure, and say it line by line.

    Parameters
    ----------
    objects : int
        CT slices.
    big : int
        Bytes of the large multi-frame object; 0 leaves it out.
    """
    warnings.simplefilter("ignore")
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    yield f"{cores} cores, load {load:.1f}" + (": too busy to tell much" if load > cores / 2 else "")
    shared = Path("/dev/shm")  # noqa: S108  a RAM disk where there is one: the disk is not what is measured
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield from _images(Bench(Path(folder), written(Path(folder) / "ct", ct_slice(), objects)))
        yield from _reports(Bench(Path(folder), written(Path(folder) / "sr", report(), objects)))
    if big:
        with tempfile.TemporaryDirectory() as folder:
            yield from _large(Path(folder), big)


def _line(what: str, rate: float, *against: tuple[str, float, float]) -> str:
    ratios = "; ".join(
        f"{rate / other:.2f} x {name}" + (f" (aim {aim:g})" if aim else "") for name, other, aim in against if other
    )
    return f"{what:<44} {rate:8.0f}/s   {ratios}"


_PEER = "dicom-anonymizer"
_NO_PEER = f"{_PEER} is not installed: no ratio to it. `make bench` installs the peers (dependency group bench)."


def _images(bench: Bench) -> Iterator[str]:
    peers = {name: (task, bench.paths[:_PEER_OBJECTS]) for name, task in bench.peers()}
    ours = {"copying": bench.copying, "alone": bench.alone, "one": bench.whole(1), "two": bench.whole(2)}
    rate = bench.rates({name: (task, bench.paths) for name, task in ours.items()} | peers)
    copying, peer = rate["copying"], rate.get(_PEER, 0.0)
    yield _line("CT, copying the files", copying)
    for name in peers:
        yield _line(f"CT, {name}", rate[name], ("copying", copying, 0))
    yield _line("CT, de-identification alone", rate["alone"], ("copying", copying, 0.7), (_PEER, peer, 15))
    whole = "CT, aoa deidentify with its verification"
    yield _line(whole, rate["one"], ("copying", copying, 0.4), (_PEER, peer, 8))
    yield _line("CT, the same with two processes", rate["two"], ("one process", rate["one"], 1.6))
    if not peer:
        yield _NO_PEER


def _reports(bench: Bench) -> Iterator[str]:
    peers = {name: (task, bench.paths[:_PEER_OBJECTS]) for name, task in bench.peers()}
    ours = {"alone": bench.alone, "one": bench.whole(1)}
    rate = bench.rates({name: (task, bench.paths) for name, task in ours.items()} | peers)
    peer = rate.get(_PEER, 0.0)
    yield _line("SR, de-identification alone", rate["alone"], (_PEER, peer, 10))
    yield _line("SR, aoa deidentify with its verification", rate["one"], (_PEER, peer, 10))


def _large(folder: Path, size: int) -> Iterator[str]:
    """Measure the memory of a process of its own over one large object."""
    ds = ct_slice()
    frames = max(size // (512 * 512 * 2), 1)
    ds.NumberOfFrames, ds.SOPClassUID = frames, "1.2.840.10008.5.1.4.1.1.2.1"
    del ds.PixelData
    (path,) = written(folder / "big", ds, 1)
    length = frames * 512 * 512 * 2
    with path.open("ab") as file:
        file.write(b"\xe0\x7f\x10\x00OW\0\0" + length.to_bytes(4, "little"))
        file.truncate(file.tell() + length)
    command = [
        str(Path(sys.executable).with_name("aoa")),
        "deidentify",
        str(path),
        str(folder / "out"),
        "--level",
        "teaching",
    ]
    run = subprocess.run([sys.executable, "-c", _MEASURED, *command], capture_output=True, text=True, check=True)
    code, peak = run.stdout.split()
    done = "released" if code == "0" else "held back"
    yield f"{length / 1e9:.1f} GB in {frames} frames, {done}: {int(peak) / 1024:.0f} MB of memory (aim: under 100)"
