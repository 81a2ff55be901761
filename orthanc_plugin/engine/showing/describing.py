"""What is told of the objects of a release, each read from its seal."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.uid import UID

from orthanc_plugin.engine.jobs.names import PIXELS, name_of
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.records import Planned
from orthanc_plugin.engine.showing.errors import CannotShowError
from orthanc_plugin.engine.showing.pictures import NO_PICTURE, Pictures


@dataclass(frozen=True)
class Described:
    """The basis of a release (see `releases.basis_of_release`), and what is told of each of its objects."""

    basis: str
    objects: list[dict[str, Any]]


def _statements(bench: Vault) -> Iterator[tuple[int, str]]:
    """Yield what was done to the pixels of each object, by its position."""
    for path in sorted(bench.folder.glob(f"{PIXELS}-*")):
        for position, statement, *_ in bench.read_json(path.name):
            yield position, statement


def stamp_of(bench: Vault, position: int) -> tuple[int, int, int]:
    """Return what is another once an object was sealed anew."""
    found = (bench.folder / name_of(position)).stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def described(bench: Vault, plan: Sequence[Planned], leaving: Sequence[int]) -> Described:
    """Read every object that would leave, once and one at a time.

    Raises
    ------
    DestroyedError
    """
    done, digest, objects = dict(_statements(bench)), hashlib.sha256(), []
    for position in leaving:
        data = bench.read(name_of(position))
        digest.update(hashlib.sha256(data).digest())
        objects.append(_object(position, plan[position - 1], data, done.get(position, "")))
    return Described(digest.hexdigest(), objects)


def _object(position: int, part: Planned, data: bytes, done: str) -> dict[str, Any]:
    try:
        facts = Pictures(data).facts(quick=True)
    except CannotShowError:
        facts, done = dict(NO_PICTURE), f"{done}; it cannot be shown here".removeprefix("; ")
    told = {"position": position, "study": part.study, "series": part.series, "modality": part.modality}
    return {**told, "kind": UID(part.sop_class_uid).name, **facts, "pixels": done}
