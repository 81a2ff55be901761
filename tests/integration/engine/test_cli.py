"""`aoa export` against a whole installation, as an operator types it."""

import json
import re
import zipfile

import pytest
import pyzipper

from tests.support.stack import CANARY

ANSWERED = (
    "--identifiable",
    "no",
    "--unusual-finding",
    "no",
    "--damage-or-distress",
    "no",
    "--motivated-intruder-checked",
)
CHEST, PHOTOGRAPH = "chest-ct", "forearm-photograph"


@pytest.fixture
def export(stack, tmp_path):
    """Run `aoa export` for a sample study; the package goes to `tmp_path/out`."""

    def run(sample, *more, purpose="teaching", form="dicom-zip", answered=ANSWERED, name="out.zip"):
        return stack.aoa(
            "export",
            "--study",
            stack.study_uid(sample) if sample in (CHEST, PHOTOGRAPH) else sample,
            "--purpose",
            purpose,
            "--recipient",
            "self",
            "--format",
            form,
            "--out",
            str(tmp_path / name),
            *answered,
            *more,
        )

    return run


def test_an_export_is_written_and_the_command_ends_well(export, tmp_path):
    done = export(CHEST)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "out.zip") as package:
        assert package.testzip() is None
        assert "manifest.json" in package.namelist()
        assert not [name for name in package.namelist() if CANARY.encode() in package.read(name)]
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]


def test_with_json_the_outcome_can_be_read_by_a_program(export, tmp_path):
    done = export(CHEST, "--json")
    told = json.loads(done.stdout)
    assert told["outcome"] == "done"
    assert told["released"] > 0
    assert told["out"] == str(tmp_path / "out.zip")


def test_what_is_refused_prints_the_reasons_and_writes_nothing(export, tmp_path):
    done = export(PHOTOGRAPH, purpose="internet", form="jpeg")
    assert done.returncode == 3
    assert "ASK" in done.stdout
    assert "Ask here: http://127.0.0.1" in done.stdout
    assert "It goes on by itself when it is answered. Fetch it then with: aoa fetch --job" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_the_most_cautious_answers_are_given_and_said(export, tmp_path):
    done = export(CHEST, answered=())
    assert done.returncode == 3
    told = " ".join(done.stderr.split())
    assert "most cautious" in told
    for answer in ("identifiable = maybe", "unusual-finding = yes", "damage-or-distress = yes"):
        assert answer in told
    assert list(tmp_path.iterdir()) == []


def test_a_release_that_a_second_person_has_to_approve_is_held_and_says_how_to_fetch_it(export, tmp_path):
    done = export(CHEST, purpose="print", form="tiff")
    assert done.returncode == 3
    assert "HELD" in done.stdout
    assert "second person has to approve" in done.stdout
    assert re.search(r"aoa fetch --job [0-9a-f-]{36} --home \S+ --out \S+", done.stdout)
    assert list(tmp_path.iterdir()) == []


def test_an_encrypted_export_takes_its_passphrase_from_a_file(export, tmp_path):
    (tmp_path / "passphrase").write_text("correct horse battery\n")
    done = export(CHEST, "--passphrase-file", str(tmp_path / "passphrase"), form="png")
    assert done.returncode == 0, done.stdout
    with pyzipper.AESZipFile(tmp_path / "out.zip") as package:
        package.setpassword(b"correct horse battery")
        assert package.testzip() is None


def test_a_study_that_is_not_there_says_so(export, tmp_path):
    done = export("1.2.3.4.5")
    assert done.returncode == 1
    assert "does not know this study" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value"),
    [("--purpose", "entertainment"), ("--format", "bmp"), ("--identifiable", "perhaps")],
)
def test_a_value_that_is_not_known_is_a_fault_of_usage(export, option, value):
    done = export(CHEST, option, value)
    assert done.returncode == 2
    assert option in done.stderr


def test_a_format_that_is_not_yet_offered_and_a_short_passphrase_are_faults_of_usage(export, tmp_path):
    (tmp_path / "passphrase").write_text("short\n")
    done = export(CHEST, "--passphrase-file", str(tmp_path / "passphrase"), form="pptx")
    assert done.returncode == 2
    assert "not yet offered" in done.stdout
    assert "passphrase" in done.stdout


def test_a_folder_that_is_not_there_is_told_before_anything_is_asked(export):
    done = export(CHEST, name="nowhere/out.zip")
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_an_encrypted_export_without_terminal_and_file_is_a_fault_of_usage(export):
    done = export(CHEST, "--encrypted")
    assert done.returncode == 2
    assert "--passphrase-file" in done.stderr


def test_a_user_that_is_not_there_says_who_is(export):
    done = export(CHEST, "--user", "nobody")
    assert done.returncode == 1
    assert "clinician" in done.stdout


def test_a_trainer_may_not_look_for_studies_and_is_told_what_to_do(export):
    done = export(CHEST, "--user", "trainer")
    assert done.returncode == 1
    assert "Orthanc's identifier" in done.stdout


def test_a_trainer_exports_a_study_named_by_orthancs_identifier(stack, export, tmp_path):
    done = export(stack.study_id(CHEST), "--user", "trainer")
    assert done.returncode == 0, done.stdout
    assert zipfile.is_zipfile(tmp_path / "out.zip")


def test_somebody_elses_export_cannot_be_fetched(stack, export, tmp_path):
    held = export(CHEST, "--json", purpose="print", form="tiff")
    job = json.loads(held.stdout)["job"]
    done = stack.aoa("fetch", "--job", job, "--user", "trainer", "--out", str(tmp_path / "x.zip"))
    assert done.returncode == 1
    assert "no such export" in done.stdout
    again = stack.aoa("fetch", "--job", job, "--out", str(tmp_path / "x.zip"))
    assert again.returncode == 3
    assert "second person" in again.stdout


def test_for_somebody_else_the_lack_of_a_reason_is_said_and_recorded_and_a_company_gets_nothing(
    export, stack, tmp_path_factory
):
    register = tmp_path_factory.mktemp("register") / "register.json"
    places = [{"key": "next-door", "name": "The hospital next door", "kind": "nhs", "country": "GB"}]
    places.append({"key": "acme", "name": "Acme Imaging", "kind": "company", "country": "US"})
    register.write_text(json.dumps({"recipients": places}))
    assert stack.aoa("register", "save", str(register)).returncode == 0
    sent = export(CHEST, "--recipient", "next-door", purpose="send-out", answered=())
    assert sent.returncode == 0, sent.stderr
    assert "none was given on the command line" in " ".join(sent.stderr.split())
    refused = export(CHEST, "--recipient", "acme", purpose="send-out", answered=())
    assert refused.returncode == 3
    assert "A company receives images only for the purpose commercial" in refused.stdout
