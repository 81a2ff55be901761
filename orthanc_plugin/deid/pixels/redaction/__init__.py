"""Blackening pixels for good: a DICOM file and areas in, a new file in which nothing is left beneath them, out."""

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.file import redact
from orthanc_plugin.deid.pixels.redaction.fill import Fill

__all__ = ["CannotRedactError", "Fill", "redact"]
