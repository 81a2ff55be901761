"""Attributes with an action of their own, by keyword."""

from pydicom.datadict import tag_for_keyword

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.charset import KeepCharset, WrittenAnew
from orthanc_plugin.deid.actions.clean import CleanCode, CleanLabel, CleanScheme
from orthanc_plugin.deid.actions.code import PatientCode
from orthanc_plugin.deid.actions.dummy import DummyCodes
from orthanc_plugin.deid.actions.icc import CleanIcc
from orthanc_plugin.deid.actions.keep import KeepTerm, Recurse
from orthanc_plugin.deid.rules.defaults import on_nothing
from orthanc_plugin.deid.rules.profile import Profile

CODED = frozenset({"CodeValue", "LongCodeValue", "URNCodeValue"})
LABELS = frozenset({"StackID", "OpticalPathIdentifier", "FiducialIdentifier", "ImagedNucleus"})
"""What other attributes refer to, or tell apart by; where all became the same, an image would be another."""
MARKERS = (
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
    "LongitudinalTemporalInformationModified",
    "RecognizableVisualFeatures",
    "BurnedInAnnotation",
    "ConsentForClinicalTrialUseSequence",
    "DistributionType",
    "ConsentForDistributionFlag",
    "DeidentificationActionSequence",
)


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    assert tag is not None, keyword  # noqa: S101  the names are constants of this file
    return tag


def special(profile: Profile, kind: str) -> dict[int, Action]:
    """Return the actions by tag for an attribute of a type.

    Parameters
    ----------
    profile : Profile
        Whose way with text counts for local codes.
    kind : str
        The attribute's type in the SOP class, empty where unknown.
    """
    nothing = on_nothing(kind)
    mode = profile.text
    actions: dict[str, Action] = {
        "PatientName": PatientCode(),
        "PatientID": PatientCode(),
        "ClinicalTrialSubjectID": PatientCode(),
        "ClinicalTrialSubjectReadingID": PatientCode(),
        "SpecificCharacterSet": KeepCharset(),
        "ICCProfile": CleanIcc(),
        "PersonIdentificationCodeSequence": DummyCodes(),
        "CodeMeaning": CleanCode(mode, nothing, what="meaning"),
        "CodingSchemeDesignator": CleanScheme(mode, nothing),
        **{keyword: CleanCode(mode, nothing) for keyword in CODED},
        **{keyword: CleanLabel(mode, nothing) for keyword in LABELS},
        "CodingSchemeVersion": CleanLabel(mode, nothing, what="version"),
        **{keyword: WrittenAnew() for keyword in MARKERS},
        "ContentSequence": Recurse(),
    }
    if kind in ("1", "1C"):  # such an object is not valid without it: the source's word stays, as the source's
        actions["BurnedInAnnotation"] = KeepTerm(mode)
    return {_tag(keyword): action for keyword, action in actions.items() if tag_for_keyword(keyword) is not None}
