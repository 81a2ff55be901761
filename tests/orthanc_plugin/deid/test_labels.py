"""What tells one thing of an object from another stays; what has no place among numbers goes."""

import pytest

from orthanc_plugin.deid.actions.keep import is_text
from tests.support.datasets import item

PHANTOM = b"Owner Fiponevogix of 1040378"


@pytest.mark.parametrize(
    ("keyword", "value", "left"),
    [
        ("ImagedNucleus", "1H", "1H"),
        ("ImagedNucleus", "129Xe", "129Xe"),
        ("ImagedNucleus", "Fiponevogix", None),
        ("LossyImageCompressionMethod", "ISO_15444_1", "ISO_15444_1"),
        ("LossyImageCompressionMethod", "FIPONEVOGIX", None),
    ],
)
def test_a_term_of_physics_or_compression_stays_and_a_name_in_its_place_goes(ct, released, keyword, value, left):
    setattr(ct, keyword, value)
    assert released(ct).get(keyword) == left


@pytest.mark.parametrize("name", ["PTV1", "GTV2 left", "PTV12345", "Fiponevogix1"])
def test_volumes_keep_their_numbers(ct, released, name):
    ct.StructureSetROISequence = [item(ROINumber=1, ROIName=name)]
    left = released(ct).StructureSetROISequence[0].get("ROIName", "")
    assert left == {"PTV1": "PTV1", "GTV2 left": "GTV2 left"}.get(name, "")


def test_stacks_stay_apart_and_dimensions_keep_their_names(ct, released):
    stacks = [item(StackID=each, InStackPositionNumber=1) for each in ("1", "2", "Fiponevogix")]
    ct.PerFrameFunctionalGroupsSequence = [item(FrameContentSequence=[each]) for each in stacks]
    ct.DimensionIndexSequence = [
        item(DimensionDescriptionLabel=each) for each in ("ImagePositionPatient", "Fiponevogix")
    ]
    out = released(ct)
    frames = [each.FrameContentSequence[0].get("StackID") for each in out.PerFrameFunctionalGroupsSequence]
    assert frames[:2] == ["1", "2"]
    assert "Fiponevogix" not in frames
    labels = [each.get("DimensionDescriptionLabel") for each in out.DimensionIndexSequence]
    assert labels == ["ImagePositionPatient", None]


@pytest.mark.parametrize("profile", ["teaching", "limited"])
def test_the_leads_of_an_electrocardiogram_stay_and_a_date_is_no_version(ct, released, profile):
    lead = item(
        CodeValue="5.10.2.1-3", CodingSchemeDesignator="SCPECG", CodingSchemeVersion="1.3", CodeMeaning="RR Interval"
    )
    other = item(CodeValue="1", CodingSchemeDesignator="DCM", CodingSchemeVersion="19610417", CodeMeaning="Chest")
    ct.ProcedureCodeSequence = [lead, other]
    out = released(ct, profile)
    assert out.ProcedureCodeSequence[0] == lead
    assert "19610417" not in str(out)


@pytest.mark.parametrize("profile", ["teaching", "print", "limited"])
@pytest.mark.parametrize(("keyword", "vr"), [("RedPaletteColorLookupTableData", "OW"), ("SpectroscopyData", "OF")])
def test_words_in_the_place_of_binary_numbers_go(ct, released, profile, keyword, vr):
    ct.add_new(keyword, vr, PHANTOM)
    assert keyword not in released(ct, profile)


@pytest.mark.parametrize(
    "numbers",
    [
        bytes(range(256)),
        bytes(each for each in range(32, 127) for _ in range(2)),
        b"aaabbbcccdddcccbbb" * 20,
        b"UUUUUUUU",
        b"\0" * 64,
        b"ABCDEFGH" * 4,
    ],
)
def test_numbers_that_look_like_letters_are_no_words(numbers):
    assert not is_text(numbers)
    assert is_text(PHANTOM)


@pytest.mark.parametrize("profile", ["teaching", "limited", "send-out"])
def test_who_made_or_uses_a_hanging_protocol_is_not_told(ct, released, profile):
    ct.HangingProtocolCreator, ct.HangingProtocolUserGroupName = "Fiponevogix", "Zorblatt Ward"
    ct.HangingProtocolUserIdentificationCodeSequence = [item(CodeValue="7", CodeMeaning="Fiponevogix")]
    shown = str(released(ct, profile))
    assert "Fiponevogix" not in shown
    assert "Zorblatt" not in shown


@pytest.mark.parametrize("profile", ["teaching", "limited"])
@pytest.mark.parametrize("value_type", ["PNAME", "TEXT"])
def test_a_subject_named_in_a_report_is_not_told_in_whatever_type_of_value(ct, released, profile, value_type):
    concept = item(CodeValue="121029", CodingSchemeDesignator="DCM", CodeMeaning="Subject Name")
    other = item(CodeValue="121071", CodingSchemeDesignator="DCM", CodeMeaning="Finding")
    name = item(ValueType=value_type, ConceptNameCodeSequence=[concept])
    setattr(name, "PersonName" if value_type == "PNAME" else "TextValue", "Fiponevogix")
    ct.ContentSequence = [name, item(ValueType="TEXT", ConceptNameCodeSequence=[other], TextValue="liver cyst")]
    out = released(ct, profile)
    assert "Fiponevogix" not in str(out)
    assert out.ContentSequence[-1].TextValue == "liver cyst"
