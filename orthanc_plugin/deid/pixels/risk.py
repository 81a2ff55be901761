"""Which objects may not pass by themselves: burned-in identities, documents, faces. The rules are ``risk.toml``."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from pydicom._uid_dict import UID_dictionary

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.errors import ExcludedError, HeldBackError, Rule, UnreadableError
from orthanc_plugin.deid.objects.facts import Facts, HashedFacts
from orthanc_plugin.deid.rules.profile import Profile


@dataclass(frozen=True, slots=True)
class Kind:
    """One rule: an object that meets any of its lists gets its verdict; `rule` is empty where no person can decide."""

    verdict: str
    reason: str
    rule: Rule
    sop_classes: frozenset[str]
    modalities: frozenset[str]
    image_types: frozenset[str]
    conversion_types: frozenset[str]
    transfer_syntaxes: frozenset[str]
    descriptions: re.Pattern[str] | None

    def meets(self, facts: Facts) -> bool:
        """Say whether the object is of this kind."""
        return (
            facts.text("SOPClassUID") in self.sop_classes
            or facts.text("Modality") in self.modalities
            or facts.transfer_syntax in self.transfer_syntaxes
            or facts.text("ConversionType") in self.conversion_types
            or bool(self.image_types and self.image_types.intersection(facts.terms("ImageType")))
            or bool(self.descriptions and self.descriptions.search(_descriptions(facts)))
        )


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("orthanc_plugin.deid.pixels") / "risk.toml").read_text("utf-8"))


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the rules, in the order of the file."""
    return tuple(map(_kind, _rules()["kind"]))


def why_excluded(sop_class_uid: str) -> str | None:
    """Return why objects of a SOP class are never part of a release; None where their class does not say so (R24)."""
    excluded = (kind for kind in kinds() if kind.verdict == "excluded" and sop_class_uid in kind.sop_classes)
    return next((kind.reason for kind in excluded), None)


def _kind(entry: dict[str, Any]) -> Kind:
    lists = ("sop_classes", "modalities", "image_types", "conversion_types", "transfer_syntaxes")
    return Kind(
        entry["verdict"],
        entry["reason"],
        entry.get("rule", ""),
        descriptions=re.compile(entry["descriptions"], re.IGNORECASE) if "descriptions" in entry else None,
        **{name: frozenset(entry.get(name, ())) for name in lists},
    )


def _descriptions(facts: Facts) -> str:
    texts = (facts.text("SeriesDescription"), facts.text("ProtocolName"), facts.text("StudyDescription"))
    return " ".join(texts).replace("_", " ")


def judge(facts: Facts, profile: Profile, *, reviewed: bool = False) -> None:
    """Let an object pass, or say why not.

    Parameters
    ----------
    facts : Facts
        Of the source object.
    profile : Profile
        That is applied.
    reviewed : bool
        A person looked at its pixels: what a person can decide holds it no more.

    Raises
    ------
    HeldBackError
        The object is excluded or has to be seen by a person.
    """
    reason = _reason(facts.deciding(), profile, reviewed)
    if reason is not None:
        raise reason[0](reason[1], reason[2])


Reason = tuple[type[HeldBackError], str, Rule]


@lru_cache(maxsize=4096)
def _reason(facts: HashedFacts, profile: Profile, reviewed: bool) -> Reason | None:
    """Return why an object may not pass, as the error to raise; the slices of a series share the answer."""
    try:
        _judge(facts, profile)
        if not reviewed:
            _judge_by_rules(facts)
    except HeldBackError as error:
        return type(error), str(error), error.rule
    return None


def _judge_by_rules(facts: Facts) -> None:
    """Refuse what a person has to look at and can decide about."""
    for kind in kinds():
        if kind.rule and kind.meets(facts):
            raise HeldBackError(kind.reason, kind.rule)
    if facts.overlay_in_pixels:
        told = "an overlay is stored in the unused bits of its pixels; a person has to look at it first"
        raise HeldBackError(told, "overlay")


