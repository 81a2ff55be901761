"""The gate's verdicts, without an Orthanc: who, which door, which destination, whose page."""

import base64

import pytest

from orthanc_plugin.gate.doors import Doors
from orthanc_plugin.gate.guard import Guard, Request, is_other_site
from orthanc_plugin.gate.paths import canonical
from orthanc_plugin.gate.roles import Principals, load_roles, user_of
from orthanc_plugin.gate.watching import reads_of

ROLES = load_roles()
DESTINATIONS = {"pacs": "direct-care", "archive": "teaching"}
GUARD = Guard(Doors.load(), Principals(ROLES, {role: role for role in ROLES}), DESTINATIONS)
STUDY = "0123abcd-0123abcd-0123abcd-0123abcd-0123abcd"


def login(user, password="secret"):
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def judged(method, path, role, headers=None, arguments=None):
    request = Request(method, path, {**login(role), **(headers or {})}, arguments or {})
    return request, GUARD.judge(request)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/instances/x/file/", "/instances/x/file"),
        ("//instances///x//file", "/instances/x/file"),
        ("/", "/"),
        ("//", "/"),
        ("/Instances/X", "/Instances/X"),
    ],
)
def test_harmless_spellings_come_to_one_form(path, form):
    assert canonical(path) == form


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "/a/../b",
        "/a/./b",
        "/a/%66",
        "/a%2fb",
        "/a\\b",
        "/a;b",
        "/a\n",
        "/a\x00",
        "/a?b",
        "/a#b",
        "/é",
        "/a/.. ",
        "/ /a",
    ],
)
def test_a_path_that_can_be_read_in_two_ways_has_no_form(path):
    assert canonical(path) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer abc",
        "Basic " + base64.b64encode(b"nocolon").decode(),
        "Basic " + base64.b64encode(b":x").decode(),
    ],
)
def test_a_header_without_a_user_name_names_nobody(header):
    assert user_of({"authorization": header}) is None


def test_a_password_may_hold_a_colon_and_any_letter():
    assert user_of(login("ann", "a:b:ü")) == "ann"


def test_a_user_without_a_role_gets_nowhere_not_even_to_the_pages():
    _, verdict = judged("GET", "/app/explorer.html", "stranger")
    assert (verdict.allowed, verdict.rule) == (False, "no role")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_native_originals_are_for_direct_care_and_the_engine_alone(role):
    _, verdict = judged("GET", f"/studies/{STUDY}/archive", role)
    assert verdict.allowed is (ROLES[role].direct_care or role == "engine")


@pytest.mark.parametrize(
    ("path", "role", "rule"),
    [
        ("/modalities/pacs/store", "clinician", ""),
        ("/modalities/pacs/store", "trainer", "role"),
        ("/modalities/archive/store", "trainer", ""),
        ("/modalities/archive/store", "portal", "role"),
        ("/modalities/archive/storage-commitment", "clinician", "destination is not for direct care"),
        ("/modalities/archive/query", "clinician", "destination is not for direct care"),
        ("/dicom-web/servers/archive/stow", "clinician", "destination is not for direct care"),
        ("/modalities/elsewhere/store", "clinician", "unregistered destination"),
        ("/modalities/elsewhere/store-straight", "engine", "unregistered destination"),
        ("/modalities/archive/store-straight", "engine", ""),
        ("/modalities/pacs/store-straight", "clinician", "role"),
    ],
)
def test_a_push_passes_by_the_purpose_of_its_destination(path, role, rule):
    assert judged("POST", path, role)[1].rule == rule


@pytest.mark.parametrize(
    ("headers", "other"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://proxy.example", "host": "inside"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"origin": "http://orthanc:8042", "host": "orthanc:8042"}, False),
        ({"origin": "http://orthanc:8100", "host": "orthanc:8042"}, True),
        ({"origin": "null", "host": "orthanc:8042"}, True),
    ],
)
def test_a_request_that_another_sites_page_made_is_recognised(headers, other):
    assert is_other_site(headers) is other


def test_a_form_with_files_passes_only_where_images_come_in():
    form = {"content-type": "Multipart/Form-Data; boundary=x"}
    assert judged("POST", "/instances", "clinician", form)[1].allowed
    assert judged("POST", "/export", "clinician", form)[1].rule == "form upload"


@pytest.mark.parametrize(
    ("path", "arguments", "noted"),
    [
        (f"/studies/{STUDY}/archive", {}, [("study", STUDY, "")]),
        (f"/instances/{STUDY}/frames/0/preview", {}, [("instance", STUDY, "")]),
        (f"/series/{STUDY}/attachments/dicom/data", {}, [("series", STUDY, "")]),
        ("/dicom-web/studies/1.2/series/3.4", {}, [("series", "", "3.4")]),
        ("/wado", {"objectUID": "1.2.3", "studyUID": "1.2"}, [("instance", "", "1.2.3")]),
        ("/wado", {"objectUID": "1.2.3", "objectuid": "9"}, [("instance", "", "1.2.3"), ("instance", "", "9")]),
        ("/wado", {"OBJECTUID": "", "studyUID": "1.2"}, [("study", "", "1.2")]),
        ("/tools/create-archive", {"resources": STUDY, "RESOURCES": "x"}, [("", STUDY, "")]),
        ("/tools/create-archive", {"resources": f"{STUDY},x,{STUDY}"}, [("", STUDY, ""), ("", STUDY, "")]),
        ("/instances/none/file", {}, []),
        (f"/studies/{STUDY}", {}, []),
        ("/system", {}, []),
    ],
)
def test_what_a_passing_read_leaves_in_the_journal(path, arguments, noted):
    reads = reads_of(*judged("GET", path, "clinician", arguments=arguments))
    assert [(read.level, read.orthanc_id, read.uid) for read in reads] == noted


@pytest.mark.parametrize("role", ["trainer", "engine", "portal"])
def test_only_direct_care_is_journalled_here(role):
    assert reads_of(*judged("GET", f"/studies/{STUDY}/archive", role)) == []
