"""No role without direct care gets a byte of a patient out of a real Orthanc, however the path is spelt."""

import http.client
import re

import pytest

from tests.integration.gate.conftest import CANARY, CANARY_ID, HUMANS, SERVICES, basic
from tests.orthanc_plugin.gate.survey import http_routes
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.integration

CARE = ("clinician", "medical-illustration")
WITHOUT_CARE = tuple(role for role in HUMANS if role not in CARE)
CANARIES = (CANARY.encode(), CANARY_ID.encode(), b"CANARYACC1", b"19610203")
TWISTS = (
    "/instances/{instance}/file/",
    "//instances//{instance}//file",
    "/./instances/{instance}/./file",
    "/system/../instances/{instance}/file",
    "/app/../instances/{instance}/file",
    "/instances/{instance}/%66ile",
    "/instances/{instance}/%2566ile",
    "/instances%2f{instance}%2ffile",
    "/system/..%2finstances/{instance}/file",
    "/app/..%5c..%5cinstances/{instance}/file",
    "/instances/{instance}/file;x=1",
    "/Instances/{instance}/File",
    "/instances/{instance}/file%00",
    "/instances/{instance}/file%20",
    "/%ff/../instances/{instance}/file",
    "/app/explorer.html/../../instances/{instance}/file",
    "/webdav/by-uids/",
    "/webdav/",
)


@pytest.fixture(scope="module")
def found(orthanc, study):
    """What stands for each name in a path of the survey, for the stored study."""
    with orthanc.client("clinician") as client:
        [instance, *_] = client.get(f"/studies/{study}/instances").json()
        series = client.get(f"/instances/{instance['ID']}/series").json()
        patient = client.get(f"/studies/{study}/patient").json()
        uid = client.get(f"/studies/{study}").json()["MainDicomTags"]["StudyInstanceUID"]
        job = client.post(f"/studies/{study}/archive", json={"Asynchronous": True}).json()["ID"]
    return {
        "patients": patient["ID"],
        "studies": study,
        "series": series["ID"],
        "instances": instance["ID"],
        "jobs": job,
        "StudyInstanceUID": uid,
        "SeriesInstanceUID": series["MainDicomTags"]["SeriesInstanceUID"],
        "SOPInstanceUID": instance["MainDicomTags"]["SOPInstanceUID"],
    }


def raw(orthanc, method, path, role, headers=None):
    """Ask without any tidying of the path; return status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", orthanc.http_port, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in {"Authorization": basic(role), **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def filled(path, found):
    """Return a path of the survey with real identifiers in the place of its names."""
    names = {
        "name": "dicom",
        "frame": "0",
        "frames": "1",
        "key": "archive",
        "label": "x",
        "index": "0",
        "element": "0010-0010",
    }
    level = path.strip("/").split("/", 1)[0]
    first = found.get("jobs" if level == "jobs" else level, "x")
    path = re.sub(r"\{(\w*UID)\}", lambda match: found[match[1]], path)
    path = path.replace("{id}", first, 1).replace("{rest}", "0010-0010")
    return re.sub(r"\{(\w+)\}", lambda match: names.get(match[1], "x"), path)


def surveyed(method):
    return sorted({route.path for route in http_routes() if route.method == method})


@pytest.mark.parametrize("role", [*WITHOUT_CARE, "supervisor", "stranger"])
def test_no_surveyed_read_shows_a_patient_to_a_role_without_care(orthanc, found, role):
    shown = {}
    for path in surveyed("GET"):
        for query in ("", "?expand", "?requested-tags=PatientName"):
            status, body = raw(orthanc, "GET", filled(path, found) + query, role)
            if any(canary in body for canary in CANARIES) or found["StudyInstanceUID"].encode() in body:
                shown[path + query] = status
    assert shown == {}


def test_the_same_reads_show_the_patient_to_direct_care_so_the_test_above_means_something(orthanc, found):
    shown = [
        path for path in surveyed("GET") if CANARIES[0] in raw(orthanc, "GET", filled(path, found), "clinician")[1]
    ]
    assert {"/instances/{id}/file", "/instances/{id}/tags", "/studies/{id}", "/dicom-web/studies"} <= set(shown)
    assert len(shown) > 25


def test_the_portal_finds_and_reads_tags_but_gets_no_pixels(orthanc, found):
    assert raw(orthanc, "GET", f"/instances/{found['instances']}/tags", "portal")[0] == 200
    for path in (
        "/instances/{id}/file",
        "/instances/{id}/preview",
        "/studies/{id}/archive",
        "/instances/{id}/content/7fe0-0010",
    ):
        assert raw(orthanc, "GET", filled(path, found), "portal") == (403, b"")


@pytest.mark.parametrize("twist", TWISTS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_spelling_of_a_path_gets_past_the_filter(orthanc, found, twist, method):
    status, body = raw(orthanc, method, twist.format(instance=found["instances"]), "trainer")
    assert (status in (400, 403, 404, 405, 500), body[:200]) == (True, b"" if status == 403 else body[:200])
    assert not any(canary in body for canary in CANARIES)


@pytest.mark.parametrize("role", [*HUMANS, *SERVICES])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/tools/execute-script"),
        ("POST", "/tools/reset"),
        ("POST", "/tools/shutdown"),
        ("PUT", "/modalities/pacs"),
        ("PUT", "/peers/new"),
        ("PUT", "/dicom-web/servers/new"),
        ("PUT", "/tools/log-level"),
        ("POST", "/studies/{id}/anonymize"),
        ("POST", "/instances/{id}/anonymize"),
        ("POST", "/studies/{id}/modify"),
        ("PUT", "/studies/{id}/metadata/1024"),
        ("POST", "/jobs/{id}/resubmit"),
    ],
)
def test_nobody_gets_through_a_door_that_would_undo_the_gate(orthanc, found, role, method, path):
    assert raw(orthanc, method, filled(path, found), role, {"Content-Length": "0"}) == (403, b"")


@pytest.mark.parametrize("path", ["/tools/create-archive", "/modalities/pacs/move", "/queries/x/retrieve", "/export"])
def test_a_route_of_the_gate_asked_in_the_wrong_way_says_so_and_orthanc_lives(orthanc, path):
    for _ in range(5):
        assert raw(orthanc, "GET", path, "clinician")[0] in (403, 405)
    assert raw(orthanc, "GET", "/system", "clinician")[0] == 200


def test_orthanc_is_still_running_after_all_of_that(orthanc):
    assert raw(orthanc, "GET", "/system", "supervisor")[0] == 200


def test_a_wrong_password_is_refused_before_the_gate_is_asked(orthanc):
    status, _ = raw(orthanc, "GET", "/system", "clinician", {"Authorization": basic("clinician", "guess")})
    assert status == 401


def test_another_sites_page_cannot_make_a_browser_change_anything(orthanc, found):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        asked = {"Content-Length": "0", **headers}
        assert raw(orthanc, "DELETE", f"/studies/{found['studies']}", "administrator", asked) == (403, b"")
    assert raw(orthanc, "GET", f"/studies/{found['studies']}", "clinician")[0] == 200


def test_a_form_with_a_file_cannot_forge_who_asks_for_an_export(orthanc, engine):
    heard = len(engine.heard("/exports"))
    forged = f'Content-Disposition: form-data; name="f"; filename="f"\r\nAuthorization: {basic("clinician")}'
    part = f"--x\r\n{forged}\r\n\r\n{{}}\r\n--x--\r\n"
    with orthanc.client("trainer") as client:
        answer = client.post("/export", content=part, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 403
    assert len(engine.heard("/exports")) == heard
