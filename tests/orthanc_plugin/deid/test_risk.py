import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG4HP41

from orthanc_plugin.deid import ConsentBasis, ReleaseKey, deidentify, load_profile


@pytest.fixture
def outcome(as_bytes):
    def run(ds: Dataset, profile: str = "teaching", *, consent: bool = False):
        basis = ConsentBasis() if consent else None
        return deidentify(as_bytes(ds), load_profile(profile), ReleaseKey.random(), consent=basis)

    return run


@pytest.mark.parametrize(
    ("keyword", "value", "status", "why"),
    [
        ("BurnedInAnnotation", "YES", "quarantined", "burned into"),
        ("ImageType", ["DERIVED", "SECONDARY", "SCREEN SAVE"], "excluded", "protocol sheet"),
        ("SeriesDescription", "Dose Report", "excluded", "protocol sheet"),
        ("SeriesDescription", "Patient_Protocol", "excluded", "protocol sheet"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7", "excluded", "secondary capture"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.67", "excluded", "dose report"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.104.1", "excluded", "encapsulated document"),
        ("SOPClassUID", "1.2.3.4.5", "quarantined", "not one of the standard"),
    ],
)
@pytest.mark.parametrize("profile", ["teaching", "limited", "send-out"])
def test_what_may_show_an_identity_never_passes_by_itself(ct, outcome, profile, keyword, value, status, why):
    setattr(ct, keyword, value)
    made = outcome(ct, profile, consent=True)
    assert (made.status, made.data) == (status, b"")
    assert why in made.reason


@pytest.mark.parametrize(
    ("syntax", "sop_class", "what"),
    [
        (MPEG4HP41, "1.2.840.10008.5.1.4.1.1.77.1.1.1", "video"),
        (None, "1.2.840.10008.5.1.4.1.1.9.4.2", "sound"),
        (None, "1.2.840.10008.5.1.4.1.1.66", "raw data"),
    ],
)
def test_what_nobody_can_look_at_says_that_it_never_leaves_and_what_to_do(ct, outcome, syntax, sop_class, what):
    ct.SOPClassUID = sop_class
    if syntax:
        ct.file_meta.TransferSyntaxUID, ct.PixelData = syntax, encapsulate([b"film"])
        ct["PixelData"].is_undefined_length = True
    for profile in ("teaching", "send-out"):
        held = outcome(ct, profile, consent=True)
        assert (held.status, held.rule, held.data) == ("quarantined", "", b"")
        assert what in held.reason
        assert "never leave" in held.reason
        assert "out of the request" in held.reason


@pytest.mark.parametrize(
    ("keyword", "value"), [("Modality", "US"), ("Modality", "XA"), ("Modality", "ES"), ("ConversionType", "DF")]
)
def test_what_often_bears_names_passes_where_none_is_seen_and_is_read_twice(ct, outcome, keyword, value):
    assert not outcome(ct).pixels.read_twice
    setattr(ct, keyword, value)
    made = outcome(ct)
    assert made.status == "released", made.reason
    assert made.pixels.searched
    assert made.pixels.read_twice


def test_an_overlay_in_the_unused_bits_of_the_pixels_is_held_back(ct, outcome):
    ct.add_new(0x60000100, "US", 16)
    assert "overlay" in outcome(ct).reason


def test_a_head_volume_passes_for_publication_only_with_consent_and_is_marked(ct, outcome, released):
    ct.BodyPartExamined = "HEAD"
    assert outcome(ct).status == "quarantined"
    assert "R25" in outcome(ct).reason
    assert released(ct, consent=True).RecognizableVisualFeatures == "YES"


def test_an_object_that_says_its_consent_was_withdrawn_is_held_back(ct, outcome):
    item = Dataset()
    item.ConsentForDistributionFlag = "WITHDRAWN"
    ct.ConsentForClinicalTrialUseSequence = [item]
    assert "consent" in outcome(ct, consent=True).reason


def test_what_follows_the_last_pixel_is_cut(ct, released):
    size = len(ct.PixelData)
    ct.PixelData += b"QUILLFEATHER"
    assert len(released(ct).PixelData) == size


def test_fewer_pixels_than_described_are_refused(ct, outcome):
    ct.PixelData = ct.PixelData[:-2]
    assert "truncated" in outcome(ct).reason
