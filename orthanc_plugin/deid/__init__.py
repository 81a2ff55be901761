"""De-identification by DICOM PS3.15 Annex E."""

from orthanc_plugin.deid.keys import ReleaseKey
from orthanc_plugin.deid.markers import ConsentBasis
from orthanc_plugin.deid.outcome import Outcome
from orthanc_plugin.deid.profile import Level, Profile, load_profile
from orthanc_plugin.deid.single import deidentify
from orthanc_plugin.deid.verify import Finding, KnownIdentifiers, verify

__all__ = [
    "ConsentBasis",
    "Finding",
    "KnownIdentifiers",
    "Level",
    "Outcome",
    "Profile",
    "ReleaseKey",
    "deidentify",
    "load_profile",
    "verify",
]
