"""What a second, independent reader reads in pixels that must not be there (R23, R30, R75)."""

import re
import unicodedata

from orthanc_plugin.verify.finding import Finding
from orthanc_plugin.verify.known.known import Kind, KnownIdentifiers
from orthanc_plugin.verify.known.needles import is_vocabulary
from orthanc_plugin.verify.reading.pictures import pictures
from orthanc_plugin.verify.reading.tesseract import SecondReaderMissingError, Word, words

_LEAST, _SURE = 40.0, 88.0  # of 100: for what is known of the patient, and for any other word
_SHORTEST_NAME, _SHORTEST_NUMBER, _SHORTEST_WORD = 4, 5, 5
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]?\d{2}[./-]?\d{2}")
_NUMBER = re.compile(r"\d{6,}")


def findings_in_pixels(data: bytes, known: KnownIdentifiers) -> list[Finding]:
    """Return what is read in the pixels of an object that is to leave and must not be there.

    Parameters
    ----------
    data
        The de-identified object.
    known
        What is known of all patients of the release.

    Returns
    -------
    list of Finding
        One a rule and frame. Pixels that cannot be read are a finding too, never an exception.
    """
    names, numbers = _names(known), _numbers(known)
    try:
        return sorted(
            {
                Finding(f"pixels of {frame}", rule)
                for frame, picture in pictures(data)
                for word in words(picture)
                if (rule := _rule(word, names, numbers))
            }
        )
    except SecondReaderMissingError as error:
        return [Finding("pixels", f"no-second-reader ({error})")]
    except Exception as error:  # noqa: BLE001  whatever a decoder raises, and its text stays here: nobody has read it
        return [Finding("pixels", f"not-read-twice ({type(error).__name__})")]


def _rule(word: Word, names: frozenset[str], numbers: frozenset[str]) -> str:
    """Return by which rule a word must not be there; empty where it may."""
    letters, digits = _folded(word.text), re.sub(r"\D", "", word.text)
    if word.confidence >= _LEAST and letters and any(_alike(letters, name) for name in names):
        return "pixels-known-name"
    if word.confidence >= _LEAST and len(digits) >= _SHORTEST_NUMBER and any(digits in number for number in numbers):
        return "pixels-known-number"
    if word.confidence < _SURE:
        return ""
    if _DATE.search(word.text) or _NUMBER.search(digits):
        return "pixels-date-or-number"
    strange = len(letters) >= _SHORTEST_WORD and letters == word.text.strip(".,:;").lower()
    return "pixels-words" if strange and not is_vocabulary(letters) else ""


def _names(known: KnownIdentifiers) -> frozenset[str]:
    parts = (part for each in known.identifiers if each.kind is Kind.NAME for part in re.split(r"[\W_]+", each.text))
    return frozenset(name for part in parts if len(name := _folded(part)) >= _SHORTEST_NAME)


def _numbers(known: KnownIdentifiers) -> frozenset[str]:
    kinds = (Kind.ID, Kind.BIRTH_DATE, Kind.PHONE)
    texts = (re.sub(r"\D", "", each.text) for each in known.identifiers if each.kind in kinds)
    return frozenset(text for text in texts if len(text) >= _SHORTEST_NUMBER)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in plain if letter.isalpha() and letter.isascii())


def _alike(read: str, name: str) -> bool:
    """Return whether a word is a name with at most one letter read wrongly."""
    if name in read:
        return True
    if len(read) != len(name) or len(name) <= _SHORTEST_NAME:
        return False
    return sum(one != other for one, other in zip(read, name, strict=True)) <= 1
