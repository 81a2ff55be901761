"""Data sets written down in a line."""

from typing import Any

from pydicom import Dataset


def item(**attributes: Any) -> Dataset:
    """Return a data set, such as an item of a sequence, with attributes by their keywords."""
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made
