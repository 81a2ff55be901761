"""What waits to be collected goes by itself: the folder is no store of packages."""

import psutil
import pytest

from orthanc_plugin.gate import handover
from orthanc_plugin.gate.answers import Answer
from orthanc_plugin.gate.handover import HandOver
from tests.support.full_disk import no_room
from tests.support.patience import until

NAMED = Answer(200, headers={"Content-Disposition": 'attachment; filename="release.zip"'})


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    monkeypatch.setattr(handover, "_SWEEP_SECONDS", 0.01)
    place = HandOver(tmp_path / "handover")
    place.start()
    yield place
    place.close()


def leave(place):
    with place.room(100) as token:
        led = place.leave("anna", token, NAMED, iter([b"de-identified"])).headers["Location"]
    assert led.split("/")[2] == token
    return token


def test_a_package_that_nobody_collects_is_deleted_though_nobody_else_comes(waiting, tmp_path, monkeypatch):
    monkeypatch.setattr(handover, "_UNCLAIMED_SECONDS", 0.0)
    token = leave(waiting)
    until(lambda: not list((tmp_path / "handover").iterdir()), "the package to be deleted")
    assert not waiting.may_collect("anna", token)


def test_a_package_that_was_collected_is_deleted_though_nobody_else_comes(waiting, tmp_path, monkeypatch):
    token = leave(waiting)
    assert list((tmp_path / "handover").iterdir())
    monkeypatch.setattr(handover, "_COLLECTED_SECONDS", 0.0)
    assert waiting.may_collect("anna", token)
    until(lambda: not list((tmp_path / "handover").iterdir()), "the package to be deleted")


def test_a_package_for_which_there_is_no_room_leaves_nothing_behind(waiting, tmp_path):
    def cut():
        yield b"half"
        raise InterruptedError

    with pytest.raises(InterruptedError), waiting.room(100) as token:
        waiting.leave("anna", token, NAMED, cut())
    assert not list((tmp_path / "handover").iterdir())


def test_without_room_nobody_is_asked_for_the_package(waiting, tmp_path):
    asked = []
    with no_room([psutil.Process()]), pytest.raises(OSError, match="File too large"), waiting.room(100):
        asked.append("the engine")
    assert asked == []
    assert not list((tmp_path / "handover").iterdir())


def test_what_was_left_is_the_package_and_no_byte_more_though_more_room_was_taken(waiting, tmp_path):
    token = leave(waiting)
    assert (tmp_path / "handover" / token / "release.zip").read_bytes() == b"de-identified"
