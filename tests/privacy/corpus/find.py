"""Say what an output still holds, lost or broke. Knows only the planted values, and nothing of the product."""

import io
import re
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pikepdf
import pydicom
from pydicom import Dataset
from pydicom.errors import InvalidDicomError

from corpus.bed import text_at
from corpus.build import Corpus
from corpus.model import CorpusObject, How, Kept, Planted, Reference

Output = Mapping[str, bytes | None]
"""Output bytes by object name; None or absent where the tool refused the object."""
_UNREADABLE = (
    InvalidDicomError,
    ValueError,
    KeyError,
    AttributeError,
    NotImplementedError,
    EOFError,
    OSError,
    TypeError,
    RuntimeError,
)


class Seen:
    """All that can be read in one output file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.dataset = parse(data)
        self._texts = [text.lower() for text in self._readings()]

    def _readings(self) -> Iterator[bytes]:
        yield self.data
        yield self.data.replace(b"\0", b"")
        if len(self.data) > 132 and b"1.2.840.10008.1.2.1.99" in self.data[:1000]:
            yield _inflated(self.data)
        if self.dataset is not None:
            texts = [
                str(element.value) for element in elements(self.dataset) if element.VR not in {"SQ", "OB", "OW", "UN"}
            ]
            yield "\n".join(texts).encode("utf-8", "replace")
            yield from _document(self.dataset.get("EncapsulatedDocument"))

    def holds(self, planted: Planted, original: CorpusObject) -> bool:
        """Whether a planted value is still there."""
        if planted.how is How.PIXELS:
            return self._still_drawn(planted, original)
        if planted.how is How.ELEMENT:
            return self._stands(planted)
        if planted.raw:
            return any(planted.raw.lower() in text for text in self._texts) or self._has(planted.value)
        return self._has(planted.value[:8] if planted.how is How.DATE else planted.value)

    def _has(self, value: str) -> bool:
        return any(value.lower().encode("utf-8") in text for text in self._texts)

    def _stands(self, planted: Planted) -> bool:
        keyword = planted.place.rsplit(".", 1)[-1]
        found = elements(self.dataset) if self.dataset is not None else ()
        return any(element.keyword == keyword and str(element.value) == planted.value for element in found)

    def _still_drawn(self, planted: Planted, original: CorpusObject) -> bool:
        top, bottom, left, right = planted.region
        if self.dataset is None or "PixelData" not in self.dataset:
            return False
        try:
            ours = self.dataset.pixel_array
        except _UNREADABLE:
            return True
        theirs = pydicom.dcmread(io.BytesIO(original.write())).pixel_array
        if ours.shape != theirs.shape:
            return False
        return bool(np.array_equal(ours[..., top:bottom, left:right], theirs[..., top:bottom, left:right]))


def parse(data: bytes) -> Dataset | None:
    """Return the data set of a file; None when pydicom cannot read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(io.BytesIO(data), force=True)
            dataset.decode()
            list(elements(dataset))
    except _UNREADABLE:
        return None
    return dataset


def elements(dataset: Dataset) -> Iterator[pydicom.DataElement]:
    """Yield every element, file meta included."""
    yield from getattr(dataset, "file_meta", None) or ()
    yield from dataset.iterall()


def _inflated(data: bytes) -> bytes:
    start = 132 + 12 + int.from_bytes(data[140:144], "little")
    try:
        return zlib.decompressobj(-15).decompress(data[start:], 1 << 26)
    except zlib.error:
        return b""


def _document(document: bytes | None) -> Iterator[bytes]:
    if not document or b"%PDF" not in document[:1024]:
        return
    try:
        with pikepdf.open(io.BytesIO(document)) as pdf:
            for item in pdf.objects:
                yield item.read_bytes() if isinstance(item, pikepdf.Stream) else item.unparse()
    except (pikepdf.PdfError, RuntimeError):
        yield from re.findall(rb"stream\r?\n(.*?)endstream", document, re.DOTALL)


def leaks(objects: Iterable[CorpusObject], output: Output) -> list[Planted]:
    """Return the planted values that an output still holds."""
    found = []
    for each in objects:
        data = output.get(each.name)
        if data is not None:
            seen = Seen(data)
            found += [planted for planted in each.planted if seen.holds(planted, each)]
    return found


def over_removed(objects: Iterable[CorpusObject], output: Output) -> list[Kept]:
    """Return what the standard keeps and an output lost or changed."""
    found = []
    for each in objects:
        data = output.get(each.name)
        if data is not None:
            dataset = parse(data) or Dataset()
            found += [kept for kept in each.kept if text_at(dataset, kept.path) != kept.value]
    return found


def broken_references(corpus: Corpus, output: Output) -> list[Reference]:
    """Return the references that no longer lead to their target, among objects that came out on both sides."""
    parsed = {name: parse(data) or Dataset() for name, data in output.items() if data is not None}
    return [
        each
        for each in corpus.references
        if each.source in parsed
        and each.target in parsed
        and not _leads(each, parsed[each.source], parsed[each.target])
    ]


def _leads(reference: Reference, source: Dataset, target: Dataset) -> bool:
    uid = text_at(source, reference.path)
    return bool(uid) and uid == text_at(target, reference.target_path)
