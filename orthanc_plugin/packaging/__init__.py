"""Packages of de-identified files: zip, DICOMDIR, pictures, encryption, manifest; every container is clean (D4)."""

from orthanc_plugin.formats import FORMATS, NOT_YET, PICTURES
from orthanc_plugin.packaging.build import MINIMUM_PASSPHRASE, Built, NothingToPackageError, build
from orthanc_plugin.packaging.release import HeldBack, Image, PackagingError, Release

__all__ = [
    "FORMATS",
    "MINIMUM_PASSPHRASE",
    "NOT_YET",
    "PICTURES",
    "Built",
    "HeldBack",
    "Image",
    "NothingToPackageError",
    "PackagingError",
    "Release",
    "build",
]
