"""What an action may know of the object it works on: the release key, the patient's code, and how text is written."""

from dataclasses import dataclass, replace

from pydicom.charset import convert_encodings, decode_bytes, encode_string
from pydicom.valuerep import TEXT_VR_DELIMS

from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.text.known import KnownTerms


@dataclass(frozen=True, slots=True)
class Context:
    """Facts about one object that actions need.

    Attributes
    ----------
    key : ReleaseKey
        Of this release.
    code : str
        The patient's code in this release.
    shift : int
        Days that this patient's dates move (negative: into the past).
    known : KnownTerms
        Words and numbers of the object's own identifying attributes.
    encodings : tuple of str
        Python encodings of (0008,0005), first the default one.
    """

    key: ReleaseKey
    code: str
    shift: int
    known: KnownTerms
    encodings: tuple[str, ...] = ("iso8859",)

    def within(self, charset: bytes) -> "Context":
        """Return the context inside an item that has its own Specific Character Set."""
        return replace(self, encodings=encodings(charset))

    def decode(self, value: bytes) -> str:
        """Read text.

        Raises
        ------
        UnicodeDecodeError
            When the bytes are not text in the declared character set.
        """
        if value.isascii() and b"\x1b" not in value and self.encodings[0] not in _NOT_ASCII:
            return value.decode("ascii")
        if len(self.encodings) == 1:
            return value.decode(self.encodings[0])
        return decode_bytes(value, list(self.encodings), TEXT_VR_DELIMS)

    def encode(self, text: str) -> bytes:
        """Write text in the declared character set; what it cannot hold is left out."""
        if text.isascii() and self.encodings[0] not in _NOT_ASCII:
            return text.encode("ascii")
        try:
            return encode_string(text, list(self.encodings))
        except UnicodeEncodeError:
            return text.encode("ascii", "ignore")


_NOT_ASCII = frozenset({"utf_16", "utf-16"})


def encodings(charset: bytes) -> tuple[str, ...]:
    """Return the Python encodings for a raw value of (0008,0005); unknown names count as Latin-1."""
    names = [name.strip() for name in charset.decode("ascii", "replace").rstrip("\0 ").split("\\")]
    try:
        return tuple(convert_encodings(names)) if any(names) else ("iso8859",)
    except LookupError:
        return ("iso8859",)
