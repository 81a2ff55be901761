"""What a job keeps on disk is of no use without the project key, and of no use at all once its salt is gone."""

import io
import os
import zipfile

import pytest

from orthanc_plugin.engine.errors import NoSpaceError
from orthanc_plugin.engine.jobs import sealed
from orthanc_plugin.engine.jobs.sealed import SealedWriter
from orthanc_plugin.engine.jobs.vault import DestroyedError, Vault, write_atomically

KEY = bytes(range(32))
SECRET = b"ZZCANARY^ANNA" * 100


@pytest.fixture
def vault(tmp_path):
    vault = Vault(tmp_path / "job", KEY)
    vault.create()
    return vault


def test_what_is_sealed_can_be_opened_and_is_not_to_be_read_on_the_disk(vault):
    vault.write("a", SECRET)
    assert vault.read("a") == SECRET
    assert not [path for path in vault.folder.iterdir() if b"ZZCANARY" in path.read_bytes()]


def test_files_and_folder_are_for_their_owner_alone(vault):
    vault.write("a", SECRET)
    assert vault.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in vault.folder.iterdir()} == {0o600}


def test_without_the_salt_or_with_another_project_key_nothing_opens(vault):
    vault.write("a", SECRET)
    with pytest.raises(DestroyedError):
        Vault(vault.folder, bytes(32)).read("a")
    (vault.folder / "salt").unlink()
    with pytest.raises(DestroyedError):
        vault.read("a")


def test_a_file_that_was_changed_or_swapped_does_not_open(vault):
    vault.write("a", SECRET)
    vault.write("b", SECRET)
    os.replace(vault.folder / "a", vault.folder / "b")  # noqa: PTH105
    with pytest.raises(DestroyedError):
        vault.read("b")
    with pytest.raises(DestroyedError):
        vault.read("a")


def test_keys_differ_by_use_and_by_job_and_stay_the_same_within_a_job(vault, tmp_path):
    other = Vault(tmp_path / "other", KEY)
    other.create()
    keys = {vault.key("release"), vault.key("seal"), vault.key("package"), other.key("release")}
    assert len(keys) == 4
    assert vault.key("release") == Vault(vault.folder, KEY).key("release")


def test_destroying_leaves_nothing(vault):
    vault.write("a", SECRET)
    vault.destroy()
    assert not vault.folder.exists()
    vault.destroy()


def test_a_vault_prints_without_its_key(vault):
    assert KEY.hex() not in repr(vault)
    assert "project_key" not in repr(vault)


def test_an_interrupted_write_keeps_the_old_file_and_leaves_no_part(tmp_path, monkeypatch):
    path = tmp_path / "state"
    write_atomically(path, b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoSpaceError):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_a_sealed_package_reads_back_as_it_was_written(tmp_path):
    path = tmp_path / "package"
    with SealedWriter(path, KEY) as out, zipfile.ZipFile(out, "w") as package:
        for name in ("a", "b"):
            package.writestr(name, SECRET)
    with path.open("rb") as file:
        data = b"".join(sealed.opened(file, KEY))
    assert len(data) == sealed.length(path)
    assert zipfile.ZipFile(io.BytesIO(data)).read("b") == SECRET
    assert b"ZZCANARY" not in path.read_bytes()


def test_a_package_that_is_not_finished_does_not_exist(tmp_path):
    def write_half():
        with SealedWriter(tmp_path / "package", KEY) as out:
            out.write(b"half")
            raise NoSpaceError

    with pytest.raises(NoSpaceError):
        write_half()
    assert list(tmp_path.iterdir()) == []
