"""Which series are asked whether they hold a head, and which single images show a face themselves: by header facts.

No word takes suspicion away: BodyPartExamined "CHEST" on a head volume is believed by nobody.
"""

import re
from collections.abc import Collection
from functools import cache
from typing import Literal

from orthanc_plugin.deid.pixels.faces.rules import rules

FaceKind = Literal["photograph", "scout", "rendering", "surface"]


def is_asked(modality: str, slices: int, thickness: float | None) -> bool:
    """Say whether a series has to be looked at as a volume.

    Parameters
    ----------
    modality : str
        Modality (0008,0060); one that says nothing of what it is of is asked too.
    slices : int
        Slices and frames of the whole series, over all its objects.
    thickness : float or None
        The thinnest in mm, of SliceThickness or SpacingBetweenSlices; None (unknown) is asked.

    Returns
    -------
    bool
        True for 20 slices and more of at most 6.5 mm.
    """
    rule = rules()["asked"]
    return (
        modality.strip().upper() in {*rule["modalities"], *rule["unsure_modalities"]}
        and slices >= rule["least_slices"]
        and (thickness is None or not thickness > rule["thickest_mm"])
    )


def shows_face_itself(
    modality: str, sop_class: str, image_type: Collection[str], descriptions: str = ""
) -> FaceKind | None:
    """Return in which way a single image may show a face without any volume, or None.

    Parameters
    ----------
    modality, sop_class : str
        Modality and SOP class UID.
    image_type : collection of str
        The values of ImageType.
    descriptions : str
        SeriesDescription, ProtocolName, StudyDescription, DerivationDescription, joined.

    Returns
    -------
    str or None
        ``photograph`` (what it shows, only its patient's consent or a person can say), ``scout`` (of the whole head, in
        profile or from before), ``rendering`` (of a surface, shaded), ``surface`` (a mesh).
    """
    rule = rules()["face_itself"]
    terms = {term.strip().upper() for term in image_type}
    if modality.strip().upper() in rule["photographs"] or sop_class in rule["sop_classes"]:
        return "photograph"
    if sop_class in rule["surfaces"] or modality.strip().upper() in rule["surface_modalities"]:
        return "surface"
    if terms.intersection(rule["scouts"]):
        return "scout"
    if terms.intersection(rule["renderings"]) or _rendered().search(descriptions.replace("_", " ")):
        return "rendering"
    return None


@cache
def _rendered() -> re.Pattern[str]:
    return re.compile(rules()["face_itself"]["rendered_words"], re.IGNORECASE)
