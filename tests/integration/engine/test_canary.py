"""A name planted in every sample is nowhere but in the portal's own records (F11): property of the whole engine."""

import base64
import binascii
import sqlite3
import zipfile
from io import BytesIO

import pydicom
import pytest

from tests.integration.engine.conftest import CANARY, slices
from tests.support.files import contents
from tests.support.patience import until

pytestmark = pytest.mark.integration

NEEDLES = (CANARY.encode(), CANARY.encode("utf-16-le"), b"19470512")


def assert_clean(name, data):
    for needle in NEEDLES:
        assert needle not in data, f"{needle!r} in {name}"


def unpacked(content):
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert package.comment == b""
        for entry in package.infolist():
            yield entry.filename, entry.filename.encode() + entry.comment + entry.extra + package.read(entry)


def identifiers_of(orthanc, study):
    found = orthanc.get(f"/studies/{study}").json()
    yield found["MainDicomTags"]["StudyInstanceUID"].encode()
    for series in found["Series"]:
        yield orthanc.get(f"/series/{series}").json()["MainDicomTags"]["SeriesInstanceUID"].encode()
    for instance in orthanc.get(f"/studies/{study}/instances").json():
        yield instance["MainDicomTags"]["SOPInstanceUID"].encode()


def test_no_identifier_is_in_any_package_answer_log_database_or_folder(own_engine, portal, orthanc, chest):
    engine = own_engine
    engine.start()
    planted = list(identifiers_of(orthanc, chest))
    secret = {"reason": f"{CANARY} asked me", "context": {"project": f"{CANARY}-trial"}}
    answers = []
    for form in ("dicom-zip", "dicomdir-zip", "png", "jpeg", "tiff"):
        job = engine.begin(chest, format=form, **secret)
        engine.becomes(job, "ready")
        answers.append(engine.get(f"/exports/{job}").content)
        for name, data in unpacked(engine.package(job).content):
            assert_clean(f"{form}: {name}", data)
            assert not [uid for uid in planted if uid in data]
        answers.append(engine.package(job).content)
    answers += [engine.export(chest, purpose="x", **secret).content, engine.export("x", **secret).content]
    portal.says(outcome="deny")
    answers.append(engine.export(chest, **secret).content)
    portal.says(status=500)
    answers.append(engine.export(chest, **secret).content)
    portal.says()
    waiting = engine.begin(chest, **secret)
    until(lambda: engine.state(waiting)["progress"] > 0.1, "the job is in the middle")
    engine.kill()
    engine.start()
    engine.becomes(waiting, "ready")
    for number, data in enumerate(answers):
        assert_clean(f"answer {number}", data)
        assert not [uid for uid in planted if uid in data]
    look_at_everything_on_disk(engine, [*planted, chest.encode()])


def look_at_everything_on_disk(engine, planted):
    files = engine.files()
    assert {"engine.sqlite", "engine.log", "package", "case"} <= {path.name for path in files}
    for path, held in contents(files):
        assert_clean(str(path), held)
        assert not [uid for uid in planted if uid in held], path
    assert_nothing_hides_in_what_dbos_pickled(engine, planted)


def assert_nothing_hides_in_what_dbos_pickled(engine, planted):
    with sqlite3.connect(engine.home / "engine" / "engine.sqlite") as database:
        tables = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
        values = [value for table in tables for row in database.execute(f'select * from "{table}"') for value in row]
    for value in values:
        if isinstance(value, str):
            try:
                decoded = base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                continue
            assert_clean("DBOS", decoded)
            assert not [uid for uid in planted if uid in decoded]


def test_what_an_image_says_in_an_error_of_its_own_reaches_nobody(engine, orthanc):
    """A value that makes a library complain is quoted by the library; the engine quotes nothing."""
    image = pydicom.dcmread(BytesIO(next(slices(1))))
    image.add_new(0x00280010, "US", 0)
    image.PixelSpacing = None
    raw = BytesIO()
    image.save_as(raw)
    data = raw.getvalue().replace(b"ORIGINAL", CANARY.encode())
    study = orthanc.upload(data)
    job = engine.begin(study)
    state = engine.becomes(job, "ready", "held")
    assert CANARY not in str(state)
    assert_clean("log", engine.log.read_bytes())
    orthanc.delete_study(study)
