"""Packages of de-identified files: zip, DICOMDIR, pictures, encryption, manifest; every container is clean (D4)."""

from orthanc_plugin.packaging.build import FORMATS, MINIMUM_PASSPHRASE, NOT_YET, Built, NothingToPackageError, build
from orthanc_plugin.packaging.release import HeldBack, Image, PackagingError, Release

__all__ = [
    "FORMATS",
    "MINIMUM_PASSPHRASE",
    "NOT_YET",
    "Built",
    "HeldBack",
    "Image",
    "NothingToPackageError",
    "PackagingError",
    "Release",
    "build",
]
