"""The display register: what hangs where, and what of it must be changed or looked at."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from notices import Kind, Paper, Site
from notices.versions import Display, Person, State, Step, Version, draft, out_of_date

TODAY = date(2026, 11, 21)
HALL = Display("Main entrance, left of the lift", Kind.POSTER, Paper.A3, "en", 2, date(2026, 6, 1), date(2027, 6, 1))


def _version(number: int, state: State, *languages: str) -> Version:
    one = draft(
        number, Site.default(), languages or ("en",), Person("e", "r"), lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    return replace(one, steps=(*one.steps, Step(state, "2026-01-02", "e", "r")))


PUBLISHED = [_version(1, State.RETIRED), _version(2, State.PUBLISHED, "en", "cy")]


def _reasons(*displays: Display, versions: list[Version] = PUBLISHED, today: date = TODAY) -> list[str]:
    return [one.reason for one in out_of_date(displays, versions, today)]


def test_what_is_published_and_not_due_is_left_hanging() -> None:
    assert _reasons(HALL, replace(HALL, language="cy"), replace(HALL, review_by=TODAY)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 1}, "version 1 is not published: take it down"),
        ({"version": 9}, "version 9 is not published: take it down"),
        ({"language": "pl"}, "version 2 has no 'pl': take it down"),
        ({"review_by": date(2026, 11, 20)}, "it was to be looked at by 2026-11-20: visit the place"),
    ],
)
def test_what_is_out_of_date_says_what_to_do_at_which_place(change: dict[str, object], said: str) -> None:
    stale = replace(HALL, **change)
    found = list(out_of_date([HALL, stale], PUBLISHED, TODAY))
    assert [one.display for one in found] == [stale]
    assert found[0].reason.startswith(said)


def test_an_older_version_is_replaced_by_the_newest_that_is_published() -> None:
    three = _version(3, State.PUBLISHED)
    assert _reasons(HALL, versions=[*PUBLISHED, three]) == [
        "version 2 hangs there and version 3 is published: put up the new one."
    ]
    assert _reasons(HALL, versions=[*PUBLISHED, _version(3, State.APPROVED)]) == []


def test_nothing_is_said_of_what_was_taken_down() -> None:
    gone = replace(HALL, version=1, taken_down=date(2026, 7, 1))
    assert not gone.hangs
    assert _reasons(gone) == []


def test_a_sound_entry_has_no_fault() -> None:
    assert HALL.faults == ()
    assert replace(HALL, photograph="0" * 64, taken_down=HALL.since).faults == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"place": " "}, "place"),
        ({"place": "Hall\nRoom"}, "place"),
        ({"place": "A" * 201}, "place"),
        ({"paper": Paper.A5}, "paper"),
        ({"version": 0}, "version"),
        ({"review_by": date(2026, 5, 31)}, "review_by"),
        ({"taken_down": date(2026, 5, 31)}, "taken_down"),
        ({"photograph": "photo.jpg"}, "photograph"),
    ],
)
def test_an_entry_that_cannot_be_so_says_which_part(change: dict[str, object], field: str) -> None:
    assert [one.field for one in replace(HALL, **change).faults] == [field]
