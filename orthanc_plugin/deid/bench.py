"""`aoa bench deid`: de-identification beside its limit (copying the files) and its peers, in one run, as ratios.

Peers are of the dependency group ``bench``; one that is not installed is said to be missing. Medians of three rounds.
"""

import importlib.util
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from orthanc_plugin.deid import output
from orthanc_plugin.deid.batch import Run, batch
from orthanc_plugin.deid.keys import ReleaseKey
from orthanc_plugin.deid.original import opened
from orthanc_plugin.deid.profile import load_profile
from orthanc_plugin.deid.single import treat_file
from orthanc_plugin.deid.sources import sources

_ROUNDS = 3
_PEER_OBJECTS = 40  # of which a slow peer's rate is measured
# A small process between us and the measured one: a child's peak starts at the size of the process that forked it.
_MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
_ROOT = "1.2.826.0.1.3680043.10.1.99."
_TEXTS = (
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "StationName",
    "ReferringPhysicianName",
    "PerformingPhysicianName",
    "OperatorsName",
    "PatientAddress",
    "OtherPatientNames",
    "RequestingPhysician",
    "ProtocolName",
    "StudyDescription",
    "SeriesDescription",
    "ImageComments",
    "PatientComments",
    "RequestedProcedureDescription",
)
_NUMBERS = (
    "SliceThickness",
    "KVP",
    "DataCollectionDiameter",
    "SpacingBetweenSlices",
    "ReconstructionDiameter",
    "DistanceSourceToDetector",
    "DistanceSourceToPatient",
    "GantryDetectorTilt",
    "TableHeight",
    "ExposureTime",
    "XRayTubeCurrent",
    "Exposure",
    "FilterType",
    "GeneratorPower",
    "FocalSpots",
    "ConvolutionKernel",
    "SliceLocation",
    "RescaleIntercept",
    "RescaleSlope",
    "WindowCenter",
    "WindowWidth",
)


