"""Our own de-identification of the planted corpus: nothing leaks, nothing that is kept by the standard is lost."""

import subprocess
import tempfile
from collections.abc import Callable

import pytest
from corpus import Corpus, CorpusObject, broken_references, build, introduce, leaks, over_removed, sweep
from corpus.model import How, Planted

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.verify import Kind, KnownIdentifiers, known_in_bytes, verify

KEY = ReleaseKey.from_hex("5b" * 32)
PUBLICATION = ["teaching", "print", "internet"]
HELD_BACK = {"sc-dose-sheet", "pdf", "cda", "stl", "dicomdir"}
Released = Callable[[str], dict[str, bytes | None]]
_MADE: dict[str, dict[str, bytes | None]] = {}


def objects(level: str) -> list[CorpusObject]:
    introduced = level not in PUBLICATION
    swept = [sweep(load_profile(level).options, nested=nested) for nested in (False, True)]
    for each in swept if introduced else ():
        introduce(each)
    return [*build(introduced=introduced).objects, *swept]


def released(level: str) -> dict[str, bytes | None]:
    """De-identify the corpus once for each level; None for what was held back."""
    if level not in _MADE:
        profile = load_profile(level)
        outcomes = {each.name: deidentify(each.write(), profile, KEY) for each in objects(level)}
        _MADE[level] = {name: made.data if made.status == "released" else None for name, made in outcomes.items()}
    return _MADE[level]


def corpus(level: str) -> Corpus:
    return build(introduced=level not in PUBLICATION)


@pytest.mark.parametrize("level", PUBLICATION)
def test_no_planted_identifier_leaves_for_publication(level):
    assert [str(each) for each in leaks(objects(level), released(level))] == []


@pytest.mark.parametrize("level", PUBLICATION)
def test_only_documents_are_held_back(level):
    assert {name for name, data in released(level).items() if data is None} == HELD_BACK


@pytest.mark.parametrize("level", ["teaching", "limited"])
def test_what_the_standard_keeps_is_kept(level):
    assert [str(each) for each in over_removed(objects(level), released(level))] == []


@pytest.mark.parametrize("level", [*PUBLICATION, "limited", "send-out"])
def test_references_still_lead_to_their_targets(level):
    assert [f"{each.kind}: {each.source}" for each in broken_references(corpus(level), released(level))] == []


def _is_kept_under_contract(planted: Planted) -> bool:
    """What D2 keeps by its options: time of day, weight and size; and the author of a local code list."""
    return planted.how is How.ELEMENT or planted.kind == "time" or "CodingScheme" in planted.place


def test_limited_access_leaves_nothing_that_is_known_of_the_patient():
    found = [each for each in leaks(objects("limited"), released("limited")) if not _is_kept_under_contract(each)]

    assert [str(each) for each in found] == []


def test_sending_out_keeps_dates_and_the_device_and_no_names():
    found = [each for each in leaks(objects("send-out"), released("send-out")) if not _is_kept_under_contract(each)]

    assert {each.kind for each in found} <= {"date", "serial", "station"}


def _errors(data: bytes) -> int:
    with tempfile.NamedTemporaryFile(suffix=".dcm") as file:
        file.write(data)
        file.flush()
        run = subprocess.run(["/usr/bin/dciodvfy", file.name], capture_output=True, check=False)
    return sum(line.startswith(b"Error") for line in run.stderr.splitlines())


@pytest.mark.parametrize("level", ["teaching", "limited"])
def test_the_checker_finds_no_more_errors_after_than_before(level):
    worse = {
        each.name: f"{before} before, {after} after"
        for each in corpus(level).objects
        if (data := released(level)[each.name]) is not None
        and (after := _errors(data)) > (before := _errors(each.write()))
    }

    assert worse == {}


def _known(each: CorpusObject, level: str) -> KnownIdentifiers:
    known = known_in_bytes(each.write())
    return known.excluding({Kind.DATE, Kind.DEVICE}) if level == "send-out" else known


@pytest.mark.parametrize("level", [*PUBLICATION, "limited", "send-out"])
def test_the_verifier_raises_no_false_alarm_on_our_own_output(level):
    found = [
        f"{each.name}: {finding}"
        for each in corpus(level).objects
        if (data := released(level)[each.name]) is not None
        for finding in verify(data, _known(each, level))
    ]

    assert found == []


def test_the_verifier_finds_each_object_that_was_not_de_identified():
    passed = [
        each.name
        for each in build().objects
        if not any(finding.rule.startswith("known-") for finding in verify(each.write(), _known(each, "teaching")))
    ]

    assert passed == []
