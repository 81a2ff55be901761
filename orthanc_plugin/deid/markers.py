"""What every output says about itself, and nothing that was not done (PS3.15 E.1.1, E.2; CID 7050)."""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Literal

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.objects.encoding import elements
from orthanc_plugin.deid.objects.facts import Facts, HashedFacts
from orthanc_plugin.deid.pixels.risk import is_face_capable
from orthanc_plugin.deid.rules.profile import Profile

PRODUCT = "Anonymise or Ask"
_CODES = {
    "basic": ("113100", "Basic Application Confidentiality Profile"),
    "clean_pixels": ("113101", "Clean Pixel Data Option"),
    "clean_faces": ("113102", "Clean Recognizable Visual Features Option"),
    "clean_graphics": ("113103", "Clean Graphics Option"),
    "clean_structured_content": ("113104", "Clean Structured Content Option"),
    "clean_descriptors": ("113105", "Clean Descriptors Option"),
    "retain_longitudinal_full_dates": ("113106", "Retain Longitudinal Temporal Information Full Dates Option"),
    "retain_longitudinal_modified_dates": ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    "retain_patient_characteristics": ("113108", "Retain Patient Characteristics Option"),
    "retain_device_identity": ("113109", "Retain Device Identity Option"),
    "retain_uids": ("113110", "Retain UIDs Option"),
    "retain_safe_private": ("113111", "Retain Safe Private Option"),
    "retain_institution_identity": ("113112", "Retain Institution Identity Option"),
}
_DATES = {"removed": "REMOVED", "shifted": "MODIFIED", "kept": "UNMODIFIED"}


@dataclass(frozen=True, slots=True)
class ConsentBasis:
    """Consent to this use is on record.

    Attributes
    ----------
    protocol : str
        What was consented to, at most 64 characters, never naming a patient: a project's own identifier. Empty: the
        words of the profile's level.
    """

    protocol: str = ""


@dataclass(frozen=True, slots=True)
class PixelsDone:
    """What was done to the pixels of an object.

    Attributes
    ----------
    read : bool
        They were looked at for writing, and what had to go is gone.
    face : {"", "shown", "removed", "none"}
        Whether a face is known to show; none: a person found none; empty where nobody said so.
    """

    read: bool = False
    face: Literal["", "shown", "removed", "none"] = ""


NOTHING_DONE = PixelsDone()


@cache
def method(profile: Profile) -> str:
    """Return (0012,0063): product, version, profile and the table's edition; at most 64 characters."""
    return f"{PRODUCT} {version('anonymise-or-ask')}, {profile.code} {profile.name}, PS3.15 {standard.edition()}"


def _code_item(option: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodeMeaning = _CODES[option]
    item.CodingSchemeDesignator = "DCM"
    return item


def _consent_item(profile: Profile, basis: ConsentBasis) -> Dataset:
    """Return what consent was given to: the named use and no other (PS3.3 C.7.2.3.1.1)."""
    item = Dataset()
    item.ClinicalTrialProtocolID = basis.protocol or profile.consent_protocol
    item.DistributionType = "NAMED_PROTOCOL"
    item.ConsentForDistributionFlag = "YES"
    return item


def markers(profile: Profile, facts: Facts, consent: ConsentBasis | None, done: PixelsDone = NOTHING_DONE) -> Dataset:
    """Return the markers as a data set of their own.

    Parameters
    ----------
    profile : Profile
        That was applied.
    facts : Facts
        Of the source: a head volume that passes is marked as recognisable.
    consent : ConsentBasis or None
        Where the patient's consent is the basis.
    done : PixelsDone
        What was done to its pixels.
    """
    return _markers(profile, consent if profile.consent_protocol else None, _face(facts, done), done.read)


def encoded(
    profile: Profile, consent: ConsentBasis | None, facts: Facts, done: PixelsDone, *, implicit: bool
) -> list[tuple[int, bytes]]:
    """Return the markers as bytes by tag, in order: see `markers`."""
    return _encoded(profile, consent if profile.consent_protocol else None, _face(facts, done), done.read, implicit)


@cache
def _encoded(
    profile: Profile, consent: ConsentBasis | None, face: str, read: bool, implicit: bool
) -> list[tuple[int, bytes]]:
    return elements(_markers(profile, consent, face, read), implicit=implicit)


def _face(facts: Facts, done: PixelsDone) -> str:
    """Return what is known of a face, in the words of `PixelsDone`."""
    return done.face or ("shown" if _shows_face(facts.deciding()) else "")


@lru_cache(maxsize=4096)
def _shows_face(facts: HashedFacts) -> bool:
    return is_face_capable(facts) or facts.text("RecognizableVisualFeatures") == "YES"


@cache
def _markers(profile: Profile, consent: ConsentBasis | None, face: str, read: bool) -> Dataset:
    ds = Dataset()
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = method(profile)
    pixels = [*(["clean_pixels"] if read else []), *(["clean_faces"] if face == "removed" else [])]
    options = ["basic", *sorted([*profile.options, *pixels], key=_code)]
    ds.DeidentificationMethodCodeSequence = Sequence(map(_code_item, options))
    if consent:
        ds.ClinicalTrialTimePointID = ""  # the module of the sequence below demands it (PS3.3 C.7.2.3)
        ds.ConsentForClinicalTrialUseSequence = Sequence([_consent_item(profile, consent)])
    if read:
        ds.BurnedInAnnotation = "NO"
    if face:
        ds.RecognizableVisualFeatures = "YES" if face == "shown" else "NO"
    ds.LongitudinalTemporalInformationModified = _DATES[profile.dates]
    return ds


def _code(option: str) -> str:
    return _CODES[option][0]
