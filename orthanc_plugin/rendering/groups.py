"""Where an attribute of one frame stands: in its own functional groups, the shared ones, or the object itself."""

from collections.abc import Iterator

from pydicom import Dataset


def place(dataset: Dataset, number: int, macro: str, *keywords: str) -> Dataset:
    """Return the data set that holds the attributes of a functional group macro for one frame (PS3.3 C.7.6.16).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.
    number : int
        Frame, counted from 0; one beyond the per-frame items has the shared group.
    macro : str
        Keyword of the macro's sequence, as ``FrameVOILUTSequence``.
    keywords : str
        Of these attributes the group has to hold one; otherwise the next place is asked.

    Returns
    -------
    pydicom.Dataset
        The macro's first item, or the object itself, where classic objects have the attributes.
    """
    for group in _groups(dataset, number):
        items = group.get(macro)
        if items and any(keyword in items[0] for keyword in keywords):
            return items[0]  # type: ignore[no-any-return]  # pydicom leaves items of a sequence untyped
    return dataset


def _groups(dataset: Dataset, number: int) -> Iterator[Dataset]:
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    if 0 <= number < len(per_frame):
        yield per_frame[number]
    yield from (dataset.get("SharedFunctionalGroupsSequence") or ())[:1]
