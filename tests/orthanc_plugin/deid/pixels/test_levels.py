"""What goes from one level of a slide goes from the same place of every other that is exported with it (R23, R30)."""

import numpy as np
import pytest

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.levels import Level, from_beside
from tests.orthanc_plugin.deid.conftest import read
from tests.orthanc_plugin.deid.pixels.slide import HIGH, TILE, WIDE, cut, on_glass, slide, tissue, together

DRAWN = Area(100, 60, 200, 140, frame=0)


def small(**more):
    ds = slide(cut(tissue(WIDE // 2, HIGH // 2)), WIDE // 2, HIGH // 2)
    return on_glass(ds, 0.002, **more)


@pytest.fixture
def base(as_bytes):
    return Level.of(as_bytes(on_glass(slide(cut(tissue())), 0.001)))


def test_an_area_of_one_level_goes_from_the_same_place_of_another(as_bytes, base):
    data = as_bytes(small())
    elsewhere = from_beside([(1, base, (DRAWN,)), (2, Level.of(data), ())])[2]
    outcome = deidentify(data, load_profile("internet"), ReleaseKey.random(), elsewhere=elsewhere)
    assert outcome.status == "released", outcome.reason
    before, after = (together(list(read(one).pixel_array), WIDE // 2 // TILE) for one in (data, outcome.data))
    assert (after[30:70, 50:100] == 0).all()
    changed = np.argwhere((before != after).any(axis=-1))
    assert changed.min(axis=0).tolist() == [29, 49]
    assert changed.max(axis=0).tolist() == [70, 100]


def test_a_level_that_begins_elsewhere_on_the_glass_is_covered_at_the_same_place_of_the_specimen(as_bytes, base):
    beside = Level.of(as_bytes(small(origin=(9.98, 19.96))))  # turned by half: 20 and 40 pixels of the first further on
    (area,) = from_beside([(1, base, (DRAWN,)), (2, beside, ())])[2]
    assert (area.left, area.top, area.right, area.bottom) == pytest.approx((39, 9, 91, 51), abs=1)


def test_another_slide_and_one_that_does_not_say_where_it_lies_are_not_touched(as_bytes, base):
    other = small()
    other.FrameOfReferenceUID = "2.25.11"
    assert from_beside([(1, base, (DRAWN,)), (2, Level.of(as_bytes(other)), ())])[2] == ()
    assert Level.of(as_bytes(slide(cut(tissue())))) is None
