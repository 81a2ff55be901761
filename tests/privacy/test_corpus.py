"""The planted corpus is what it says: every planted value is there, unique, and found by the finder."""

import shutil
import subprocess
from collections import Counter

import pytest
from corpus import CorpusObject, build, leaks, over_removed, sweep
from corpus.find import broken_references
from corpus.model import How

SHARED = {"PatientID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID"}


@pytest.fixture(scope="module")
def corpus():
    return build()


@pytest.fixture(scope="module")
def untouched(corpus):
    return {each.name: each.write() for each in corpus.objects}


def test_it_is_large_and_varied_enough(corpus):
    assert len(corpus.objects) >= 29
    assert len({each.kind for each in corpus.objects}) >= 12
    assert len(corpus.planted) >= 700
    assert len(corpus.kept) >= 43
    assert len({each.kind for each in corpus.references}) >= 6


def test_every_planted_value_is_found_in_the_untouched_object(corpus, untouched):
    found = set(leaks(corpus.objects, untouched))

    assert [str(planted) for planted in corpus.planted if planted not in found] == []


def test_nothing_is_lost_or_broken_in_the_untouched_objects(corpus, untouched):
    assert over_removed(corpus.objects, untouched) == []
    assert broken_references(corpus, untouched) == []


def test_a_planted_value_belongs_to_one_place(corpus):
    texts = Counter(planted.value for planted in corpus.planted if planted.how is not How.ELEMENT)
    shared = {value for value, count in texts.items() if count > 1 and value.isascii()}
    the_case = {planted.value for planted in corpus.objects[0].planted if planted.place in SHARED}

    assert len(the_case) == len(SHARED)
    assert shared == the_case


def test_a_refused_object_leaks_nothing_and_keeps_nothing(corpus):
    refused = dict.fromkeys((each.name for each in corpus.objects), None)

    assert leaks(corpus.objects, refused) == []
    assert over_removed(corpus.objects, refused) == []
    assert broken_references(corpus, refused) == []


def test_the_finder_sees_through_an_output_that_lost_its_values(corpus):
    names = {each.name: each.write().replace(b"BQML", b"XXXX") for each in corpus.objects}

    assert [str(each) for each in over_removed(corpus.objects, names)] == ["pet: Units"]


@pytest.mark.parametrize("nested", [False, True])
def test_the_sweep_plants_every_row_of_the_table(nested):
    swept = sweep(nested=nested)

    assert len({planted.place.rsplit(".", 1)[0] for planted in swept.planted}) > 600
    assert len(leaks([swept], {swept.name: swept.write()})) == len(swept.planted)


def _errors(data: bytes, path) -> int:
    path.write_bytes(data)
    run = subprocess.run([shutil.which("dciodvfy") or "dciodvfy", path], capture_output=True, check=False)
    return sum(line.startswith(b"Error") for line in run.stderr.splitlines())


@pytest.mark.parametrize("name", ["ct-explicit", "mr", "sr-text", "ko", "pr", "seg", "rtstruct", "rtplan", "ecg"])
def test_the_real_ones_are_dicom_that_a_checker_can_follow(corpus, tmp_path, name):
    each: CorpusObject = next(each for each in corpus.objects if each.name == name)

    assert _errors(each.write(), tmp_path / "object.dcm") <= 12
