"""Images that the machine is not sure of wait for a person; then the export goes on, and nothing undecided leaves."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pydicom
import pytest

from orthanc_plugin.engine.jobs.names import name_of
from orthanc_plugin.engine.showing.releases import basis_of_release
from orthanc_plugin.rendering import decoded
from tests.integration.engine.conftest import CANARY, jobs_of, slices
from tests.integration.engine.test_changes_of_mind import nothing_is_left
from tests.integration.engine.test_pushes import push, teaching_archive
from tests.orthanc_plugin.deid.pixels import slide as slides
from tests.orthanc_plugin.deid.test_looking import written
from tests.support.patience import until

__all__ = ["teaching_archive"]
pytestmark = pytest.mark.integration
SMOOTH = np.tile(np.linspace(200, 1200, 128, dtype="<i2"), (128, 1))
AREA = {"left": 10, "top": 8, "right": 50, "bottom": 24, "frame": None}


def unsure(data):
    """Return a slice that says of itself that a name is burned in, where no machine finds one."""
    image = pydicom.dcmread(BytesIO(data))
    image.BurnedInAnnotation = "YES"
    image.PixelData = SMOOTH.tobytes()
    out = BytesIO()
    image.save_as(out)
    return out.getvalue()


@pytest.fixture
def held_study(orthanc):
    """A study of one image that only a person can let pass."""
    study = orthanc.upload(unsure(next(slices(1))))
    yield study
    if orthanc.get(f"/studies/{study}").status_code == 200:
        orthanc.delete_study(study)


def originals(orthanc, study):
    instances = orthanc.get(f"/studies/{study}/instances").json()
    return {
        one["ID"]: hashlib.sha256(orthanc.get(f"/instances/{one['ID']}/file").content).hexdigest() for one in instances
    }


def waits(engine, study, **changes):
    job = engine.begin(study, **changes)
    state = engine.becomes(job, "held")
    assert (state["released"], state["waiting_images"]) == (0, 1)
    return job


def decided(portal, outcome="release", **changes):
    (image,) = portal.told()["images"]
    return {
        "image": image["image"],
        "basis": image["basis"],
        "rule": image["rule"],
        "why": image["why"],
        "outcome": outcome,
        "areas": [AREA],
        "no_face": False,
        "recognisable": False,
        "reason": f"nothing of {CANARY} to be seen",
        "role": "medical-illustration",
        "at": datetime.now(UTC).isoformat(),
        **changes,
    }


def images_of(engine, job):
    engine.becomes(job, "ready")
    package = ZipFile(BytesIO(engine.package(job).content))
    return [pydicom.dcmread(BytesIO(package.read(name))) for name in package.namelist() if name.endswith(".dcm")]


def test_a_person_is_told_decides_and_the_export_goes_on_with_exactly_that(engine, portal, orthanc, held_study):
    before = originals(orthanc, held_study)
    job = waits(engine, held_study)
    state = engine.state(job)
    assert "1 image" in state["waiting_for"]
    assert "medical illustration" in state["reasons"][0]["text"]
    assert "goes on by itself" in state["reasons"][0]["text"]
    assert "waits for a person" in state["held_back"][0]["reason"]
    assert engine.package(job).status_code == 409
    assert engine.worked_on() == [], "nothing of it is kept: Orthanc has the original"
    (image,) = portal.told()["images"]
    assert (image["rule"], image["rows"], image["position"], image["number"]) == ("says-burned-in", 128, 1, 1)

    portal.says(image_decisions=[decided(portal)])
    (released,) = images_of(engine, job)
    pixels = next(decoded(released, [0]))
    covered = np.zeros(pixels.shape, bool)
    covered[8:24, 10:50] = True
    assert (pixels[~covered] == SMOOTH[~covered]).all()
    assert len(np.unique(pixels[covered])) == 1
    assert pixels[covered].max() <= SMOOTH.min()
    assert originals(orthanc, held_study) == before
    assert portal.told()["attempts"] == [f"release-{job}"]


def test_the_next_export_does_not_wait_for_what_was_decided_and_is_asked_again_when_the_image_changes(
    engine, portal, orthanc, held_study
):
    first = waits(engine, held_study)
    decision = decided(portal)
    portal.says(image_decisions=[decision])
    assert images_of(engine, first)
    second = engine.begin(held_study)
    assert engine.becomes(second, "ready", "held")["state"] == "ready"

    (instance,) = originals(orthanc, held_study)
    changed = pydicom.dcmread(BytesIO(orthanc.get(f"/instances/{instance}/file").content))
    changed.PixelData = bytes(len(changed.PixelData))
    orthanc.delete_study(held_study)
    out = BytesIO()
    changed.save_as(out)
    orthanc.upload(out.getvalue())
    third = engine.begin(held_study)
    assert engine.becomes(third, "held")["waiting_images"] == 1
    assert len({image["basis"] for image in portal.told()["images"]}) == 2


@pytest.mark.parametrize("later", [[], [{"outcome": "withhold", "areas": []}], [{"at": "2099-01-01T00:00:00+00:00"}]])
def test_what_was_taken_back_or_decided_anew_before_it_is_fetched_is_destroyed(engine, portal, held_study, later):
    job = waits(engine, held_study)
    portal.says(image_decisions=[decided(portal)])
    engine.becomes(job, "ready")
    portal.says(image_decisions=[decided(portal, **changes) for changes in later])
    answer = engine.package(job)
    assert answer.status_code == 410
    assert "taken back" in answer.json()["reasons"][0]["text"]
    assert engine.state(job)["state"] == "recalled"
    assert nothing_is_left(engine, job)
    assert portal.ledger == {}


@pytest.mark.parametrize(
    ("decision", "why"),
    [({"outcome": "withhold", "areas": []}, "withheld"), ({"recognisable": True}, "recognise the finding")],
)
def test_what_a_person_keeps_back_never_leaves(engine, portal, held_study, decision, why):
    job = waits(engine, held_study)
    portal.says(image_decisions=[decided(portal, **decision)])
    until(lambda: engine.state(job)["excluded"] == 1, "the job goes on")
    state = engine.becomes(job, "held")
    assert (state["released"], state["waiting_images"], state["collectable"]) == (0, 0, False)
    assert why in state["held_back"][0]["reason"]
    assert CANARY not in str(state)
    assert nothing_is_left(engine, job)
    assert portal.ledger == {}


def named(data):
    """Return a slice with the patient's name across it, which is held for something else."""
    image = pydicom.dcmread(BytesIO(data))
    image.add_new(0x60000100, "US", 16)
    image.Rows, image.Columns = 160, 480
    plane = written(np.full((160, 480), 300.0), CANARY, (60, 50), 44, 1000.0)
    image.PixelData = plane.astype("<i2").tobytes()
    out = BytesIO()
    image.save_as(out)
    return out.getvalue()