def _judge(facts: Facts, profile: Profile) -> None:
    """Refuse what no person can decide about by looking."""
    sop_class = facts.text("SOPClassUID")
    if not (sop_class and facts.text("SOPInstanceUID")) and sop_class != "1.2.840.10008.1.3.10":
        raise UnreadableError("it has no SOP class or no SOP Instance UID: not an object of the standard")
    if UID_dictionary.get(sop_class, ("", ""))[1] not in ("SOP Class", "Media Storage Directory"):
        raise HeldBackError("its SOP class is not one of the standard, so nobody can say what it holds")
    for kind in kinds():
        if not kind.rule and kind.meets(facts):
            raise (ExcludedError if kind.verdict == "excluded" else HeldBackError)(kind.reason)
    if facts.consent_refused:
        raise HeldBackError("it says itself that consent to distribution was refused or withdrawn (0012,0085)")
    _judge_pixels(facts)
    if profile.attributes == "iod" and not standard.is_known_sop_class(sop_class):
        raise HeldBackError("its SOP class has no list of attributes that may be published")


def judge_face(facts: Facts, profile: Profile, verdict: str, *, consent: bool, no_face: bool = False) -> bool:
    """Return whether a face has to be removed from an object before it may pass.

    Parameters
    ----------
    facts : Facts
        Of the source object.
    profile : Profile
        Whose rule on faces counts.
    verdict : str
        Of the look at its series (`face_sight.FaceVerdict`).
    consent : bool
        Whether the patient's recorded consent to this use is the basis of the release.
    no_face : bool
        Whether a person looked at it and found that no face can be made out.

    Raises
    ------
    HeldBackError
        A face can be made out, it cannot be removed, and the patient did not agree to it (R25).
    """
    if verdict == "head":
        return profile.faces == "remove" or (profile.faces == "consent" and not consent)
    if profile.faces == "pass" or consent or no_face:
        return False
    if verdict == "unsure":
        told = "it may belong to a head, and its face cannot be removed safely: the patient has to agree to it (R25)"
        raise HeldBackError(told, "face")
    if is_face_capable(facts):
        told = "a head volume: the face can be rendered from it, so it needs the patient's consent (R25)"
        raise HeldBackError(told, "face")
    return False


def is_read_twice(facts: Facts) -> bool:
    """Say whether names are often written into images of this kind, so that a second reader is asked always (R23)."""
    return _second_reader().meets(facts)


@cache
def _second_reader() -> Kind:
    return _kind({"verdict": "", "reason": "", **_rules()["second_reader"]})


def _judge_pixels(facts: Facts) -> None:
    """Refuse native pixel data that are shorter than the image they should be."""
    needed = facts.native_length
    if needed is not None and facts.pixel_length is not None and facts.pixel_length < needed:
        raise UnreadableError("its pixel data are shorter than the image that the header describes: truncated")


def is_face_capable(facts: Facts) -> bool:
    """Say whether a face can be rendered from the volume this belongs to (R25)."""
    rule = _rules()["faces"]
    if facts.text("Modality") not in rule["modalities"]:
        return False
    try:
        thickness = float(facts.text("SliceThickness") or 0)
    except ValueError:
        thickness = 0.0
    return thickness <= rule["thickest_mm"] and says_head(facts.text("BodyPartExamined"), _descriptions(facts))


def says_head(body_part: str, descriptions: str) -> bool:
    """Say whether a word of the header says that this is of a head; that no word does means nothing."""
    rule = _rules()["faces"]
    named = body_part.upper() in rule["body_parts"]
    return named or bool(re.search(rule["descriptions"], descriptions.replace("_", " "), re.IGNORECASE))


def says_neck(body_part: str, descriptions: str) -> bool:
    """Say whether a word of the header says that this is of a neck, which may go up to the eyes."""
    text = f"{body_part} {descriptions}".replace("_", " ")
    return bool(re.search(_rules()["faces"]["neck"], text, re.IGNORECASE))
