"""The check of Orthanc's configuration, and that what we render passes it."""

from dataclasses import replace

import pytest

from orthanc_plugin.gate.startup import INTERLOCK, OpenDoorsError, check
from orthanc_plugin.stack.orthanc_config import Modality, OrthancSettings, render

KNOWN = ("1.10.1", "1.12.")
DESTINATIONS = {"pacs": "direct-care", "archive": "teaching"}
SETTINGS = OrthancSettings(
    storage_dir="/var/lib/orthanc",
    gate_script="/opt/aoa/orthanc_plugin/gate/plugin.py",
    users={"ann": "secret"},
    modalities={
        "pacs": Modality("PACS", "192.0.2.1", 104, "direct-care"),
        "archive": Modality("ARCHIVE", "192.0.2.2", 104, "teaching"),
    },
)


def faults(version="1.10.1", destinations=DESTINATIONS, **changes):
    try:
        check({**render(SETTINGS), **changes}, version, KNOWN, destinations)
    except OpenDoorsError as error:
        return error.faults
    return ()


def test_what_we_render_leaves_no_door_open():
    assert faults() == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"AuthenticationEnabled": False},
        {"RegisteredUsers": {}},
        {"WebDavEnabled": True},
        {"DicomAlwaysAllowGet": True},
        {"DicomAlwaysAllowFind": True},
        {"DicomAlwaysAllowFindWorklist": True},
        {"DicomAlwaysAllowMove": True},
        {"DicomCheckModalityHost": False},
        {"DicomModalitiesInDatabase": True},
        {"OrthancPeersInDatabase": True},
        {"ExecuteLuaEnabled": True},
        {"LuaScripts": ["route.lua"]},
        {"RestApiWriteToFileSystemEnabled": True},
        {"HttpVerbose": True},
        {"Plugins": []},
        {"Plugins": ["/usr/share/orthanc/plugins"]},
        {
            "Plugins": [
                "/usr/share/orthanc/plugins/libOrthancDicomWeb.so",
                "/usr/share/orthanc/plugins/libOrthancPython.so",
            ]
        },
        {"DicomWeb": {"Root": "/elsewhere/"}},
        {"DicomWeb": {"WadoRoot": "/w"}},
        {"AuthenticationEnabled": "true"},
    ],
    ids=str,
)
def test_each_open_door_is_one_fault_of_its_own(changes):
    assert len(faults(**changes)) == 1


AT_THE_PORTAL = replace(
    SETTINGS, gate_script=str(INTERLOCK.with_name("plugin.py")), users={"aoa-engine": "x"}, accounts_at_the_portal=True
)


def faults_at_the_portal(**changes):
    configuration = {**render(AT_THE_PORTAL), **changes}
    try:
        check(configuration, "1.10.1", KNOWN, DESTINATIONS, parts=frozenset({"aoa-engine", "aoa-portal"}))
    except OpenDoorsError as error:
        return error.faults
    return ()


def test_with_the_accounts_at_the_portal_what_we_render_leaves_no_door_open():
    assert faults_at_the_portal() == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"AuthenticationEnabled": True},
        {"AuthenticationEnabled": None},
        {"LuaScripts": []},
        {"LuaScripts": ["other.lua"]},
        {"LuaScripts": [str(INTERLOCK), "other.lua"]},
        {"RegisteredUsers": {"aoa-engine": "x", "ann": "y"}},
        {"RegisteredUsers": {}},
        {"WebDavEnabled": True},
    ],
    ids=str,
)
def test_with_the_accounts_at_the_portal_each_open_door_is_one_fault_of_its_own(changes):
    assert len(faults_at_the_portal(**changes)) == 1


def test_the_interlock_alone_is_no_reason_to_let_lua_in_where_orthanc_signs_people_in():
    assert len(faults(LuaScripts=[str(INTERLOCK)])) == 1


@pytest.mark.parametrize(
    "name", ["AuthenticationEnabled", "WebDavEnabled", "DicomCheckModalityHost", "RegisteredUsers"]
)
def test_leaving_out_a_setting_whose_default_is_open_is_a_fault(name):
    configuration = render(SETTINGS)
    del configuration[name]
    with pytest.raises(OpenDoorsError, match=name):
        check(configuration, "1.10.1", KNOWN, DESTINATIONS)


@pytest.mark.parametrize(
    "modality",
    [
        ["ARCHIVE", "192.0.2.2", 104],
        {"AET": "ARCHIVE", "Host": "192.0.2.2", "Port": 104, "AllowFind": False, "AllowFindWorklist": False},
        {
            "AET": "ARCHIVE",
            "Host": "192.0.2.2",
            "Port": 104,
            "AllowGet": True,
            "AllowFind": False,
            "AllowFindWorklist": False,
        },
        {"AET": "ARCHIVE", "Host": "192.0.2.2", "Port": 104, "AllowGet": False, "AllowFindWorklist": False},
    ],
    ids=["short form", "AllowGet left out", "AllowGet", "AllowFind for a secondary purpose"],
)
def test_a_modality_that_may_get_or_search_is_a_fault(modality):
    assert len(faults(DicomModalities={"archive": modality}, destinations={"archive": "teaching"})) == 1


@pytest.mark.parametrize("version", ["1.10.0", "1.11.3", "1.14.0", "2.0.0", "1.10.10"])
def test_a_version_whose_routes_nobody_compared_is_a_fault(version):
    assert len(faults(version)) == 1


def test_all_faults_are_told_at_once():
    assert len(faults("9.9.9", WebDavEnabled=True, AuthenticationEnabled=False, LuaScripts=["x"])) == 4


def test_a_registered_destination_that_orthanc_does_not_know_is_a_fault():
    assert "nowhere" in faults(destinations={**DESTINATIONS, "nowhere": "teaching"})[0]
