"""The second reader: Debian's tesseract, by its command, one picture at a time (ADR 0162)."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_COLUMNS = 12  # of its table: level ... confidence, text


class SecondReaderMissingError(Exception):
    """tesseract is not installed, or does not run; the message says the next step."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was read, and how sure the reader is, 0 to 100."""

    text: str = field(repr=False)
    confidence: float
    line: tuple[str, ...]


def words(picture: NDArray[np.uint8]) -> Iterator[Word]:
    """Yield the words that tesseract reads in a grey picture, wherever they stand.

    Raises
    ------
    SecondReaderMissingError
    """
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    run = subprocess.run(
        [_program(), "stdin", "stdout", "--psm", "11", "-l", "eng", "tsv"],
        input=file.getvalue(),
        capture_output=True,
        check=False,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    if run.returncode:
        raise SecondReaderMissingError("tesseract does not run; install tesseract-ocr with its English data")
    for row in run.stdout.decode("utf-8", "replace").splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == _COLUMNS and cells[11].strip():
            yield Word(cells[11].strip(), float(cells[10]), tuple(cells[1:5]))


@cache
def _program() -> str:
    found = shutil.which("tesseract")
    if found is None:
        raise SecondReaderMissingError("tesseract is not installed: run make setup, or install tesseract-ocr")
    return found
