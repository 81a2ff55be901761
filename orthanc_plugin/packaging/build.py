"""Makes a package: the objects in the format asked for, then the report and the manifest, then nothing more."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import BinaryIO

from orthanc_plugin.packaging import dicom, raster
from orthanc_plugin.packaging.container import Container, open_container
from orthanc_plugin.packaging.manifest import digest, manifest, report
from orthanc_plugin.packaging.release import CannotRenderError, HeldBack, Image, PackagingError, Release

MINIMUM_PASSPHRASE = 12
"""Characters; a zip can be guessed at without limit and without anybody noticing."""

_Members = Callable[[Image], Iterator[tuple[str, bytes]]]


@dataclass(frozen=True)
class Built:
    """What became of a package.

    Parameters
    ----------
    released
        How many objects are in it.
    left_out
        Index (in the sequence given) and reason of those that this format cannot hold.
    """

    released: int
    left_out: tuple[tuple[int, str], ...]


class NothingToPackageError(PackagingError):
    """Not one object could be put into the format asked for."""

    def __init__(self, left_out: Sequence[tuple[int, str]]) -> None:
        super().__init__("no object can be put into this format; ask for dicom-zip instead")
        self.left_out = tuple(left_out)


def build(
    release: Release,
    images: Sequence[Image],
    describe: Callable[[int, str], HeldBack],
    out: BinaryIO,
    passphrase: str | None = None,
) -> Built:
    """Write a package.

    Parameters
    ----------
    release
        What it says about itself; ``release.form`` is one of `FORMATS`.
    images
        What goes in, in order.
    describe
        Makes the line of the report for the image of that index that this format cannot hold, and why.
    out
        Where to write; need not be seekable.
    passphrase
        Encrypts the package (AES-256).

    Returns
    -------
    Built

    Raises
    ------
    NothingToPackageError
        When not one object could be put in; `out` is then not a package.
    """
    if passphrase:
        images = [replace(image, label="") for image in images]  # a zip tells its member names without the passphrase
    directory = dicom.Directory(f"{release.decision} {release.decided_at}") if release.form == "dicomdir-zip" else None
    members = directory.members if directory else _members(release, images)
    listed: list[tuple[str, bytes]] = []
    with closing(open_container(out, passphrase)) as container:
        left_out = _fill(container, members, images, listed)
        if len(left_out) == len(images):
            raise NothingToPackageError(left_out)
        if directory:
            _put(container, listed, *directory.finish())
        held_back, released = _account(release, images, describe, left_out)
        _put(container, listed, "RELEASE.txt", report(release, held_back, released))
        container.add("manifest.json", manifest(release, listed, held_back, released))
    return Built(released, tuple(left_out))


def _account(
    release: Release,
    images: Sequence[Image],
    describe: Callable[[int, str], HeldBack],
    left_out: Sequence[tuple[int, str]],
) -> tuple[list[HeldBack], int]:
    """Return all that is left out, in order, and how many objects are in."""
    held_back = sorted(
        (*release.held_back, *(describe(index, reason) for index, reason in left_out)), key=lambda part: part.position
    )
    return held_back, len(images) - len(left_out)


def _members(release: Release, images: Sequence[Image]) -> _Members:
    if release.form == "dicom-zip":
        return dicom.plain
    ranges = raster.ranges_of_series(images) if release.window is None else {}
    return raster.renderer(release.form, window=release.window, ranges=ranges)


def _fill(
    container: Container, members: _Members, images: Sequence[Image], listed: list[tuple[str, bytes]]
) -> list[tuple[int, str]]:
    left_out: list[tuple[int, str]] = []
    for index, image in enumerate(images):
        try:
            for name, data in members(image):
                _put(container, listed, name, data)
        except CannotRenderError as error:
            left_out.append((index, str(error)))
    return left_out


def _put(container: Container, listed: list[tuple[str, bytes]], name: str, data: bytes) -> None:
    container.add(name, data)
    listed.append((name, digest(data)))