def _meta(sop_class: str, uid: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(sop_class), pydicom.uid.UID(uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return meta


def _common(sop_class: str, modality: str) -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet, ds.SOPClassUID, ds.Modality = "ISO_IR 100", sop_class, modality
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Quillfeather^Ada", "9434765919", "19620317"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.AccessionNumber = _ROOT + "1", _ROOT + "2", "A1234567"
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = "20200110"
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = "101112"
    return ds


def _slice() -> Dataset:
    """Return a CT slice of 0.5 MB with as many attributes as scanners write."""
    ds = _common("1.2.840.10008.5.1.4.1.1.2", "CT")
    for keyword in _TEXTS:
        setattr(ds, keyword, "Quillfeather^Ada" if "Name" in keyword else "CT chest")
    for keyword in _NUMBERS:
        setattr(ds, keyword, "STANDARD" if keyword in ("FilterType", "ConvolutionKernel") else "1")
    for element in range(0x10, 0x60):
        ds.add_new(0x00291000 + element, "LO", "private")
    ds.add_new(0x00290010, "LO", "A VENDOR")
    ds.ImageType, ds.BodyPartExamined = ["ORIGINAL", "PRIMARY", "AXIAL"], "CHEST"
    ds.ProcedureCodeSequence = Sequence([_code("T-D3000", "SRT", "Chest")])
    ds.ImageOrientationPatient, ds.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.5, 0.5]
    ds.Rows = ds.Columns = 512
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation, ds.SamplesPerPixel = 16, 12, 11, 0, 1
    ds.PhotometricInterpretation, ds.PixelData = "MONOCHROME2", os.urandom(512 * 512 * 2)
    return ds


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _report() -> Dataset:
    """Return a small structured report."""
    ds = _common("1.2.840.10008.5.1.4.1.1.88.22", "SR")
    ds.ValueType, ds.ConceptNameCodeSequence = (
        "CONTAINER",
        Sequence([_code("18748-4", "LN", "Diagnostic Imaging Report")]),
    )
    items = []
    for number in range(20):
        item = Dataset()
        item.RelationshipType, item.ValueType, item.TextValue = "CONTAINS", "TEXT", f"no nodule in slice {number}"
        item.ConceptNameCodeSequence = Sequence([_code("121071", "DCM", "Finding")])
        items.append(item)
    ds.ContentSequence = Sequence(items)
    return ds


def _write(folder: Path, ds: Dataset, count: int) -> list[Path]:
    folder.mkdir()
    paths = []
    for number in range(count):
        ds.SOPInstanceUID, ds.InstanceNumber = f"{_ROOT}3.{number}", number
        buffer = io.BytesIO()
        out = FileDataset("", ds, file_meta=_meta(ds.SOPClassUID, ds.SOPInstanceUID), preamble=bytes(128))
        pydicom.dcmwrite(buffer, out, enforce_file_format=True)
        paths.append(folder / f"{number:05}.dcm")
        paths[-1].write_bytes(buffer.getvalue())
    return paths


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

    def rate(self, task: Callable[[Path, list[Path]], None], paths: list[Path] | None = None) -> float:
        """Return the median rate of a task that writes into an empty folder."""
        paths = paths or self.paths
        seconds = []
        for number in range(_ROUNDS + 1):  # the first round warms up and does not count
            shutil.rmtree(self.run.target, ignore_errors=True)
            self.run.target.mkdir()
            start = time.perf_counter()
            task(self.run.target, paths)
            if number:
                seconds.append(time.perf_counter() - start)
        return len(paths) / statistics.median(seconds)

    def copying(self, target: Path, paths: list[Path]) -> None:
        """Copy the files: the limit."""
        for path in paths:
            shutil.copyfile(path, target / path.name)

    def alone(self, target: Path, paths: list[Path]) -> None:
        """De-identify from file to file, without verification."""
        for path in paths:
            with opened(path) as original:
                treated = treat_file(original, self.run.request)
                name = target / f"{treated.outcome.sop_instance_uid}.dcm"
                handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
                output.fill(handle, original, treated.pieces)
                os.close(handle)

    def whole(self, workers: int) -> Callable[[Path, list[Path]], None]:
        """Return the task of `aoa deidentify`: read, de-identify, verify, write."""

        def task(_: Path, paths: list[Path]) -> None:
            results = list(batch(self.run, sources(paths[0].parent), workers, lambda _: None))
            if any(result.status != "released" for result in results):
                msg = f"the benchmark's own objects were held back: {results[0].reason}"
                raise RuntimeError(msg)

        return task

    def peers(self) -> Iterator[tuple[str, Callable[[Path, list[Path]], None]]]:
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
    shared = Path("/dev/shm")  # noqa: S108  a RAM disk where there is one: the disk is not what is measured
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield from _images(Bench(Path(folder), _write(Path(folder) / "ct", _slice(), objects)))
        yield from _reports(Bench(Path(folder), _write(Path(folder) / "sr", _report(), objects)))
    if big:
        with tempfile.TemporaryDirectory() as folder:
            yield from _large(Path(folder), big)


def _line(what: str, rate: float, *against: tuple[str, float, float]) -> str:
    ratios = "; ".join(
        f"{rate / other:.2f} x {name}" + (f" (aim {aim:g})" if aim else "") for name, other, aim in against if other
    )
    return f"{what:<44} {rate:8.0f}/s   {ratios}"


def _images(bench: Bench) -> Iterator[str]:
    copying = bench.rate(bench.copying)
    yield _line("CT, copying the files", copying)
    peers = {name: bench.rate(task, bench.paths[:_PEER_OBJECTS]) for name, task in bench.peers()}
    for name, rate in peers.items():
        yield _line(f"CT, {name}", rate, ("copying", copying, 0))
    peer = peers.get("dicom-anonymizer", 0.0)
    alone = bench.rate(bench.alone)
    yield _line("CT, de-identification alone", alone, ("copying", copying, 0.7), ("dicom-anonymizer", peer, 15))
    one = bench.rate(bench.whole(1))
    yield _line(
        "CT, aoa deidentify with its verification", one, ("copying", copying, 0.4), ("dicom-anonymizer", peer, 8)
    )
    yield _line("CT, the same with two processes", bench.rate(bench.whole(2)), ("one process", one, 1.6))
    if not peer:
        yield "dicom-anonymizer is not installed (dependency group bench): no ratio to it"


def _reports(bench: Bench) -> Iterator[str]:
    peers = {name: bench.rate(task, bench.paths[:_PEER_OBJECTS]) for name, task in bench.peers()}
    peer = peers.get("dicom-anonymizer", 0.0)
    yield _line("SR, de-identification alone", bench.rate(bench.alone), ("dicom-anonymizer", peer, 10))
    yield _line("SR, aoa deidentify with its verification", bench.rate(bench.whole(1)), ("dicom-anonymizer", peer, 10))


def _large(folder: Path, size: int) -> Iterator[str]:
    """Measure the memory of a process of its own over one large object."""
    ds = _slice()
    frames = max(size // (512 * 512 * 2), 1)
    ds.NumberOfFrames, ds.SOPClassUID = frames, "1.2.840.10008.5.1.4.1.1.2.1"
    del ds.PixelData
    (path,) = _write(folder / "big", ds, 1)
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