def test_what_the_second_reader_still_reads_goes_back_to_a_person_until_it_is_covered(engine, portal, orthanc):
    study = orthanc.upload(named(next(slices(1))))
    job = waits(engine, study)
    overlooked = decided(portal, areas=[])
    portal.says(image_decisions=[overlooked])
    until(lambda: len(portal.told()["images"]) == 2, "the second reader reads the name, and a person is asked again")
    second = portal.told()["images"][1]
    assert (second["rule"], second["image"]) == ("read-by-second-reader", overlooked["image"])
    assert second["proposed"], "what the machine would cover is proposed"
    assert CANARY not in second["why"]
    assert engine.becomes(job, "held")["released"] == 0
    whole = {"left": 40, "top": 40, "right": 440, "bottom": 110, "frame": None}
    again = {name: second[name] for name in ("basis", "rule", "why")}
    covered = {**overlooked, **again, "areas": [whole]}
    portal.says(image_decisions=[overlooked, covered])
    (released,) = images_of(engine, job)
    assert len(np.unique(next(decoded(released, [0])))) <= 2, "no letter is left"
    orthanc.delete_study(study)


def test_what_can_leave_goes_on_and_says_what_waits(engine, portal, orthanc):
    first, second = slices(2)
    study = orthanc.upload(first)
    orthanc.upload(unsure(second))
    job = engine.begin(study)
    state = engine.becomes(job, "ready")
    assert (state["released"], state["quarantined"], state["waiting_images"]) == (1, 1, 1)
    assert "waits for a person" in state["held_back"][0]["reason"]
    assert len(images_of(engine, job)) == 1
    portal.says(image_decisions=[decided(portal)])
    again = engine.begin(study)
    assert engine.becomes(again, "ready")["released"] == 2
    orthanc.delete_study(study)


