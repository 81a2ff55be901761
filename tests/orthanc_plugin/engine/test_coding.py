"""Codes of limited access and the label of direct care, as the engine gives them."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from nacl.public import PrivateKey

from orthanc_plugin.engine.errors import FaultsError, RefusedError
from orthanc_plugin.engine.export.request import read_export
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.treatment import labelling
from orthanc_plugin.engine.treatment.coding import Coding, mapping_url, plain_number
from orthanc_plugin.engine.treatment.profiles import treatment
from orthanc_plugin.engine.treatment.relinking import relink
from tests.support.cases import REQUEST, a_case, a_subject

HOLDER = PrivateKey.generate()
LIMITED, TEACHING = treatment("D2", None), treatment("D3", "teaching")
LABEL = "23 02210 -1-943 476 5919"


def case(*subjects, project=None):
    context = {"project": project} if project else {}
    return a_case(*subjects, request=replace(REQUEST, context=context))


@pytest.fixture
def bench(tmp_path):
    vault = Vault(tmp_path / "bench", b"p" * 32)
    vault.create()
    return vault


@pytest.fixture
def coding(tmp_path):
    return Coding(f"sqlite:///{tmp_path}/pseudonyms.sqlite", b"p" * 32, bytes(HOLDER.public_key))


def codes(coding, bench, *subjects, project="P-1"):
    return [each.code for each in coding.pseudonyms(case(*subjects, project=project), bench).values()]


def test_without_a_key_holder_limited_access_is_refused_with_what_to_do_and_nothing_else_is(bench):
    coding = Coding("sqlite:///none", b"p" * 32, None)
    with pytest.raises(RefusedError) as refused:
        coding.refuse_without_holder(LIMITED)
    assert "aoa key holder" in refused.value.reasons[0].text
    with pytest.raises(RefusedError):
        coding.pseudonyms(case(a_subject()), bench)
    coding.refuse_without_holder(TEACHING)


def test_a_number_is_the_same_however_it_is_spaced_and_another_issuer_is_another_patient(coding, bench):
    same = codes(coding, bench, a_subject("943 476 5919"), a_subject("9434765919 "), a_subject("943-476-5919"))
    assert len(set(same)) == 1
    assert len(set(codes(coding, bench, a_subject("H1", "A"), a_subject("H1", "B")))) == 2
    assert plain_number(" h-12 3 ") == "h-12 3"


def test_patients_without_a_number_do_not_share_a_code(coding, bench):
    found = codes(
        coding, bench, a_subject(""), a_subject("", name="Quill^Ada"), a_subject("", name="", born="", study="1.2.4")
    )
    assert len(set(found)) == 3


def test_a_release_without_a_project_is_a_project_of_its_own(coding, bench, tmp_path):
    other = Vault(tmp_path / "other", b"p" * 32)
    other.create()
    assert codes(coding, bench, a_subject(), project=None) == codes(coding, bench, a_subject(), project=None)
    assert codes(coding, bench, a_subject(), project=None) != codes(coding, other, a_subject(), project=None)
    keys = {coding.release_key(case(project=name), bench, LIMITED) for name in ("P-1", "P-2", None)}
    assert len(keys) == 3
    assert coding.release_key(case(project="P-1"), bench, TEACHING) == bench.key("release")


def test_the_mapping_is_beside_the_engines_file_or_in_its_server():
    assert mapping_url("sqlite:////srv/aoa/engine/engine.sqlite") == "sqlite:////srv/aoa/engine/pseudonyms.sqlite"
    assert mapping_url("postgresql://db/engine") == "postgresql://db/engine"


def test_the_label_is_compared_with_the_patient_and_doubts_are_told():
    own = a_subject("943 476 5919")
    assert labelling.checked(LABEL, "send-out", [own, own]) == []
    assert "no sending label" in labelling.checked(None, "send-out", [own])[0]
    assert labelling.checked(None, "teaching", [own]) == []
    assert "no H&C or NHS number" in labelling.checked(LABEL, "send-out", [a_subject("RV1004")])[0]
    wrong_digit = labelling.checked("23 02210-1-943 476 5918", "send-out", [a_subject("9434765918")])
    assert "check digit" in wrong_digit[0]
    for subjects in ([a_subject("9434765919"), a_subject("H1")], [a_subject("9990001235")]):
        with pytest.raises(FaultsError):
            labelling.checked(LABEL, "send-out", subjects)
    assert labelling.of_object(LABEL, 12) == "23 02210 -12-943 476 5919"


@pytest.mark.parametrize(
    ("field", "changes"),
    [("label", {"label": "x"}), ("label", {"label": LABEL, "purpose": "teaching"}), ("reports", {"reports": "yes"})],
    ids=["no label", "a label for teaching", "reports"],
)
def test_a_label_or_a_wish_for_reports_that_cannot_be_is_a_fault(field, changes):
    body = {"studies": ["x"], "purpose": "send-out", "recipient": "self", "format": "dicom-zip", **changes}
    with pytest.raises(FaultsError) as faults:
        read_export(body, "anna", "clinician")
    assert [name for name, _ in faults.value.faults] == [field]
    assert LABEL not in str(faults.value)


def test_going_back_needs_one_mapping_and_a_key_of_the_right_form(tmp_path):
    (tmp_path / "key").write_text("not a key")
    (tmp_path / "copy.sqlite").touch()
    asked = ["open", "--code", "AOA-X", "--key-file", str(tmp_path / "key"), "--who", "Dr A", "--reason", "r"]
    assert CliRunner().invoke(relink, asked).exit_code == 2
    told = CliRunner().invoke(relink, [*asked, "--mapping", str(tmp_path / "copy.sqlite")])
    assert told.exit_code == 1
    assert "private key of 64" in told.output
    assert "not a key" not in told.output
