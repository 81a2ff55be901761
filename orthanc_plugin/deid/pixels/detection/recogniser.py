"""Reads a line of writing: the wheel's recognition network and its CTC decoding."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from orthanc_plugin.deid.pixels.detection import weights
from orthanc_plugin.deid.pixels.detection.boxes import Box, cut_out

_HEIGHT, _LEAST, _MOST = 48, 48, 1600  # pixels the network reads: rows, and columns at least and at most
_BESIDE = 0.25  # of the height: ground on both sides of a line
_FLAT = 8  # grey levels between the darkest and the brightest: below there is nothing to read


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line seems to say, and how sure each character is on the mean, 0 to 1."""

    text: str
    confidence: float


def read(picture: NDArray[np.uint8], box: Box) -> Reading:
    """Return what stands in a line of a picture; text is empty where nothing is read.

    Parameters
    ----------
    picture : uint8 array of shape (rows, columns) or (rows, columns, 3)
        The frame in which the line was found.
    box : Box
        Where it stands. A line that leans to the vertical is read both ways up, and the surer reading is returned.
    """
    plane = picture if picture.ndim == 2 else picture.mean(axis=-1).astype(np.uint8)
    cut = stretched(cut_out(plane, Box(box.x, box.y, box.length + 2 * _BESIDE * box.height, box.height, box.angle)))
    ways = [cut, cut[::-1, ::-1]] if abs(box.angle) > 45 else [cut]
    if box.length < 1.5 * box.height:
        ways.append(np.rot90(cut))
    return max(map(_read, ways), key=lambda reading: (bool(reading.text), reading.confidence))


def stretched(cut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the part of a picture from black to white."""
    low, high = (float(value) for value in np.percentile(cut, (1, 99)))
    if high - low < _FLAT:
        return cut
    values: NDArray[np.uint8] = ((cut - low) * (255 / (high - low))).clip(0, 255).astype(np.uint8)
    return values


def _read(cut: NDArray[np.uint8]) -> Reading:
    width = min(max(round(cut.shape[1] * _HEIGHT / cut.shape[0]), 1), _MOST)
    line = np.asarray(Image.fromarray(np.ascontiguousarray(cut)).resize((width, _HEIGHT), Image.Resampling.BILINEAR))
    line = np.pad(line, ((0, 0), (0, max(_LEAST - width, 0))), mode="edge").astype(np.float32) / 127.5 - 1.0
    said = weights.run("recogniser", np.repeat(line[None, None], 3, axis=1))
    return decoded(said[0])


def decoded(said: NDArray[np.float32]) -> Reading:
    """Return the text of the network's answer: the likeliest character of each step, repeats and blanks dropped."""
    likeliest, sure = said.argmax(axis=1), said.max(axis=1)
    fresh = np.concatenate(([True], likeliest[1:] != likeliest[:-1])) & (likeliest != 0)
    if not fresh.any():
        return Reading("", 0.0)
    text = "".join(_characters()[n] for n in likeliest[fresh])
    return Reading(text.strip(), float(sure[fresh].mean()))


@cache
def _characters() -> tuple[str, ...]:
    """Return the network's characters by number: a blank, those in its metadata, a space."""
    named = weights.session("recogniser").get_modelmeta().custom_metadata_map["character"]
    return ("", *named.split("\n"), " ")