def level(picture, spacing, number):
    """Return one level of a slide as a file."""
    rows, columns = picture.shape[:2]
    ds = slides.on_glass(slides.slide(slides.cut(picture), columns, rows), spacing)
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"2.25.77000{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.InstanceNumber = "2.25.770010", "2.25.770011", number
    ds.PatientID, ds.PatientName = "PX770077", CANARY
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


def test_what_is_covered_on_one_level_of_a_slide_is_covered_on_the_others_that_leave_with_it(engine, orthanc):
    written_on = slides.tissue()
    ink = slides.named(written_on)
    orthanc.upload(level(written_on, 0.001, 1))
    study = orthanc.upload(level(slides.tissue(slides.WIDE // 2, slides.HIGH // 2), 0.002, 2))
    one, other = sorted(images_of(engine, engine.begin(study)), key=lambda ds: -ds.NumberOfFrames)
    assert slides.together(list(one.pixel_array))[ink].max() == 0
    same_place = ink[::2, ::2]
    assert slides.together(list(other.pixel_array), 3)[same_place].max() == 0
    orthanc.delete_study(study)


def test_no_level_of_a_slide_leaves_before_a_person_has_looked_at_another_and_then_all_are_covered(
    engine, portal, orthanc
):
    labelled = pydicom.dcmread(BytesIO(level(slides.tissue(), 0.001, 1)))
    labelled.SpecimenLabelInImage = "YES"
    out = BytesIO()
    labelled.save_as(out)
    orthanc.upload(out.getvalue())
    study = orthanc.upload(level(slides.tissue(slides.WIDE // 2, slides.HIGH // 2), 0.002, 2))
    job = waits(engine, study)
    assert any("another level of its slide" in part["reason"] for part in engine.state(job)["held_back"])
    portal.says(image_decisions=[decided(portal)])
    one, other = sorted(images_of(engine, job), key=lambda ds: -ds.NumberOfFrames)
    assert (slides.together(list(one.pixel_array))[8:24, 10:50] == 0).all()
    assert (slides.together(list(other.pixel_array), 3)[4:12, 5:25] == 0).all()
    orthanc.delete_study(study)


def test_a_push_waits_likewise_and_is_sent_as_decided(engine, portal, held_study, teaching_archive):
    teaching_archive.start()
    job = push(engine, [("study", held_study)]).json()["job"]
    until(lambda: engine.state(job)["waiting_images"] == 1, "the push waits for a person")
    assert teaching_archive.received() == []
    portal.says(image_decisions=[decided(portal)])
    until(lambda: len(teaching_archive.received()) == 1, "one arrives")
    assert (teaching_archive.received()[0].pixel_array[8:24, 10:50] <= SMOOTH.min()).all()


def test_what_is_sent_for_direct_care_waits_for_a_person_and_is_sent_as_decided(engine, portal, held_study):
    portal.says(profile="D1", level=None)
    job = waits(engine, held_study, purpose="send-out")
    told = [part["body"]["profile"] for part in portal.told()["asked"] if part["path"].endswith("/held-images")]
    assert told == ["D1"]
    portal.says(image_decisions=[decided(portal, recognisable=True)])
    (sent,) = images_of(engine, job)
    assert (next(decoded(sent, [0]))[8:24, 10:50] <= SMOOTH.min()).all()


def test_care_and_what_nobody_can_decide_tell_the_portal_nothing(engine, portal, held_study, orthanc):
    job = engine.begin(held_study, purpose="direct-care", attestations={})
    engine.becomes(job, "ready")
    paths = [part["path"] for part in portal.told()["asked"]]
    assert not [path for path in paths if "held-images" in path]


def test_a_withdrawal_recalls_what_waits_for_a_person_and_a_late_decision_opens_nothing(engine, portal, held_study):
    job = waits(engine, held_study)
    portal.says(called_back=True, head=2)
    until(lambda: engine.state(job)["state"] == "recalled", "the job is called back")
    portal.says(called_back=False, head=3, image_decisions=[decided(portal)])
    asked = len(portal.told()["asked"])
    until(lambda: len(portal.told()["asked"]) > asked or engine.state(job), "the engine looks again")
    assert engine.state(job)["state"] == "recalled"
    assert nothing_is_left(engine, job)
    assert portal.ledger == {}


def test_an_engine_killed_while_it_waits_and_while_it_goes_on_releases_only_what_was_decided(
    own_engine, portal, held_study
):
    own_engine.start()
    job = waits(own_engine, held_study)
    own_engine.kill()
    own_engine.start()
    assert own_engine.state(job)["state"] == "held"
    portal.says(image_status=503)
    own_engine.kill()
    portal.says(image_decisions=[decided(portal)], image_status=200, by_intent={"check": {"status": 503}})
    own_engine.start()
    until(lambda: own_engine.state(job)["state"] != "held", "it goes on")
    own_engine.kill()
    portal.says(by_intent={})
    own_engine.start()
    (released,) = images_of(own_engine, job)
    assert released.PatientIdentityRemoved == "YES"
    assert portal.told()["attempts"] == [f"release-{job}"]


def test_a_portal_that_is_away_leaves_it_waiting(engine, portal, held_study):
    portal.says(image_status=503)
    job = engine.begin(held_study)
    until(lambda: "does not answer" in (engine.state(job)["waiting_for"] or ""), "it waits for the portal")
    portal.says(image_status=200)
    assert engine.becomes(job, "held")["waiting_images"] == 1
    portal.says(image_status=500)
    assert engine.state(job)["state"] == "held"


def test_what_nobody_looks_at_in_time_ends_and_says_so(own_engine, portal, held_study):
    settings = own_engine.home / "aoa.toml"
    settings.write_text(settings.read_text().replace("poll_seconds = 0.3", "poll_seconds = 0.3\nheld_days = 1e-9"))
    own_engine.start()
    job = own_engine.begin(held_study)
    until(lambda: own_engine.state(job)["state"] == "recalled", "the export ends")
    assert "Nobody decided" in own_engine.state(job)["reasons"][0]["text"]
    assert nothing_is_left(own_engine, job)


@pytest.mark.parametrize(
    ("review", "why"),
    [({"review": "approved", "review_of": "0" * 64}, "not what would leave"), ({"review": "refused"}, "refused")],
    ids=["of something else", "refused"],
)
def test_what_no_reviewer_approved_as_it_is_leaves_no_trace(engine, portal, small_chest, review, why):
    portal.says(obligations=["second-review"], review="pending", level="print")
    job = engine.begin(small_chest, purpose="print")
    engine.becomes(job, "held")
    assert len([path for path in engine.worked_on() if "object-" in path.name]) >= 3, "kept for the reviewer"
    portal.says(**review)
    until(lambda: engine.state(job)["state"] == "recalled", "it is destroyed")
    assert why in engine.state(job)["reasons"][0]["text"]
    assert nothing_is_left(engine, job)
    assert portal.ledger == {}


def test_what_a_reviewer_was_shown_is_what_leaves_and_goes_when_it_is_approved(engine, portal, small_chest):
    portal.says(obligations=["second-review"], review="pending", level="print")
    job = engine.begin(small_chest, purpose="print")
    engine.becomes(job, "held")
    jobs = jobs_of(engine)
    shown = basis_of_release(jobs.bench(job), [1, 2, 3])
    sealed = [hashlib.sha256(jobs.bench(job).read(name_of(at))).hexdigest() for at in (1, 2, 3)]
    portal.says(review="approved", review_of=shown)
    engine.becomes(job, "ready")
    assert engine.worked_on() == []
    package = ZipFile(BytesIO(engine.package(job).content))
    left = [hashlib.sha256(package.read(name)).hexdigest() for name in package.namelist() if name.endswith(".dcm")]
    assert sorted(left) == sorted(sealed)
