"""`aoa register`: what requests refer to, from a file."""

import json

import pytest

HAVEN = {"key": "haven", "name": "Safe haven", "kind": "university", "audited_on": "2025-02-01", "named_people": ["B"]}
ETHICS = {
    "kind": "ethics",
    "key": "rec-1",
    "title": "Body fat",
    "details": {"decision": "approved", "reference": "23/NI/0001"},
    "valid_to": "2030-01-01",
}


def write(folder, **content):
    file = folder / "register.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


def test_what_is_saved_is_listed(lonely, tmp_path):
    file = write(tmp_path, recipients=[HAVEN], entries=[ETHICS])
    assert lonely.json("register", "save", file) == {"saved": ["haven", "rec-1"]}
    found = lonely.json("register", "list")
    assert found["recipients"][0]["audited_on"] == "2025-02-01"
    assert found["entries"][0]["details"] == {"decision": "approved", "reference": "23/NI/0001", "reason": ""}


def test_one_mistake_means_that_nothing_is_saved(lonely, tmp_path):
    waiver = {**ETHICS, "key": "rec-2", "details": {"decision": "waived", "reference": "W"}}
    run = lonely("register", "save", write(tmp_path, recipients=[HAVEN], entries=[waiver]), expect=1)
    assert "reason" in run.stderr
    assert lonely.json("register", "list") == {"recipients": [], "entries": []}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"recipients": [{**HAVEN, "colour": "blue"}]}, "recipients.0.colour"),
        ({"entries": [{**ETHICS, "valid_until": "2030-01-01"}]}, "entries.0.valid_until"),
        ({"entries": [{**ETHICS, "closed": "perhaps"}]}, "entries.0.closed"),
        ({"entries": [{**ETHICS, "details": {**ETHICS["details"], "colour": "blue"}}]}, "colour"),
        ({"places": [HAVEN]}, "places"),
        ({"recipients": [{**HAVEN, "country": "Ruritania"}]}, "country"),
    ],
)
def test_what_the_register_does_not_have_is_refused_by_its_name_and_nothing_is_saved(lonely, tmp_path, content, named):
    run = lonely("register", "save", write(tmp_path, **{"recipients": [], "entries": [], **content}), expect=1)
    assert f"{named}:" in run.stderr
    assert lonely.json("register", "list") == {"recipients": [], "entries": []}


def test_the_country_of_a_recipient_is_kept(lonely, tmp_path):
    lonely("register", "save", write(tmp_path, recipients=[{**HAVEN, "country": "US"}]))
    assert lonely.json("register", "list")["recipients"][0]["country"] == "US"


def test_an_unknown_kind_or_a_missing_field_is_named(lonely, tmp_path):
    for broken in ({**ETHICS, "kind": "ethnics"}, {name: ETHICS[name] for name in ("kind", "key", "details")}):
        run = lonely("register", "save", write(tmp_path, entries=[broken]), expect=1)
        assert "Nothing was saved" in run.stderr
