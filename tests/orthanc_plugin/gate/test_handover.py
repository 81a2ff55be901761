"""What waits to be collected goes by itself: the folder is no store of packages."""

import pytest

from orthanc_plugin.gate import handover
from orthanc_plugin.gate.answers import Answer
from orthanc_plugin.gate.handover import HandOver
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
    led = place.leave("anna", NAMED, iter([b"de-identified"])).headers["Location"]
    return led.split("/")[2]


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

    with pytest.raises(InterruptedError):
        waiting.leave("anna", NAMED, cut())
    assert not list((tmp_path / "handover").iterdir())
