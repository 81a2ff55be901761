"""A head is known by its volume, whatever the words say, and its face is gone from what is left; its brain is not."""

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from orthanc_plugin.deid.pixels.faces import (
    Geometry,
    Head,
    NotHead,
    Rescale,
    Unsure,
    Verdict,
    VolumeLook,
    geometry_of,
    is_asked,
    rescale_of,
    shows_face_itself,
)
from tests.orthanc_plugin.deid.pixels.bodies import BODIES, HOUNSFIELD, T1, T2, Phantom, Space, head
from tests.orthanc_plugin.deid.pixels.heads import (
    Pose,
    Recording,
    Subject,
    ct,
    largest_core,
    recorded,
    surface_gone,
    t1,
    t1_brain,
)

T1_POSES = [
    Pose(bias=0.2, noise=5),
    Pose((12, -8, 10), 0.93, (8, -6, 5), "sagittal", 2.0, 0.25, 5),
    Pose((-13, 9, -12), 1.08, (-9, 7, 0), "coronal", 2.5, 0.25, 5),
]
CT_POSES = [Pose(step=2.0), Pose((11, 9, -12), 1.07, (5, 0, 9), "sagittal", 2.5, noise=15), Pose((-9, -12, 8), 0.94)]


def look(
    recording: Recording, modality: str, *, suspected: bool = False, order: NDArray[np.intp] | None = None
) -> Verdict:
    made = VolumeLook(modality, suspected)
    for number in order if order is not None else range(len(recording.slices)):
        made.add(recording.slices[number], recording.geometries[number], Rescale())
    return made.finish()


def removed(verdict: Verdict, recording: Recording) -> NDArray[np.bool_]:
    assert isinstance(verdict, Head), verdict
    return np.stack([verdict.mask.mask_for(one, recording.slices.shape[1:]) for one in recording.geometries])


def shown(phantom: Phantom, table: tuple[float, ...], space: Space) -> Recording:
    slices = phantom.shown(table, 0.01 * (max(table) - min(table)), 1)
    z, y, x = (-side / 2 for side in space.size)
    where = [
        Geometry((x, y, z + n * space.step), (1, 0, 0), (0, 1, 0), space.step, space.step, space.step)
        for n in range(len(slices))
    ]
    return Recording(slices, where, np.empty(0, np.float32))


def assert_faceless(subject: Subject, pose: Pose, modality: str) -> NDArray[np.bool_]:
    recording = recorded(subject, pose)
    gone = removed(look(recording, modality), recording)
    clean = recorded(subject, Pose(pose.angles, pose.scale, pose.shift, pose.plane, pose.step))
    left = {name: surface_gone(subject, clean, gone, pose.plane, name) for name in subject.features}
    assert left["nose"] > 0.97, left
    assert left["eyes"] > 0.97, left
    assert left["brow"] > 0.9, left
    assert left["ears"] > 0.7, left
    return gone


@pytest.mark.parametrize("pose", T1_POSES, ids=lambda pose: pose.plane)
def test_a_t1_loses_nose_eyes_brow_and_ears_and_no_voxel_of_brain(pose: Pose) -> None:
    gone = assert_faceless(t1(), pose, "MR")

    brain = recorded(t1_brain(), Pose(pose.angles, pose.scale, pose.shift, pose.plane, pose.step)).slices > 0.5
    assert brain.sum() * pose.step**3 > 1e6
    assert not (brain & gone).any()


@pytest.mark.parametrize("pose", CT_POSES, ids=lambda pose: pose.plane)
def test_a_ct_loses_nose_eyes_brow_and_ears_and_nothing_of_what_the_skull_encloses(pose: Pose) -> None:
    gone = assert_faceless(ct(), pose, "CT")

    clean = recorded(ct(), Pose(pose.angles, pose.scale, pose.shift, pose.plane, pose.step)).slices
    brain = largest_core((clean > -20) & (clean < 110), round(6 / pose.step))
    assert brain.sum() * pose.step**3 > 6e5
    assert not (brain & gone).any()


@pytest.mark.parametrize("name", ["legs", "knee", "chest", "abdomen", "pelvis"])
def test_other_parts_of_the_body_are_no_heads_in_ct(name: str) -> None:
    space = Space(step=4.0)

    assert isinstance(look(shown(BODIES[name](space), HOUNSFIELD, space), "CT"), NotHead)


