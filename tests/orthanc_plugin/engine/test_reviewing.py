"""What a person decided counts for exactly what was looked at; de-identification has the last word."""

import json

import pytest

from orthanc_plugin.deid import Outcome
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.basis import basis_of
from orthanc_plugin.deid.reviewed import Reviewed
from orthanc_plugin.engine.export.deciding import DECISIONS, Original
from orthanc_plugin.engine.export.held_image import READ_AGAIN, READ_AGAIN_WHY
from orthanc_plugin.engine.export.reviewing import (
    RECOGNISABLE,
    STILL_HELD,
    WITHHELD,
    as_reviewed,
    decisions_of,
    reviewed,
)
from orthanc_plugin.engine.jobs.not_released import Excluded
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.neighbours.held_images import ImageDecision, ImageDecisions, read

AREA = {"left": 1, "top": 2, "right": 3, "bottom": 4, "frame": 0}
LEAVES = Outcome("released", data=b"new")


def basis(rule: str, why: str) -> str:
    return f"{rule}/{why}".encode().hex().ljust(64, "0")[:64]


def decision(rule="writing", why="found", outcome="release", **changes) -> ImageDecision:
    told = {
        "image": "a" * 64,
        "basis": basis(rule, why),
        "rule": rule,
        "why": why,
        "outcome": outcome,
        "areas": [AREA],
        "no_face": False,
        "recognisable": False,
        "reason": "",
        "role": "medical-illustration",
        "at": "2026-11-30T22:00:00+00:00",
        **changes,
    }
    return ImageDecision.model_validate(json.loads(json.dumps(told)))


def withheld_for_other_uses(tmp_path, data, rule="writing"):
    vault = Vault(tmp_path / "job", bytes(32))
    vault.create()
    original = Original(vault, bytes(32), data)
    told = decision(rule, outcome="withhold", image=original.image, basis=basis_of(data, rule, "found"))
    vault.write_json(DECISIONS, [told.model_dump()])
    return original


class Treat:
    """De-identifies as told: first without a review, then with one."""

    def __init__(self, alone: Outcome, *with_review: Outcome) -> None:
        self.alone, self.with_review, self.given = alone, list(with_review), []

    def __call__(self, reviewed: Reviewed | None = None) -> Outcome:
        self.given.append(reviewed)
        return self.with_review.pop(0) if reviewed else self.alone


def held(rule="writing", why="found") -> Outcome:
    return Outcome("quarantined", why, rule=rule)


def decided(*decisions: ImageDecision) -> dict[str, ImageDecision]:
    return {one.basis: one for one in decisions}


def test_a_release_on_the_same_basis_goes_through_de_identification_with_the_persons_areas():
    treat = Treat(held(), LEAVES)
    assert reviewed(treat, decided(decision()), basis, consented=False) == LEAVES
    by = "medical illustration, 30 November 2026"
    assert treat.given == [Reviewed((Area(1, 2, 3, 4, 0),), by=by)], "it is not looked at once more"


@pytest.mark.parametrize("changed", ["file", "rules"])
def test_with_another_basis_the_image_is_held_anew(changed):
    treat = Treat(held())
    other = decision().model_copy(update={"basis": f"{changed}".encode().hex().ljust(64, "0")})
    assert reviewed(treat, decided(other), basis, consented=True) == held()
    assert treat.given == [None]


def test_what_several_people_decided_about_one_image_is_all_covered():
    elsewhere = {**AREA, "left": 7, "right": 9}
    face = decision("face", "unsure", no_face=True, areas=[elsewhere], at="2026-12-01T08:00:00+00:00")
    treat = Treat(held(), LEAVES)
    assert reviewed(treat, decided(decision(), face), basis, consented=False) == LEAVES
    (given,) = treat.given
    assert given == Reviewed(
        (Area(1, 2, 3, 4, 0), Area(7, 2, 9, 4, 0)), no_face=True, by="medical illustration, 1 December 2026"
    )


def test_a_face_that_shows_only_now_is_asked_about_though_the_writing_was_decided():
    face = held("face", "unsure")
    assert reviewed(Treat(held(), face), decided(decision()), basis, consented=False) == face


def test_what_is_withheld_or_recognisable_without_consent_is_left_out():
    assert reviewed(Treat(held()), decided(decision(outcome="withhold")), basis, consented=True) == Excluded(WITHHELD)
    shown = decided(decision(recognisable=True))
    assert reviewed(Treat(held()), shown, basis, consented=False) == Excluded(RECOGNISABLE)
    assert reviewed(Treat(held(), LEAVES), shown, basis, consented=True) == LEAVES


def test_what_was_withheld_stays_out_though_nobody_would_be_asked_today():
    old = decided(decision("writing", "by older rules", outcome="withhold"))
    assert reviewed(Treat(LEAVES), old, basis, consented=True) == Excluded(WITHHELD)


def test_what_a_review_cannot_lift_stays_back_and_nobody_is_asked_again():
    still = held("writing", "it cannot be covered")
    outcome = reviewed(Treat(held(), still), decided(decision()), basis, consented=False)
    assert isinstance(outcome, Outcome)
    assert (outcome.status, outcome.rule) == ("quarantined", "")
    assert outcome.reason == f"{STILL_HELD}: it cannot be covered"


def test_what_the_second_reader_read_is_decided_before_it_reads_again():
    treat = Treat(LEAVES, LEAVES)
    again = decision(READ_AGAIN, READ_AGAIN_WHY, areas=[{**AREA, "frame": None}])
    assert reviewed(treat, decided(decision(), again), basis, consented=False) == LEAVES
    assert treat.given == [as_reviewed([again])]


def test_a_face_that_was_ruled_out_before_stays_ruled_out():
    again, face = decision(READ_AGAIN, READ_AGAIN_WHY), decision("face", "unsure", no_face=True)
    treat = Treat(LEAVES, held("face", "unsure"), LEAVES)
    assert reviewed(treat, decided(again, face), basis, consented=False) == LEAVES
    assert [one.no_face for one in treat.given] == [False, True]


def test_of_what_was_sealed_only_the_decisions_about_this_image_count():
    other = decision().model_copy(update={"image": "b" * 64})
    sealed = json.loads(json.dumps([decision().model_dump(), other.model_dump()]))
    assert decisions_of(sealed, "a" * 64) == decided(decision())


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "maybe"},
        {"basis": "short"},
        {"areas": [{**AREA, "left": -1}]},
        {"areas": [{**AREA, "left": "1"}]},
        {"at": "2026-11-30"},
        {"no_face": "yes"},
        {"more": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_answer_that_is_not_exactly_as_agreed_is_none(wrong):
    told = {"contract": 1, "decisions": [{**decision().model_dump(), **wrong}], "waiting": []}
    assert read(ImageDecisions, told) is None


def test_what_was_withheld_from_other_uses_goes_for_direct_care_where_nobody_would_be_asked(tmp_path):
    original = withheld_for_other_uses(tmp_path, b"an image")
    assert original.treated(Treat(LEAVES), consented=False) == Excluded(WITHHELD)
    assert original.treated(Treat(LEAVES), consented=False, care=True) == LEAVES
    assert original.treated(Treat(held()), consented=False, care=True) == Excluded(WITHHELD)


def test_what_the_second_reader_read_and_a_person_withheld_goes_not_even_for_care(tmp_path):
    original = withheld_for_other_uses(tmp_path, b"an image", READ_AGAIN)
    assert original.treated(Treat(LEAVES), consented=False, care=True) == Excluded(WITHHELD)
