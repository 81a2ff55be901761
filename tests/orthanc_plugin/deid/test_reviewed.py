"""A person who looked at the pixels decides what leaves of them, and nothing else (R23, R25, R28, R30, R75)."""

import subprocess
import sys

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import MPEG4HP41

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.outcome import MOST_PROPOSED, proposals
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.basis import basis_of, rules_digest
from orthanc_plugin.deid.pixels.face_sight import FaceSight
from orthanc_plugin.deid.reviewed import Reviewed
from tests.orthanc_plugin.deid.conftest import read
from tests.orthanc_plugin.deid.test_looking import CT, phantom, radiograph, written

BY = "medical illustration, 30 November 2026"
NAME = Area(0, 0, 300, 40)
CLEAN_PIXELS, CLEAN_FACES = "113101", "113102"


@pytest.fixture
def decided(as_bytes):
    def run(ds, reviewed=None, profile="teaching", face=None):
        options = {} if face is None else {"face": face}
        return deidentify(as_bytes(ds), load_profile(profile), ReleaseKey.random(), reviewed=reviewed, **options)

    return run


@pytest.fixture
def ct_of_chest(ct):
    ct.BodyPartExamined = "CHEST"
    return ct


def codes(new):
    return {item.CodeValue for item in new.DeidentificationMethodCodeSequence}


def says_burned_in(ds):
    ds.BurnedInAnnotation = "YES"


def has_an_overlay_in_its_pixels(ds):
    ds.add_new(0x60000100, "US", 16)


def is_a_slides_overview(ds):
    ds.ImageType = ["ORIGINAL", "PRIMARY", "OVERVIEW"]


RULES = [
    (says_burned_in, "says-burned-in"),
    (has_an_overlay_in_its_pixels, "overlay"),
    (is_a_slides_overview, "slide-label"),
]


@pytest.mark.parametrize(("made_so", "rule"), RULES)
def test_what_a_person_has_to_see_is_held_by_a_rule_until_one_did(ct_of_chest, decided, made_so, rule):
    made_so(ct_of_chest)
    held = decided(ct_of_chest)
    assert (held.status, held.rule, held.data) == ("quarantined", rule, b"")
    seen = decided(ct_of_chest, Reviewed(by=BY))
    assert (seen.status, seen.rule) == ("released", ""), seen.reason


def test_exactly_what_the_person_drew_is_covered_and_the_object_says_so(as_bytes, decided):
    ds = radiograph(written(phantom(), "ROSSENDALE IVY", (6, 6), 22, 4000.0), CT)
    outcome = decided(ds, Reviewed((NAME, Area(400, 500, 420, 520)), by=BY))
    assert outcome.status == "released", outcome.reason
    new, drawn = read(outcome.data), np.zeros((560, 480), bool)
    drawn[0:40, 0:300] = drawn[500:520, 400:420] = True
    assert np.ptp(new.pixel_array[drawn]) == 0
    assert (new.pixel_array[~drawn] == ds.pixel_array[~drawn]).all()
    assert CLEAN_PIXELS in codes(new)
    assert new.BurnedInAnnotation == "NO"
    assert outcome.pixels.statement() == f"looked at by a person ({BY}): 2 places covered"
    assert outcome.pixels.read_twice, "the second reader still compares with what is known"


def test_what_the_person_left_stays_to_the_bit_whatever_the_machine_saw(decided):
    ds = radiograph(written(phantom(), "ROSSENDALE IVY", (6, 6), 22, 4000.0), CT)
    assert decided(ds).pixels.covered
    outcome = decided(ds, Reviewed(by=BY))
    assert (read(outcome.data).pixel_array == ds.pixel_array).all()
    assert outcome.pixels.statement() == f"looked at by a person ({BY}): no places covered"


def test_what_the_machine_saw_is_proposed_to_the_person(decided):
    ds = radiograph(written(phantom(), "ROSSENDALE IVY", (6, 6), 22, 4000.0), CT)
    is_a_slides_overview(ds)
    sure = [one.area for one in decided(ds).proposed if one.sure]
    assert sure
    assert all(area.top < 60 for area in sure)
    assert min(area.left for area in sure) < 12


