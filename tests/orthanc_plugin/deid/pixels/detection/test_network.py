"""Our own network sees dim writing, leaves real pictures alone, and answers the same whatever the picture's size."""

import hashlib
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import network
from scripts.text_network.negatives import pictures

DATA = files("orthanc_plugin.deid.pixels.detection") / "data"
KNOWN = tomllib.loads((DATA / "text-network.toml").read_text("utf-8"))
Plane = NDArray[np.uint8]


def speckle(rows: int = 240, columns: int = 320, seed: int = 4) -> NDArray[np.float64]:
    return np.random.default_rng(seed).rayleigh(40, (rows, columns))


def written(
    plane: NDArray[np.float64], words: str, at: tuple[int, int], value: float, size: int = 18
) -> tuple[Plane, Plane]:
    """Return the picture with a line of writing in it, and the ink."""
    sheet = Image.new("L", plane.shape[::-1])
    ImageDraw.Draw(sheet).text(at, words, font=ImageFont.load_default(size), fill=255)
    ink = np.asarray(sheet) / 255
    return (plane * (1 - ink) + value * ink).clip(0, 255).astype(np.uint8), np.asarray(ink > 0.5)


def covered(areas: list[Area], ink: Plane) -> float:
    mask = np.zeros(ink.shape, bool)
    for area in areas:
        mask[area.top : area.bottom, area.left : area.right] = True
    return float(mask[ink].mean())


def test_a_dim_line_in_speckle_that_the_eye_hardly_reads_is_marked_and_the_speckle_is_not():
    # The letters are one deviation brighter than the speckle is on average: many of its spots are brighter than they.
    plane, ink = written(speckle(), "VENMORE, ADA 999 0004", (40, 120), 77)
    areas = network.marks(plane)
    assert covered(areas, ink) > 0.9
    assert sum(area.size for area in areas) < plane.size * 0.15
    assert network.marks(speckle().clip(0, 255).astype(np.uint8)) == []


def test_a_slanted_line_and_dark_letters_are_marked_by_boxes_that_leave_the_corners():
    sheet = Image.new("L", (320, 240))
    ImageDraw.Draw(sheet).text((30, 110), "Dora Thornfield 14.02.1961", font=ImageFont.load_default(20), fill=255)
    ink = np.asarray(sheet.rotate(33, Image.Resampling.BICUBIC)) / 255
    plane = (speckle() + 60) * (1 - ink) + 20 * ink
    areas = network.marks(plane.clip(0, 255).astype(np.uint8))
    assert covered(areas, np.asarray(ink > 0.5)) > 0.85
    assert sum(area.size for area in areas) < plane.size * 0.3


def test_the_same_picture_is_marked_the_same_again():
    plane, _ = written(speckle(), "RV20047001", (20, 20), 200)
    assert network.marks(plane) == network.marks(plane.copy()) != []


def test_writing_across_the_edges_of_tiles_is_covered():
    ground = np.random.default_rng(1).normal(90, 6, (1300, 1400)).clip(0, 255)
    plane, ink = written(ground, "Mo Jarwick 999 120 4411", (900, 1010), 170, 28)  # both edges, at 1024, run through it
    assert covered(network.marks(plane), ink) > 0.95


@pytest.mark.parametrize("shape", [(0, 0), (0, 7), (1, 1), (3, 900), (33, 5)])
def test_a_picture_too_small_for_a_letter_has_no_mark(shape: tuple[int, int]):
    assert network.marks(np.full(shape, 80, np.uint8)) == []


def test_every_area_lies_in_the_picture_and_names_its_method():
    plane, _ = written(speckle(101, 203), "Una Peldale", (150, 80), 255)
    areas = network.marks(plane)
    assert areas
    assert all(area == area.within(203, 101) and area.size and area.method == "network" for area in areas)


def test_a_picture_that_was_not_rendered_is_refused():
    for wrong in (np.zeros((9, 9), np.uint16), np.zeros((9, 9, 3), np.uint8)):
        with pytest.raises(ValueError, match="render it"):
            network.marks(wrong)  # type: ignore[arg-type]


def test_real_pictures_kept_from_training_are_marked_no_more_than_the_weights_say():
    kept = [item for item in pictures(Path(pydicom.__file__).parents[1]) if item.kept]
    marked = Counter(item.kind for item in kept if network.marks(item.plane))
    allowed = {kind: figures["marked"] for kind, figures in KNOWN["false_alarms"].items()}
    assert {item.kind for item in kept} >= {"CT", "MR", "CR", "NM", "US"}
    assert all(number <= allowed[kind] for kind, number in marked.items()), (marked, allowed)


def test_the_weights_are_those_described():
    assert network.available()
    assert hashlib.sha256((DATA / "text-network.onnx").read_bytes()).hexdigest() == KNOWN["sha256"]
    assert {"seed", "steps", "commit", "data"} <= KNOWN["training"].keys()
