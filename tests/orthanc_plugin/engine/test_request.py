"""What a faulty request is asked about besides, so that every fault is named at once."""

import pytest

from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.export.grey_levels import read_window
from orthanc_plugin.engine.export.request import askable, read_export
from orthanc_plugin.rendering import Window

BODY = {
    "studies": ["x"],
    "purpose": "teaching",
    "recipient": "acme",
    "format": "dicom-zip",
    "attestations": {"identifiable": "no"},
}


def test_a_wrong_format_or_answer_hides_nothing_else_that_is_wrong():
    wrong = {"format": ["pdf"], "attestations": {"identifiable": "no", "unusual_finding": "perhaps", "other": 1}}
    asked = askable({**BODY, **wrong}, "clinician", "clinician")
    assert asked == askable(BODY, "clinician", "clinician")
    assert asked.attestations == {"identifiable": "no"}
    assert askable({**BODY, "attestations": "no"}, "clinician", "clinician").attestations == {}


@pytest.mark.parametrize("wrong", [{"purpose": "fun"}, {"purpose": ["teaching"]}, {"context": "x"}, {"reason": "\x00"}])
def test_what_the_portal_cannot_be_asked_about_is_not_asked(wrong):
    assert askable({**BODY, **wrong}, "clinician", "clinician") is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", None),
        ("2", 1),
        ("40/400", Window(40, 400)),
        (" -600 / 1500 ", Window(-600, 1500)),
        ("−600/1500", Window(-600, 1500)),
    ],
)
def test_grey_levels_are_named_by_centre_and_width_or_by_the_number_of_an_images_own_window(text, wanted):
    assert read_window(text) == wanted
    assert read_export({**BODY, "format": "png", "window": text}, "u", "clinician").window == text


@pytest.mark.parametrize("text", ["lung", "0", "40/0", "40/-1", "1e9/1", "nan/1", "2;drop", 7, ["40/400"]])
def test_what_names_no_grey_levels_is_a_fault_that_says_how_to_write_them(text):
    with pytest.raises(FaultsError) as told:
        read_export({**BODY, "format": "png", "window": text}, "u", "clinician")
    (fault,) = told.value.faults
    assert fault[0] == "window"
    assert str(text) not in fault[1] or text == "0"


def test_dicom_images_keep_all_their_grey_levels():
    with pytest.raises(FaultsError) as told:
        read_export({**BODY, "window": "40/400"}, "u", "clinician")
    assert [name for name, _ in told.value.faults] == ["window"]