def test_a_recording_full_of_writing_proposes_each_place_once():
    sure = [Area(5, 5, 60, 20, frame) for frame in range(2000)]
    assert [one.area for one in proposals(sure, [])] == [Area(5, 5, 60, 20)]
    assert len(proposals([Area(at, 0, at + 1, 1, at) for at in range(2000)], [])) == MOST_PROPOSED


def test_a_head_leaves_only_where_the_person_says_that_no_face_shows(ct, decided):
    ct.BodyPartExamined = "HEAD"
    held = decided(ct)
    assert held.rule == "face"
    looked = decided(ct, Reviewed(by=BY))
    assert (looked.status, looked.rule, looked.reason) == ("quarantined", "face", held.reason)
    outcome = decided(ct, Reviewed(no_face=True, by=BY))
    assert outcome.status == "released", outcome.reason
    new = read(outcome.data)
    assert new.RecognizableVisualFeatures == "NO"
    assert CLEAN_FACES not in codes(new), "nothing was cleaned: there was none"
    assert "a person found no face in it" in outcome.pixels.statement()


@pytest.mark.parametrize("no_face", [False, True])
def test_the_face_that_the_look_at_the_series_found_goes_beside_what_the_person_drew(ct, decided, no_face):
    mask = np.zeros((128, 128), bool)
    mask[100:128] = True
    outcome = decided(ct, Reviewed((Area(0, 0, 10, 10),), no_face, BY), "print", FaceSight("head", "", {0: mask}))
    assert outcome.status == "released", outcome.reason
    new = read(outcome.data)
    gone = mask.copy()
    gone[0:10, 0:10] = True
    assert np.ptp(new.pixel_array[gone]) == 0
    assert (new.pixel_array[~gone] == ct.pixel_array[~gone]).all()
    assert CLEAN_FACES in codes(new)
    assert outcome.pixels.statement().endswith("1 place covered; the face removed by a program")


def refuses_consent(ds):
    item = Dataset()
    item.ConsentForDistributionFlag = "WITHDRAWN"
    ds.ConsentForClinicalTrialUseSequence = [item]


def cannot_be_decoded(ds):
    ds.BitsAllocated = 12


def is_a_dose_report(ds):
    ds.SeriesDescription = "Dose Report"


def is_of_no_known_class(ds):
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.3.4.5"


def is_a_film(ds):
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    ds.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x04\0\0\0\0\0\0\0"
    ds.file_meta.TransferSyntaxUID = MPEG4HP41


def is_truncated(ds):
    ds.PixelData = ds.PixelData[:-200]


@pytest.mark.parametrize(
    "made_so",
    [refuses_consent, cannot_be_decoded, is_a_dose_report, is_of_no_known_class, is_a_film, is_truncated],
)
@pytest.mark.parametrize("first", [None, says_burned_in, has_an_overlay_in_its_pixels])
def test_a_review_overrides_nothing_but_its_own_rules(ct_of_chest, decided, made_so, first):
    made_so(ct_of_chest)
    if first is not None:
        first(ct_of_chest)
    held = decided(ct_of_chest)
    assert held.status in ("quarantined", "excluded")
    assert (held.rule, held.proposed) == ("", ()), "no person is asked about it"
    looked = decided(ct_of_chest, Reviewed((Area(0, 0, 9, 9),), no_face=True, by=BY))
    assert (looked.status, looked.reason, looked.data) == (held.status, held.reason, b"")


def test_what_cannot_be_covered_stays_held_whoever_looked(ct_of_chest, decided):
    held = decided(ct_of_chest, Reviewed((Area(0, 0, 9, 9, frame=7),), by=BY))
    assert (held.status, held.rule) == ("quarantined", "writing")
    assert "cannot be covered" in held.reason


def test_a_decision_rests_on_the_image_the_rules_and_the_reason():
    basis = basis_of(b"an image", "writing", "why")
    others = [(b"an image ", "writing", "why"), (b"an image", "writingw", "hy"), (b"an image", "face", "why")]
    assert len({basis, *(basis_of(*other) for other in others)}) == 4
    assert basis == basis_of(bytearray(b"an image"), "writing", "why")
    assert int(basis, 16) >= 0


def test_the_rules_have_one_digest_in_every_process():
    code = "from orthanc_plugin.deid.pixels.basis import rules_digest; print(rules_digest())"
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert said == [f"{rules_digest()}\n".encode()] * 2