@pytest.mark.parametrize(("name", "table"), [("legs", T1), ("knee", T2)])
def test_other_parts_of_the_body_are_no_heads_in_mr(name: str, table: tuple[float, ...]) -> None:
    space = Space(step=4.0)

    assert isinstance(look(shown(BODIES[name](space), table, space), "MR"), NotHead)


@pytest.mark.parametrize(
    ("table", "modality", "size"), [(HOUNSFIELD, "CT", 0.8), (T1, "MR", 1.0), (HOUNSFIELD, "", 1.0)]
)
def test_a_head_of_ellipsoids_is_never_called_no_head(table: tuple[float, ...], modality: str, size: float) -> None:
    space = Space(step=4.0)

    assert not isinstance(look(shown(head(space, size), table, space), modality), NotHead)


def test_the_order_of_the_slices_does_not_matter() -> None:
    recording = recorded(ct(), Pose(step=3.0))
    there, mixed = (
        look(recording, "CT", order=order)
        for order in (None, np.random.default_rng(3).permutation(len(recording.slices)))
    )

    assert np.array_equal(removed(there, recording), removed(mixed, recording))


def test_a_head_upside_down_against_its_header_is_held() -> None:
    verdict = look(recorded(ct(), Pose((180, 0, 0), step=3.0)), "CT")

    assert isinstance(verdict, Unsure)


def test_a_face_without_the_top_of_the_head_is_still_a_head() -> None:
    recording = recorded(ct(), Pose(step=3.0, below=0.0))

    assert not isinstance(look(recording, "CT"), NotHead)


def test_a_suspicion_is_never_dispelled() -> None:
    space = Space(step=4.0)
    bottle = shown(BODIES["bottle"](space), HOUNSFIELD, space)
    few = Recording(bottle.slices[:9], bottle.geometries[:9], bottle.points)

    assert isinstance(look(bottle, "CT", suspected=True), Unsure)
    assert isinstance(look(few, "CT"), NotHead)
    assert isinstance(look(few, "CT", suspected=True), Unsure)
    assert isinstance(VolumeLook("CT").finish(), NotHead)


def test_an_empty_volume_and_one_of_noise_are_no_heads() -> None:
    noise = np.random.default_rng(0).normal(100, 20, (30, 64, 64)).astype(np.float32)
    where = [Geometry((0, 0, 3.0 * n), (1, 0, 0), (0, 1, 0), 3, 3, 3) for n in range(30)]

    for values in (np.zeros_like(noise), noise, np.full_like(noise, np.nan)):
        assert isinstance(look(Recording(values, where, noise), "MR"), NotHead)


@pytest.fixture
def template_loaded() -> None:
    """Load the libraries and the template, as a process does once: that is not what a volume costs."""
    made = VolumeLook("CT")
    for number in range(40):
        plane = np.full((16, 16), number, np.int16)
        made.add(plane, Geometry((0, 0, 4.0 * number), (1, 0, 0), (0, 1, 0), 12, 12, 4), Rescale())
    made.finish()


@pytest.mark.usefixtures("template_loaded")
def test_six_hundred_slices_stay_in_bounded_memory() -> None:
    made = VolumeLook("CT")
    plane = np.zeros((512, 512), np.int16)
    tracemalloc.start()
    for number in range(600):
        made.add(plane, Geometry((0, 0, 0.5 * number), (1, 0, 0), (0, 1, 0), 0.7, 0.7, 0.5), Rescale(1, -1024))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 60e6
    assert isinstance(made.finish(), NotHead)


@pytest.mark.usefixtures("template_loaded")
@pytest.mark.parametrize(("spacing", "far"), [(1.0, 1e9), (500.0, 0.0), (1e-4, 0.0)])
def test_hostile_places_cost_no_memory(spacing: float, far: float) -> None:
    made = VolumeLook("CT")
    plane = np.full((64, 64), np.inf, np.float32)
    tracemalloc.start()
    for number in range(40):
        height = 3.0 * number + far * (number == 39)
        made.add(plane, Geometry((0, 0, height), (1, 0, 0), (0, 1, 0), spacing, spacing, 3.0), Rescale(1e30, 0))
    verdict = made.finish()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 60e6
    assert isinstance(verdict, NotHead if spacing < 1 else Unsure)


