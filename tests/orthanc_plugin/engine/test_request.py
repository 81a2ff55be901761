"""What a faulty request is asked about besides, so that every fault is named at once."""

import pytest

from orthanc_plugin.engine.export.request import askable

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
    assert asked["attestations"] == {"identifiable": "no"}
    assert askable({**BODY, "attestations": "no"}, "clinician", "clinician")["attestations"] == {}


@pytest.mark.parametrize("wrong", [{"purpose": "fun"}, {"purpose": ["teaching"]}, {"context": "x"}, {"reason": "\x00"}])
def test_what_the_portal_cannot_be_asked_about_is_not_asked(wrong):
    assert askable({**BODY, **wrong}, "clinician", "clinician") is None
