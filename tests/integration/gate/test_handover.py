"""A large package goes to a browser without holding up anybody, once, and to the person who asked for it."""

import threading

import pytest

from orthanc_plugin.gate.handover import LARGE_BYTES
from tests.integration.gate.small_engine import JOB
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.integration

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
CONTENT = bytes(range(256)) * (LARGE_BYTES // 256 * 4)


@pytest.fixture
def large_package(engine):
    file = engine.folder / "package.bin"
    file.write_bytes(CONTENT)
    yield
    file.unlink()


def test_a_browser_is_led_to_the_package_and_gets_it_once(orthanc, large_package):
    with orthanc.client("clinician", headers=BROWSER) as client:
        led = client.get(f"/export/{JOB}/package")
        assert led.status_code == 303
        assert led.headers["location"].endswith("/teaching.zip")
        package = client.get(led.headers["location"])
        assert (package.status_code, package.content) == (200, CONTENT)
        assert package.headers["content-type"] == "application/zip"
        assert client.get(led.headers["location"]).status_code == 403


def test_nobody_else_gets_it_and_no_name_can_be_guessed(orthanc, large_package):
    with orthanc.client("clinician", headers=BROWSER) as client, orthanc.client("administrator") as other:
        place = client.get(f"/export/{JOB}/package").headers["location"]
        assert other.get(place).status_code == 403
        folder = place.rsplit("/", 1)[0]
        for guess in ("/packages", "/packages/", folder, f"{folder}/", "/packages/x/teaching.zip"):
            assert client.get(guess).status_code == 403
        assert client.get(place).status_code == 200


def test_a_program_gets_even_a_large_package_in_one_answer(orthanc, large_package):
    with orthanc.client("clinician") as client:
        assert client.get(f"/export/{JOB}/package").content == CONTENT


def test_a_reader_on_a_slow_line_does_not_hold_up_direct_care(orthanc, large_package):
    """Others are answered *while* the slow reader still has most of the package before him."""
    with orthanc.client("clinician", headers=BROWSER) as slow, orthanc.client("medical-illustration") as other:
        place = slow.get(f"/export/{JOB}/package").headers["location"]
        answered = threading.Event()
        with slow.stream("GET", place) as package:
            pieces = package.iter_raw(64 * 1024)
            next(pieces)

            def ask():
                other.get("/system").raise_for_status()
                answered.set()

            asking = threading.Thread(target=ask)
            asking.start()
            assert answered.wait(PATIENCE)
            asking.join()
            assert sum(map(len, pieces)) > LARGE_BYTES
