"""Content items of structured reports, as pydicom reads them."""

from collections.abc import Iterator

from pydicom.dataset import Dataset

from orthanc_plugin.deid.objects.values import ascii_value
from orthanc_plugin.deid.rules.content import CODE_VALUE, CODING_SCHEME, CONCEPT_NAME, CONTENT, VALUE_TYPE, Item
from orthanc_plugin.deid.slow.errors import MOST_NESTING


def item_of(item: Dataset) -> Item:
    """Return concept and value type of a content item; empty texts where it has none."""
    value_type = ascii_value(item, VALUE_TYPE)
    concept = item[CONCEPT_NAME].value if CONCEPT_NAME in item else None
    if not concept or not isinstance(concept[0], Dataset):
        return ("", "", value_type)
    return (ascii_value(concept[0], CODE_VALUE), ascii_value(concept[0], CODING_SCHEME), value_type)


def all_items(dataset: Dataset, depth: int = 0) -> Iterator[Dataset]:
    """Yield an object and all its content items, at every depth."""
    yield dataset
    if depth < MOST_NESTING and CONTENT in dataset and dataset[CONTENT].VR == "SQ":
        for item in dataset[CONTENT].value:
            yield from all_items(item, depth + 1)
