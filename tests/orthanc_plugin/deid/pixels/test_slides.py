"""Writing on a whole slide is found and covered over the borders of its tiles, and the rest stays (R23, R24, R30)."""

import tracemalloc

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless, RLELossless

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.pixels.looking import look
from orthanc_plugin.deid.reviewed import Reviewed
from tests.orthanc_plugin.deid.conftest import read
from tests.orthanc_plugin.deid.pixels.slide import HIGH, TILE, cut, grid, named, slide, sparse, tissue, together


@pytest.fixture(scope="module")
def written():
    picture = tissue()
    return picture, named(picture)


def released(as_bytes, ds, **more):
    return deidentify(as_bytes(ds), load_profile("internet"), ReleaseKey.random(), **more)


def shuffled():
    """Return the tiles' numbers in an order of no kind."""
    return np.random.default_rng(1).permutation(len(grid())).tolist()


@pytest.mark.parametrize("organised", ["full", "sparse"])
@pytest.mark.parametrize("syntax", [None, RLELossless, JPEG2000Lossless])
def test_a_name_over_the_borders_of_tiles_goes_from_each_tile_that_it_touches(as_bytes, written, organised, syntax):
    picture, ink = written
    tiles, order = cut(picture), list(range(len(grid())))
    if organised == "sparse":
        order = shuffled()
        ds = sparse(slide([tiles[at] for at in order]), [grid()[at] for at in order])
    else:
        ds = slide(tiles)
    if syntax:
        ds.compress(syntax, generate_instance_uid=False)
    outcome = released(as_bytes, ds)
    assert outcome.status == "released", outcome.reason
    frames = read(outcome.data).pixel_array
    left = together([frames[order.index(at)] for at in range(len(order))])
    before = together(tiles)
    assert left[ink].max() == 0, "no letter is left in any tile"
    same = (left == before).all(axis=-1)
    assert same[:104].all(), "nothing but the line was touched"
    assert same[168:].all()
    assert same.mean() > 0.85


def test_a_slide_without_writing_leaves_as_it_is(as_bytes):
    ds = slide(cut(tissue()))
    outcome = released(as_bytes, ds)
    assert outcome.status == "released", outcome.reason
    assert read(outcome.data).PixelData == ds.PixelData


def test_letters_larger_than_many_tiles_are_covered(as_bytes):
    picture = tissue(32 * TILE, 12 * TILE)
    ink = named(picture, "ROSSENDALE", (120, 300), 260)
    ds = slide(cut(picture), 32 * TILE, 12 * TILE)
    assert_covered(look(as_bytes(ds)), ds, ink)


def assert_covered(sight, ds, ink):
    covered = np.zeros(ink.shape, bool)
    across = -(-int(ds.TotalPixelMatrixColumns) // TILE)
    for area in sight.covered:
        y, x = divmod(area.frame, across)
        covered[y * TILE + area.top : y * TILE + area.bottom, x * TILE + area.left : x * TILE + area.right] = True
    assert covered[ink].mean() > 0.95


def test_tiles_of_several_focal_planes_are_put_together_plane_by_plane(as_bytes, written):
    ds = slide([*cut(tissue()), *cut(written[0])])
    ds.TotalPixelMatrixFocalPlanes = 2
    found = look(as_bytes(ds)).covered
    assert found
    assert {area.frame for area in found} <= set(range(24, 48)), "nothing is found in the other plane"


def test_a_tile_that_lies_under_another_is_looked_at_too(as_bytes, written):
    hidden, shown = cut(written[0]), cut(tissue())
    ds = sparse(slide([*hidden, *shown]), [*grid(), *grid()])
    found = look(as_bytes(ds)).covered
    assert found
    assert {area.frame for area in found} <= set(range(24))


def test_a_huge_matrix_with_few_tiles_costs_what_its_tiles_cost(as_bytes):
    few = cut(tissue())[:3]
    ds = sparse(slide(few, 2**31 - 1, 2**31 - 1), [(0, 0), (2**30, 2**29), (2**31 - 1 - TILE, 2**31 - 1 - TILE)])
    data = as_bytes(ds)
    look(as_bytes(slide(cut(tissue(TILE, 2 * TILE)), TILE, 2 * TILE)))  # the networks are loaded
    tracemalloc.start()
    try:
        assert look(data).covered == ()
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()


def without_places(ds):
    del ds.DimensionOrganizationType


def with_a_tile_too_many(ds):
    ds.TotalPixelMatrixRows = HIGH + TILE


def with_the_label_in_view(ds):
    ds.SpecimenLabelInImage = "YES"


@pytest.mark.parametrize("made_so", [without_places, with_a_tile_too_many, with_the_label_in_view])
def test_a_slide_that_nobody_can_put_together_waits_for_a_person(as_bytes, made_so):
    ds = slide(cut(tissue()))
    made_so(ds)
    held = released(as_bytes, ds)
    assert (held.status, held.rule) == ("quarantined", "slide-label")
    assert "a person has to look" in held.reason
    assert released(as_bytes, ds, reviewed=Reviewed(by="medical illustration, 1 December 2026")).status == "released"


def test_the_label_of_a_slide_never_leaves_and_its_overview_only_after_a_look(as_bytes):
    seen = Reviewed(by="medical illustration, 1 December 2026")
    label, overview = (slide(cut(tissue()), kind=kind) for kind in ("LABEL", "OVERVIEW"))
    assert [released(as_bytes, label, reviewed=by).status for by in (None, seen)] == ["excluded", "excluded"]
    assert released(as_bytes, overview).rule == "slide-label"
    assert released(as_bytes, overview, reviewed=seen).status == "released"
