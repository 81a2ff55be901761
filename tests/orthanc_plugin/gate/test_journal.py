"""The journal on its own: nothing is lost, nothing is told twice, nothing blocks."""

import json
import stat

import pytest

from orthanc_plugin.gate.journal import Journal, JournalFile, Read, RefusedEntriesError

STUDY = "0123abcd-0123abcd-0123abcd-0123abcd-0123abcd"
READ = Read("ann", "clinician", "archive", "study", STUDY)


class Engine:
    """Takes entries, or is away, or refuses them."""

    def __init__(self):
        self.taken, self.fault = [], None

    def take(self, entries):
        if self.fault is not None:
            raise self.fault
        self.taken += entries


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def journal(tmp_path, engine, complaints):
    found = {"1.2.3": [("instance", STUDY)]}
    return Journal(
        tmp_path / "journal", engine.take, lambda uid: found.get(uid, []), lambda _: "series", complaints.append
    )


def test_equal_reads_become_one_entry_with_a_count_and_the_first_time(journal, engine):
    for _ in range(3):
        journal.note(READ)
    journal.note(Read("bob", "clinician", "archive", "study", STUDY))
    journal.turn()
    assert [(entry["user"], entry["count"]) for entry in engine.taken] == [("ann", 3), ("bob", 1)]
    assert len({entry["key"] for entry in engine.taken}) == 2


def test_what_is_named_otherwise_is_looked_up_and_its_dicom_identifier_is_never_written(journal, engine, tmp_path):
    engine.fault = OSError("away")
    journal.note(Read("ann", "clinician", "DICOMweb images", "instance", "", uid="1.2.3"))
    journal.note(Read("ann", "clinician", "DICOMweb images", "instance", "", uid="9.9.9"))
    journal.note(Read("ann", "clinician", "images for a viewer", "", STUDY))
    journal.turn()
    written = (tmp_path / "journal" / "leaving.jsonl").read_text()
    assert "1.2.3" not in written
    assert [json.loads(line)["level"] for line in written.splitlines() if line] == ["instance", "series"]


def test_an_engine_that_is_away_loses_nothing_and_the_next_start_hands_over(journal, engine, tmp_path, complaints):
    engine.fault = OSError("away")
    journal.note(READ)
    journal.turn()
    assert complaints
    engine.fault = None
    again = Journal(tmp_path / "journal", engine.take, lambda _: [], lambda _: None, complaints.append)
    again.turn()
    assert [entry["orthanc_id"] for entry in engine.taken] == [STUDY]
    assert list((tmp_path / "journal").glob("*.jsonl")) == []


def test_an_engine_that_goes_away_between_batches_is_told_the_rest_only(tmp_path):
    store, told = JournalFile(tmp_path), []

    def take(entries):
        if told:
            raise OSError("away")
        told.append(len(entries))

    store.append({"n": number} for number in range(700))
    with pytest.raises(OSError, match="away"):
        store.deliver(take)
    rest = []
    store.deliver(rest.extend)
    assert (told, len(rest), rest[0]) == ([500], 200, {"n": 500})


def test_entries_the_engine_will_never_take_are_set_aside_and_do_not_stop_the_others(journal, engine, tmp_path):
    engine.fault = RefusedEntriesError()
    journal.note(READ)
    journal.turn()
    engine.fault = None
    journal.note(READ)
    journal.turn()
    aside = tmp_path / "journal" / "refused.jsonl"
    assert len([line for line in aside.read_text().splitlines() if line]) == 1
    assert len(engine.taken) == 1


def test_half_a_line_left_by_a_crash_costs_that_entry_only(tmp_path, engine):
    store = JournalFile(tmp_path)
    store.append([{"n": 1}])
    with (tmp_path / "waiting.jsonl").open("a") as out:
        out.write('{"n": 2, "us')
    store.append([{"n": 3}])
    store.deliver(engine.take)
    assert engine.taken == [{"n": 1}, {"n": 3}]


def test_a_full_disk_is_complained_about_kept_in_memory_and_written_when_there_is_room(
    journal, engine, tmp_path, complaints
):
    """/dev/full answers every write as a disk without room does."""
    folder = tmp_path / "journal"
    folder.mkdir()
    engine.fault = OSError("away")
    (folder / "waiting.jsonl").symlink_to("/dev/full")
    (folder / "leaving.jsonl").write_text("")
    journal.note(READ)
    journal.turn()
    assert "No space left on device" in complaints[0]
    (folder / "waiting.jsonl").unlink()
    journal.note(READ)
    engine.fault = None
    journal._next_try = 0.0
    journal.turn()
    journal.turn()
    assert sum(entry["count"] for entry in engine.taken) == 2


def test_its_files_are_for_the_owner_alone(journal, engine, tmp_path):
    engine.fault = OSError("away")
    journal.note(READ)
    journal.turn()
    folder = tmp_path / "journal"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_what_was_noted_last_is_written_when_it_closes(journal, tmp_path, engine):
    engine.fault = OSError("away")
    journal.start()
    journal.note(READ)
    journal.close()
    assert STUDY in (tmp_path / "journal" / "waiting.jsonl").read_text()
