"""The few raw values of an object's own attributes that decide about the whole object, whoever read them."""

from pydicom.datadict import tag_for_keyword

from orthanc_plugin.deid.objects.identity import IDENTITY_TAGS, STUDY_UID

_KEYWORDS = (
    "SOPClassUID",
    "SOPInstanceUID",
    "Modality",
    "ImageType",
    "BurnedInAnnotation",
    "RecognizableVisualFeatures",
    "BodyPartExamined",
    "StudyDescription",
    "SeriesDescription",
    "ProtocolName",
    "ConversionType",
    "SliceThickness",
    "Rows",
    "Columns",
    "BitsAllocated",
    "SamplesPerPixel",
    "NumberOfFrames",
    "PhotometricInterpretation",
)

FACT = {keyword: tag for keyword in _KEYWORDS if (tag := tag_for_keyword(keyword)) is not None}
FACT_TAGS = frozenset(FACT.values()) | frozenset(IDENTITY_TAGS) | {STUDY_UID}

CONSENT_SEQUENCE, CONSENT_FLAG, PIXEL_DATA, PERSON_NAME = 0x00120083, 0x00120085, 0x7FE00010, 0x0040A123
OVERLAY_MASK, OVERLAY_BITS = 0xFF00FFFF, 0x60000100  # (60xx,0100) Overlay Bits Allocated
LONGEST_FACT = 10_240  # bytes of one value that are looked at


_DECIDING = tuple(tag for keyword, tag in FACT.items() if keyword != "SOPInstanceUID")


class Facts(dict[int, bytes]):
    """Raw values by tag, and what else decides about the whole object.

    Attributes
    ----------
    overlay_in_pixels : bool
        An overlay hides in the unused bits of the pixels.
    consent_refused : bool
        (0012,0083) says that consent to distribution was refused or withdrawn.
    transfer_syntax : str
        The one that the data set really is in.
    pixel_length : int or None
        Bytes of native pixel data; None where there are none, or they are compressed.
    hashed : HashedFacts or None
        What `deciding` returned: facts are not changed after that.
    """

    overlay_in_pixels: bool = False
    consent_refused: bool = False
    transfer_syntax: str = ""
    pixel_length: int | None = None
    hashed: "HashedFacts | None" = None

    def deciding(self) -> "HashedFacts":
        """Return these facts with a hash, of what decides and nothing that differs between the slices of a series."""
        if self.hashed is not None:
            return self.hashed
        facts = self.hashed = HashedFacts({tag: value for tag in _DECIDING if (value := self.get(tag)) is not None})
        facts[FACT["SOPInstanceUID"]] = b"1" if self.get(FACT["SOPInstanceUID"], b"").strip(b" \0") else b""
        facts.overlay_in_pixels, facts.consent_refused = self.overlay_in_pixels, self.consent_refused
        facts.transfer_syntax, facts.pixel_length = self.transfer_syntax, self.pixel_length
        return facts

    @property
    def native_length(self) -> int | None:
        """Return how many bytes the described image has; None where it is compressed or not described."""
        if self.pixel_length is None or not self.number("Rows") or not self.number("Columns"):
            return None
        samples = self.number("SamplesPerPixel", 1) or 1
        bits = self.number("Rows") * self.number("Columns") * samples * (self.number("BitsAllocated", 8) or 8)
        if self.text("PhotometricInterpretation") in ("YBR_FULL_422", "YBR_PARTIAL_422"):
            bits = bits * 2 // 3
        length = (bits * max(self.number("NumberOfFrames", 1), 1) + 7) // 8
        return length + length % 2

    @property
    def plane(self) -> int:
        """Return how many pixels a frame has; 0 where it is not described."""
        return self.number("Rows") * self.number("Columns")

    def text(self, keyword: str) -> str:
        """Return a value as text, without padding; empty where there is none."""
        return self.get(FACT[keyword], b"").strip(b" \0").decode("latin-1")

    def terms(self, keyword: str) -> list[str]:
        """Return the parts of a multi-valued text."""
        return [part.strip() for part in self.text(keyword).split("\\")]

    def number(self, keyword: str, default: int = 0) -> int:
        """Return an integer, written in binary or as text."""
        raw = self.get(FACT[keyword], b"")
        if keyword == "NumberOfFrames":
            text = raw.strip(b" \0")
            return int(text) if text.isdigit() and len(text) < 13 else default
        return int.from_bytes(raw[:2], "little") if len(raw) >= 2 else default


class HashedFacts(Facts):
    """Facts that can be a key; do not change them."""

    def _key(self) -> tuple[object, ...]:
        flags = (self.overlay_in_pixels, self.consent_refused, self.transfer_syntax, self.pixel_length)
        return (*self.items(), *flags)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(self._key())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HashedFacts) and self._key() == other._key()
