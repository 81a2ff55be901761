"""A planted corpus: DICOM objects of many kinds with traceable identifiers in every place where they hide.

Everything is invented: names are made of syllables that form no name, numbers are from ranges that are not issued.
`build()` gives the corpus, `leaks()` says which planted values an output still holds.
"""

from corpus.build import Corpus, build, introduce
from corpus.find import Output, broken_references, leaks, over_removed
from corpus.model import CorpusObject, Kept, Planted, Reference
from corpus.sweep import sweep

__all__ = [
    "Corpus",
    "CorpusObject",
    "Kept",
    "Output",
    "Planted",
    "Reference",
    "broken_references",
    "build",
    "introduce",
    "leaks",
    "over_removed",
    "sweep",
]
