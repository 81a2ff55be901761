"""The independent verifier: reads what is to leave with its own code, and says what must not be there.

Nothing here imports the de-identifying side, and nothing there is imported here: a mistake made once is not made twice.
"""

from orthanc_plugin.verify.check import verify
from orthanc_plugin.verify.finding import Finding, Severity
from orthanc_plugin.verify.known.collect import known_in_bytes, known_in_dataset, known_in_file
from orthanc_plugin.verify.known.known import Identifier, Kind, KnownIdentifiers
from orthanc_plugin.verify.look.writing import findings_in_pixels
from orthanc_plugin.verify.silence import keep_silent

__all__ = [
    "Finding",
    "Identifier",
    "Kind",
    "KnownIdentifiers",
    "Severity",
    "findings_in_pixels",
    "keep_silent",
    "known_in_bytes",
    "known_in_dataset",
    "known_in_file",
    "verify",
]
