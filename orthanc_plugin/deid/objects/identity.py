"""Who an object is about, by its own header: the patient's code, the date shift, and the terms to look for in text."""

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from tomllib import loads

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import tag_for_keyword

from orthanc_plugin.deid.actions.context import Context, encodings
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.text.known import KnownTerms
from orthanc_plugin.deid.text.places import own_words

CHARSET = 0x00080005
PATIENT_ID, PATIENT_NAME, BIRTH_DATE, STUDY_UID = 0x00100020, 0x00100010, 0x00100030, 0x0020000D


@cache
def tags_of(kind: str) -> tuple[int, ...]:
    """Return the attributes of one list of ``identity.toml``."""
    return tuple(tag for keyword in _listed(kind) if (tag := tag_for_keyword(keyword)) is not None)


@cache
def words_of(kind: str) -> frozenset[str]:
    """Return the words of one list of ``identity.toml``."""
    return frozenset(_listed(kind))


def _listed(kind: str) -> list[str]:
    listed: list[str] = loads((files("orthanc_plugin.deid.objects") / "identity.toml").read_text("utf-8"))[kind]
    return listed


NAME_TAGS = tuple(tag for tag, entry in DicomDictionary.items() if entry[0] == "PN")
"""Every person name of the dictionary: who referred, operated, reported or signed is named in text as patients are."""

IDENTITY_TAGS = (CHARSET, *NAME_TAGS, *tags_of("numbers"), *tags_of("phrases"))


def context_for(key: ReleaseKey, raw: Mapping[int, bytes]) -> Context:
    """Return the context of an object.

    Parameters
    ----------
    key : ReleaseKey
        Of the release.
    raw : mapping of tag to bytes
        The raw values of the object's own attributes, at least those of `IDENTITY_TAGS` that it has.
    """
    identity = tuple(map(raw.get, IDENTITY_TAGS))
    own = raw.get(PATIENT_ID) or raw.get(PATIENT_NAME)
    return _context(key, identity, b"" if own else raw.get(STUDY_UID, b""))


@lru_cache(maxsize=512)
def _context(key: ReleaseKey, identity: tuple[bytes | None, ...], study: bytes) -> Context:
    raw = {tag: value for tag, value in zip(IDENTITY_TAGS, identity, strict=True) if value}
    bare = Context(key, "", 0, KnownTerms(), encodings(raw.get(CHARSET, b"")))
    texts = {tag: _text(bare, value) for tag, value in raw.items() if tag != CHARSET}
    who = _who(texts, key) or study.strip(b" \0").decode("latin-1")
    shift = key.day_shift(who) if who else 0  # an object about nobody, such as a colour palette
    return Context(key, key.code(who), shift, _known(texts, key), bare.encodings)


def _who(texts: Mapping[int, str], key: ReleaseKey) -> str:
    """Return what names the patient: the number, or where there is none the name with the date of birth.

    A name that is our own code of an earlier run stands by itself, so that it stays.
    """
    number = texts.get(PATIENT_ID, "")
    name = texts.get(PATIENT_NAME, "")
    if not number and key.is_own_code(name):
        return name
    return number or (f"{name}|{texts.get(BIRTH_DATE, '')}" if name else "")


def _text(context: Context, value: bytes) -> str:
    try:
        return context.decode(value.rstrip(b" \0")).strip()
    except (UnicodeDecodeError, LookupError):
        return value.decode("latin-1").strip()


def _known(texts: Mapping[int, str], key: ReleaseKey) -> KnownTerms:
    """Collect the terms: but no code or constant of our own earlier run."""

    def of(tags: tuple[int, ...]) -> list[str]:
        parts = (part for tag in tags for part in texts.get(tag, "").split("\\"))
        return [part for part in parts if part not in _OWN and not key.is_own_code(part)]

    phrases = of(tags_of("phrases"))
    words = own_words(phrases, words_of("ordinary"))
    return KnownTerms.gather(of(NAME_TAGS), of(tags_of("numbers")), [*phrases, *words])


_OWN = frozenset({"", "REMOVED", "0", "000000", "19000101", "Removed"})
