"""A data set into which identifiers are planted, one call for each."""

from collections.abc import Callable
from typing import Any

from pydicom import Dataset
from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from corpus.mint import Mint
from corpus.model import CorpusObject, How, Kept, Planted

_DATES = {"DA", "DT"}


class Bed:
    """Plants into one object.

    Parameters
    ----------
    name, kind
        Of the object.
    mint
        Where the values come from.
    sop_class
        SOP Class UID.
    syntax
        Transfer Syntax UID.
    """

    def __init__(self, name: str, kind: str, mint: Mint, sop_class: str, syntax: str = ExplicitVRLittleEndian) -> None:
        self.mint = mint
        self.ds = Dataset()
        self.ds.file_meta = FileMetaDataset()
        self.ds.file_meta.TransferSyntaxUID = syntax
        self.ds.file_meta.MediaStorageSOPClassUID = sop_class
        self.ds.SOPClassUID = sop_class
        self.object = CorpusObject(name, kind, self.ds)

    def note(self, place: str, kind: str, value: str, how: How = How.TEXT, **more: Any) -> str:
        """Write down what was planted by other means; return the value."""
        self.object.planted.append(Planted(self.object.name, place, kind, value, how, **more))
        return value

    def forget(self, place: str) -> None:
        """Take back what was planted or kept at a place, because something else is put there."""
        self.object.planted[:] = [each for each in self.object.planted if each.place != place]
        self.object.kept[:] = [each for each in self.object.kept if each.path != (place,)]

    def put(
        self, keyword: str, kind: str, value: str | None = None, into: Dataset | None = None, path: str = ""
    ) -> str:
        """Plant a value of a kind at a keyword."""
        value = value or self._value(keyword, kind)
        target = self.ds if into is None else into
        setattr(target, keyword, value)
        place, how = path + keyword, How.DATE if dictionary_VR(tag_for_keyword(keyword) or 0) in _DATES else How.TEXT
        if kind == "name":
            for part in value.split("^"):
                if part:
                    self.note(place, kind, part)
        elif kind == "number":
            self.note(place, kind, value, How.ELEMENT)
        else:
            self.note(place, kind, value, how)
        return value

    def all(self, kind: str, keywords: str, into: Dataset | None = None, path: str = "") -> None:
        """Plant a value of one kind at each of several keywords."""
        for keyword in keywords.split():
            self.put(keyword, kind, None, into, path)

    def texts(self, keywords: str, into: Dataset | None = None, path: str = "") -> None:
        """Plant a name inside free text at each of several keywords."""
        for keyword in keywords.split():
            name = self.mint.word()
            target = self.ds if into is None else into
            setattr(target, keyword, f"for {name}")
            self.note(path + keyword, "name in text", name)

    def item(self, keyword: str, into: Dataset | None = None) -> Dataset:
        """Append an empty item to a sequence and return it."""
        target = self.ds if into is None else into
        if keyword not in target:
            setattr(target, keyword, Sequence([]))
        item = Dataset()
        target[keyword].value.append(item)
        return item

    def code(self, keyword: str, code: tuple[str, str, str], into: Dataset | None = None) -> Dataset:
        """Append a code item."""
        item = self.item(keyword, into)
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
        return item

    def keep(self, **values: Any) -> None:
        """Set values that must still be there afterwards."""
        for keyword, value in values.items():
            setattr(self.ds, keyword, value)
            self.keeps(keyword)

    def keeps(self, *path: str | int) -> None:
        """Say that what stands at a path must still be there afterwards."""
        self.object.kept.append(Kept(self.object.name, path, text_at(self.ds, path)))

    def _value(self, keyword: str, kind: str) -> str:
        mint: dict[str, Callable[[], str]] = {
            "name": lambda: f"{self.mint.word()}^{self.mint.word()}",
            "word": self.mint.word,
            "org": lambda: f"{self.mint.word()} Infirmary",
            "address": lambda: f"{self.mint.word()} Street {self.mint.postcode()}",
        }
        if kind == "date" and dictionary_VR(tag_for_keyword(keyword) or 0) == "DT":
            return self.mint.date() + self.mint.time()
        return (mint.get(kind) or getattr(self.mint, kind))()


def text_at(dataset: Dataset, path: tuple[str | int, ...]) -> str:
    """Return the text of the value at a path of keywords and item numbers; empty when there is none."""
    value: Any = dataset
    for step in path:
        try:
            value = value[step].value if isinstance(step, str) else value[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return str(value)


def keyword(tag: int) -> str:
    """Return the keyword of a tag, or the tag in hexadecimal."""
    return keyword_for_tag(tag) or f"{tag:08X}"
