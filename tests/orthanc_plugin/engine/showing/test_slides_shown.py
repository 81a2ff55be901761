"""A slide is shown put together, and what is drawn on it goes from every tile that it touches (R23, R30)."""

import tracemalloc
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.devices import NoRuleError, draft_rule
from orthanc_plugin.deid.reviewed import Reviewed
from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.export.held_image import Hold, told_of
from orthanc_plugin.engine.showing.asked import Look, read_look
from orthanc_plugin.engine.showing.errors import CannotShowError
from orthanc_plugin.engine.showing.held import covered_as_it_would_leave
from orthanc_plugin.engine.showing.pictures import Pictures
from tests.orthanc_plugin.deid.conftest import read
from tests.orthanc_plugin.deid.pixels.slide import HIGH, TILE, WIDE, cut, grid, named, slide, sparse, tissue, together
from tests.orthanc_plugin.engine.showing.drawn import as_file, seen

DRAWN = Area(30, 100, 350, 150, frame=0)
"""Over two rows and six columns of tiles."""


@pytest.fixture(scope="module")
def tiles():
    picture = tissue()
    named(picture)
    return cut(picture)


def shuffled(tiles):
    order = np.random.default_rng(1).permutation(len(tiles)).tolist()
    return sparse(slide([tiles[at] for at in order]), [grid()[at] for at in order])


@pytest.mark.parametrize("made", [slide, shuffled])
def test_a_slide_is_one_picture_with_its_tiles_in_their_places(tiles, made):
    pictures = Pictures(as_file(made(tiles)))
    assert {name: pictures.facts()[name] for name in ("frames", "rows", "columns")} == {
        "frames": 1,
        "rows": HIGH,
        "columns": WIDE,
    }
    assert (seen(pictures.png(Look())) == together(tiles)).all()
    assert Image.open(BytesIO(pictures.png(Look(side=96)))).size == (96, 64)


@pytest.mark.parametrize("made", [slide, shuffled])
def test_a_part_of_a_slide_is_shown_as_it_is_stored_and_none_beyond_it(tiles, made):
    pictures = Pictures(as_file(made(tiles)))
    part = read_look({"part": {"left": 50, "top": 100, "right": 200, "bottom": 150}})
    assert (seen(pictures.png(part)) == together(tiles)[100:150, 50:200]).all()
    with pytest.raises(FaultsError, match="beyond"):
        pictures.png(Look(part=Area(0, 0, WIDE + 1, 10)))


def test_every_focal_plane_is_a_picture(tiles):
    ds = slide([*cut(tissue()), *tiles])
    ds.TotalPixelMatrixFocalPlanes = 2
    pictures = Pictures(as_file(ds))
    assert pictures.facts()["frames"] == 2
    assert (seen(pictures.png(Look(frame=1))) == together(tiles)).all()


@pytest.mark.parametrize("made", [slide, shuffled])
def test_what_a_person_draws_is_previewed_and_leaves_covered_in_every_tile(tiles, made):
    ds = made(tiles)
    ds.SpecimenLabelInImage = "YES"
    expected = together(tiles)
    expected[100:150, 30:350] = 0
    preview = Pictures(covered_as_it_would_leave(as_file(ds), (DRAWN,)))
    assert (seen(preview.png(Look())) == expected).all()
    outcome = deidentify(as_file(ds), load_profile("internet"), ReleaseKey.random(), reviewed=Reviewed((DRAWN,)))
    assert outcome.status == "released", outcome.reason
    assert outcome.pixels.covered == 1, "one place, in however many tiles"
    assert (seen(Pictures(outcome.data).png(Look())) == expected).all()
    assert len(read(outcome.data).pixel_array) == len(tiles)


def test_a_person_is_proposed_a_line_as_one_place_on_the_whole_slide(tiles):
    ds = slide(tiles)
    ds.SpecimenLabelInImage = "YES"
    held = deidentify(as_file(ds), load_profile("internet"), ReleaseKey.random())
    assert held.rule == "slide-label"
    told = told_of(as_file(ds), Hold("i", "b", held.rule, held.reason), held.proposed)
    assert (told["frames"], told["rows"], told["columns"]) == (1, HIGH, WIDE)
    (line,) = told["proposed"]
    assert line["frame"] == 0
    assert line["left"] < 40
    assert line["right"] > 5 * TILE
    assert 100 < line["top"] < 128 < line["bottom"] < 160


def test_a_huge_matrix_with_few_tiles_is_shown_without_its_size_in_memory(tiles):
    edge = 2**31 - 1
    ds = sparse(slide(tiles[:3], edge, edge), [(0, 0), (2**30, 2**29), (edge - TILE, edge - TILE)])
    tracemalloc.start()
    try:
        shown = seen(Pictures(as_file(ds)).png(Look(side=240)))
        assert max(shown.shape) == 240
        with pytest.raises(CannotShowError, match="longest side"):
            Pictures(as_file(ds)).png(Look())
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()


def test_a_slide_whose_tiles_cannot_be_placed_is_shown_tile_by_tile(tiles):
    ds = slide(tiles)
    del ds.DimensionOrganizationType
    pictures = Pictures(as_file(ds))
    assert pictures.facts()["frames"] == len(tiles)
    assert (seen(pictures.png(Look(frame=7))) == tiles[7]).all()


def test_no_device_rule_is_made_of_a_slide(tiles):
    with pytest.raises(NoRuleError, match="slide"):
        draft_rule(slide(tiles), [Area(0, 0, 9, 9)], "drawn")
