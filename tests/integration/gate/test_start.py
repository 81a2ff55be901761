"""Orthanc refuses to start with a door left open, and says which."""

import json

import pytest

from tests.integration.gate.conftest import Orthanc
from tests.support.patience import PATIENCE
from tests.support.ports import free_port

pytestmark = pytest.mark.integration


def refuses(orthanc: Orthanc) -> str:
    """Start Orthanc, expect it to end by itself, and return its log."""
    orthanc.process.start()
    assert orthanc.process.running.wait(PATIENCE) != 0
    return orthanc.process.text()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"WebDavEnabled": True}, 'set "WebDavEnabled" to false'),
        ({"AuthenticationEnabled": False}, 'set "AuthenticationEnabled" to true'),
        ({"DicomAlwaysAllowGet": True, "LuaScripts": ["x.lua"]}, '"LuaScripts" must be empty'),
        ({"DicomModalities": {"x": ["X", "127.0.0.1", 4242]}}, "a list allows C-GET"),
        ({"Plugins": ["/usr/share/orthanc/plugins/"]}, "name each plugin's file"),
    ],
)
def test_orthanc_does_not_start_with_a_door_left_open(tmp_path, changes, says):
    log = refuses(Orthanc(tmp_path / "open", free_port(), changes=changes))
    assert "its configuration leaves doors open" in log
    assert says in log


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"Plugins": ["/nowhere/libOrthancPython.so"]}, "The gate does not stand"),
        ({"Plugins": ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so"]}, "The gate does not stand"),
        ({"Plugins": []}, "The gate does not stand"),
        ({"PythonScript": "nowhere.py"}, "Inexistent"),
        ({"AuthenticationEnabled": True}, 'set "AuthenticationEnabled" to false'),
        ({"LuaScripts": []}, "would serve everybody"),
        ({"RegisteredUsers": {"engine": "x", "ann": "y"}}, 'take ann out of "RegisteredUsers"'),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_orthanc_that_asks_for_no_password_does_not_start_without_its_gate(tmp_path, changes, says):
    assert says in refuses(Orthanc(tmp_path / "open", free_port(), changes=changes, accounts_port=free_port()))


def test_an_empty_script_in_the_place_of_the_gate_is_no_gate(tmp_path):
    script = tmp_path / "plugin.py"
    script.write_text("")
    orthanc = Orthanc(tmp_path / "open", free_port(), changes={"PythonScript": str(script)}, accounts_port=free_port())
    orthanc.process.environment["AOA_GATE_STANDS"] = "1"  # left over from another process
    assert "The gate does not stand" in refuses(orthanc)


def test_with_no_portal_anywhere_orthanc_starts_and_lets_in_our_own_parts_alone(tmp_path):
    orthanc = Orthanc(tmp_path / "alone", free_port(), accounts_port=free_port())
    orthanc.start()
    try:
        asked = {user: orthanc.client(user).get("/system").status_code for user in ("supervisor", "clinician")}
        assert asked == {"supervisor": 200, "clinician": 403}
        assert orthanc.client("supervisor").get("/studies").status_code == 403
    finally:
        orthanc.stop()


def test_orthanc_does_not_start_without_the_gates_settings_and_names_every_fault(tmp_path):
    orthanc = Orthanc(tmp_path / "faulty", free_port())
    settings = "[gate]\nengine_url = 'nowhere'\nsurprise = 1\n[gate.roles]\nann = 'doctor'\n"
    (orthanc.folder / "aoa.toml").write_text(settings)
    log = refuses(orthanc)
    for says in (
        "surprise is not a setting",
        "engine_url is not an address",
        "engine_token_file",
        "journal_dir",
        "ann = 'doctor'",
    ):
        assert says in log


def test_the_sites_own_script_runs_beside_the_gate(tmp_path):
    script = tmp_path / "site.py"
    script.write_text(
        "import orthanc\n"
        "def answer(output, uri, **request):\n    output.AnswerBuffer('ours', 'text/plain')\n"
        "orthanc.RegisterRestCallback('/site', answer)\n"
        "orthanc.LogWarning('the site script is here')\n"
    )
    orthanc = Orthanc(tmp_path / "site", free_port(), site_script=script)
    orthanc.start()
    try:
        with orthanc.client("clinician") as client:
            assert client.get("/system").status_code == 200
            assert client.get("/site").status_code == 403, "a route without a door stays closed"
        assert "the site script is here" in orthanc.process.text()
    finally:
        orthanc.stop()


def test_a_site_script_with_a_fault_stops_orthanc_instead_of_running_half(tmp_path):
    script = tmp_path / "site.py"
    script.write_text("raise RuntimeError('half')\n")
    assert "half" in refuses(Orthanc(tmp_path / "site", free_port(), site_script=script))


def test_orthanc_stops_cleanly_and_leaves_nothing_running(tmp_path):
    orthanc = Orthanc(tmp_path / "stops", free_port())
    orthanc.start()
    orthanc.stop()
    assert orthanc.process.running.returncode == 0
    assert json.loads((orthanc.folder / "orthanc.json").read_text())["WebDavEnabled"] is False
