"""De-identification by DICOM PS3.15 Annex E."""

from orthanc_plugin.deid.markers import ConsentBasis
from orthanc_plugin.deid.outcome import Outcome
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.rules.profile import Level, Profile, load_profile
from orthanc_plugin.deid.single import deidentify

__all__ = [
    "ConsentBasis",
    "Level",
    "Outcome",
    "Profile",
    "ReleaseKey",
    "deidentify",
    "load_profile",
]
