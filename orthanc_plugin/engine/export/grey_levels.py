"""Which grey levels a requester wants in pictures: ``-600/1500``, or the number of one of an image's own windows."""

import re

from orthanc_plugin.rendering import Window

_PAIR = re.compile(r"\s*([+\-−]?\d{1,6}(?:\.\d{1,4})?)\s*/\s*(\d{1,6}(?:\.\d{1,4})?)\s*")
_NUMBER = re.compile(r"\s*([1-9]\d?)\s*")


def read_window(text: str) -> Window | int | None:
    """Return the window that a text names; an index counts from 0, None takes what each image offers first.

    Raises
    ------
    ValueError
        It names none; the message says how to write one.
    """
    if not text.strip():
        return None
    if number := _NUMBER.fullmatch(text):
        return int(number[1]) - 1
    pair = _PAIR.fullmatch(text)
    if pair and float(pair[2]) > 0:
        return Window(float(pair[1].replace("−", "-")), float(pair[2]))
    msg = "write centre/width, such as -600/1500 or 40/400, or the number of one of the image's own windows, such as 2"
    raise ValueError(msg)
