"""Put the corpus together."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus import hiding, images, structured, treatment
from corpus.common import Case
from corpus.directory import directory
from corpus.mint import Mint
from corpus.model import CorpusObject, Kept, Planted, Reference

_EVIDENCE = ("CurrentRequestedProcedureEvidenceSequence", 0, "ReferencedSeriesSequence", 0, "ReferencedSOPSequence", 0)
_CONTOUR = ("ReferencedFrameOfReferenceSequence", 0, "RTReferencedStudySequence", 0, "RTReferencedSeriesSequence", 0)
_UID, _OWN = "ReferencedSOPInstanceUID", ("SOPInstanceUID",)


@dataclass(frozen=True)
class Corpus:
    """Objects and how they point at each other."""

    objects: tuple[CorpusObject, ...]
    references: tuple[Reference, ...]

    @property
    def planted(self) -> list[Planted]:
        """Return every planted value."""
        return [planted for each in self.objects for planted in each.planted]

    @property
    def kept(self) -> list[Kept]:
        """Return every value that must be kept."""
        return [kept for each in self.objects for kept in each.kept]


@lru_cache(maxsize=2)
def build(*, introduced: bool = False) -> Corpus:
    """Return the corpus; the same bytes each time.

    Parameters
    ----------
    introduced
        Whether the names that stand in free text also stand in Other Patient Names, so that a tool which cleans text by
        what is known of the patient can know them. Otherwise they are strangers, as a visitor's or a nurse's name is.
    """
    mint = Mint()
    case = Case.new(mint)
    objects = tuple(_objects(mint, case))
    if introduced:
        for each in objects:
            introduce(each)
    return Corpus(objects, tuple(_references()))


def introduce(each: CorpusObject) -> None:
    """Put every invented word of an object into its Other Patient Names."""
    words = [planted.value for planted in each.planted if planted.value.isalpha() and planted.value.isascii()]
    each.dataset.OtherPatientNames = list(dict.fromkeys(words))


def _objects(mint: Mint, case: Case) -> Iterator[CorpusObject]:
    slices = [images.ct(mint, case, syntax) for syntax in ("explicit", "implicit", "big-endian", "deflated")]
    yield from slices
    target = slices[0]
    for make in (
        images.mr,
        images.cr,
        images.ultrasound,
        images.photograph,
        images.enhanced_ct,
        images.dose_sheet,
        images.pet,
    ):
        yield make(mint, case)
    for refer in (structured.text_report, structured.key_objects, structured.presentation, structured.segmentation):
        yield refer(mint, case, target)
    yield structured.registration(mint, case, target)
    yield structured.plain_report(mint, case)
    structure = treatment.structures(mint, case, target)
    plan = treatment.plan(mint, case, structure)
    yield from (structure, plan, treatment.dose(mint, case, plan))
    for make in (treatment.ecg, treatment.pdf, treatment.cda, treatment.stl):
        yield make(mint, case)
    yield from hiding.everything_hidden(mint, case)
    yield directory(mint, target)


def _references() -> Iterator[Reference]:
    ct = "ct-explicit"
    for kind, source in (("SR evidence to CT", "sr-text"), ("KO to CT", "ko")):
        yield Reference(kind, source, (*_EVIDENCE, _UID), ct, _OWN)
    yield Reference("PR to CT", "pr", ("ReferencedSeriesSequence", 0, "ReferencedImageSequence", 0, _UID), ct, _OWN)
    yield Reference(
        "SEG to CT", "seg", ("ReferencedSeriesSequence", 0, "ReferencedInstanceSequence", 0, _UID), ct, _OWN
    )
    yield Reference("RTSTRUCT to CT", "rtstruct", (*_CONTOUR, "ContourImageSequence", 0, _UID), ct, _OWN)
    yield Reference("RTPLAN to RTSTRUCT", "rtplan", ("ReferencedStructureSetSequence", 0, _UID), "rtstruct", _OWN)
    for source in ("seg", "rtdose", "mr", "pet"):
        yield Reference("same frame of reference", source, ("FrameOfReferenceUID",), ct, ("FrameOfReferenceUID",))
    frame = ("StructureSetROISequence", 0, "ReferencedFrameOfReferenceUID")
    yield Reference("same frame of reference", "rtstruct", frame, ct, ("FrameOfReferenceUID",))
    for source in ("mr", "sr-text", "ko", "pr", "seg", "rtstruct", "rtplan"):
        yield Reference("same study", source, ("StudyInstanceUID",), ct, ("StudyInstanceUID",))