def test_turning_slices_are_no_volume_and_a_seventh_stack_is_not_passed_unseen() -> None:
    made = VolumeLook("MR")
    plane = np.zeros((16, 16), np.uint16)
    for number in range(18):
        turn = np.radians(10 * number)
        made.add(plane, Geometry((0, 0, 0), (np.cos(turn), np.sin(turn), 0), (0, 0, -1), 4, 4, 4), Rescale())
    assert isinstance(made.finish(), NotHead)
    for number in range(40):
        made.add(plane, Geometry((0, 0, 3.0 * number), (1, 0, 0), (0, 1, 0), 4, 4, 4), Rescale())
    assert isinstance(made.finish(), Unsure)


def slice_of(position: list[float]) -> Dataset:
    made = Dataset()
    made.ImagePositionPatient, made.ImageOrientationPatient = position, [1, 0, 0, 0, 1, 0]
    made.PixelSpacing, made.SliceThickness = [0.5, 0.25], 3
    made.RescaleSlope, made.RescaleIntercept = 2, -1024
    return made


def test_geometry_is_read_from_a_slice_and_from_a_frame_of_many() -> None:
    single = slice_of([1, 2, 3])
    many, measures, turned, value = Dataset(), Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SpacingBetweenSlices = [0.5, 0.25], 3
    turned.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    value.RescaleSlope, value.RescaleIntercept = 2, -1024
    shared = Dataset()
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [turned]
    shared.PixelValueTransformationSequence = [value]
    many.SharedFunctionalGroupsSequence, many.PerFrameFunctionalGroupsSequence = [shared], []
    for height in (9, 3):
        place, groups = Dataset(), Dataset()
        place.ImagePositionPatient = [1, 2, height]
        groups.PlanePositionSequence = [place]
        many.PerFrameFunctionalGroupsSequence.append(groups)

    assert geometry_of(many, 1) == geometry_of(single) == Geometry((1, 2, 3), (1, 0, 0), (0, 1, 0), 0.5, 0.25, 3)
    assert rescale_of(many, 1) == rescale_of(single) == Rescale(2, -1024)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("ImagePositionPatient", None),
        ("ImageOrientationPatient", [1, 0, 0, 1, 0, 0]),
        ("ImageOrientationPatient", [0] * 6),
        ("PixelSpacing", [0, 1]),
        ("PixelSpacing", [-1, 1]),
        ("PixelSpacing", None),
    ],
)
def test_unsound_geometry_is_none(keyword: str, value: object) -> None:
    dataset = slice_of([1, 2, 3])
    setattr(dataset, keyword, value)

    assert geometry_of(dataset) is None


def test_thin_series_are_asked_whatever_they_are_called_and_thick_or_short_ones_are_not() -> None:
    assert all(is_asked(modality, 96, 2.0) for modality in ("CT", "MR", "PT", "", "OT"))
    assert is_asked("CT", 96, None)
    assert not is_asked("CT", 96, 10.0)
    assert not is_asked("CT", 19, 2.0)
    assert not is_asked("US", 96, 2.0)


@pytest.mark.parametrize(
    ("modality", "image_type", "words", "kind"),
    [
        ("XC", ["ORIGINAL", "PRIMARY"], "", "photograph"),
        ("CT", ["ORIGINAL", "PRIMARY", "LOCALIZER"], "CHEST", "scout"),
        ("CT", ["DERIVED", "SECONDARY", "3D"], "", "rendering"),
        ("CT", ["DERIVED", "SECONDARY"], "Head_VRT", "rendering"),
        ("M3D", ["DERIVED", "SECONDARY"], "", "surface"),
        ("CT", ["ORIGINAL", "PRIMARY", "AXIAL"], "Axial 2mm", None),
        ("MR", ["ORIGINAL", "PRIMARY", "M", "ND"], "t1_mprage 3D sag", None),
    ],
)
def test_images_that_show_a_face_themselves(modality: str, image_type: list[str], words: str, kind: str | None) -> None:
    assert shows_face_itself(modality, "", image_type, words) == kind
